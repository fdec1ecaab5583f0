"""How far a run is, by steps or by the clock, and what follows from it."""

import math
import time
from dataclasses import dataclass, field

WARM_UP_STEPS = 200
QUANTISED_FROM = 0.65
"""Share of the run after which products are int8, as they will be."""
FINAL_SHARE = 0.01
"""Last learning rate over the highest."""


@dataclass
class Progress:
    """Ends after `steps` where they are given, else after `seconds` of training."""

    steps: int | None
    seconds: float
    step: int = 0
    elapsed: float = 0.0
    _last: float = field(default_factory=time.monotonic)

    def advance(self) -> None:
        now = time.monotonic()
        self.elapsed += now - self._last
        self._last = now
        self.step += 1

    def skip(self) -> None:
        """Time since the last step does not count: it went into something else."""
        self._last = time.monotonic()

    @property
    def share(self) -> float:
        done = self.step / self.steps if self.steps else self.elapsed / self.seconds
        return min(1.0, done)

    @property
    def seconds_left(self) -> float:
        return self.elapsed * (1 / max(self.share, 1e-6) - 1)

    @property
    def is_quantised(self) -> bool:
        return self.share >= QUANTISED_FROM

    def learning_rate(self, highest: float) -> float:
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        cosine = 0.5 * (1 + math.cos(math.pi * self.share))
        return highest * warm * (FINAL_SHARE + (1 - FINAL_SHARE) * cosine)
