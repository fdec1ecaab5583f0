"""Sizes of the models, and what they are trained on."""

from dataclasses import dataclass

TOKENS = 64
COARSE = 8
CODES = 64
MOVES_MAX = 32
"""Moves ahead that the duration head knows."""
DURATIONS_NS = (100_000_000, 1_000_000_000, 10_000_000_000)
HORIZONS_NS = (1_000_000_000, 10_000_000_000)
UNMOVED = 64
"""Class of the long-horizon head: the mid stands where it stood."""
HORIZON_CLASSES = 65
LIMIT = 127.0
"""Largest whole number of a quantised row."""
LEAST = 2.0**-100
"""A row whose largest magnitude is below it counts as zero."""


@dataclass(frozen=True)
class TargetConfig:
    """A windowed transformer, kernel `window-int8/1`."""

    d: int
    layers: int
    heads: int
    window: int
    context_moves: int
    feed_forward: int
    side_inputs: int = 0

    @property
    def reach(self) -> int:
        """Positions that the last one's logits depend on."""
        return (self.window - 1) * self.layers + 1


@dataclass(frozen=True)
class DraftConfig:
    """A gated recurrent unit, kernel `gru-int8/1`."""

    d: int
    context_moves: int
    side_inputs: int = 0


TARGETS = {
    "small": TargetConfig(256, 3, 8, 21, 64, 1024),
    "gpu-50m": TargetConfig(1024, 8, 32, 8, 64, 1024),
    "tiny": TargetConfig(32, 2, 2, 9, 24, 64),
}
"""`tiny` is for tests. `gpu-50m` grows in depth: the law allows rows of at most 1,024 inputs."""

DRAFTS = {"small": DraftConfig(96, 64), "tiny": DraftConfig(16, 24)}

TRAINING_STREAMS = {
    "fx/eurusd-oanda": 3.0,
    "fx/xauusd-oanda": 4.0,
    "fx/eurusd-fxcm": 1.5,
    "simulated/sima": 1.0,
    "simulated/simb": 0.3,
    "equity/aig": 0.15,
    "equity/bac": 0.05,
}
"""Relative number of windows drawn from each stream."""


def is_training_day(stream: str, day: str) -> bool:
    """The split: later days validate, and both venues of EURUSD stand on the same side."""
    if stream.startswith("fx/"):
        return day <= "20140509"
    if stream.startswith("equity/"):
        return day <= "20131008"
    return day != "seed-8"
