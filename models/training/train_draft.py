"""The draft's job: the target's distributions, with a little of what really happened."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .config import TRAINING_STREAMS, DraftConfig
from .draft import Draft
from .heads import duration_loss, log_probabilities, token_losses
from .loop import Job
from .moves import MoveSet, Sequence
from .scoring import mean_nll, spread_sample
from .teacher import Taught, teach
from .windows import Batch, batch_of, mirrored, window

WINDOW_MOVES = 96
FIRST = 32
"""Moves the state has read before it counts."""
WINDOWS = 64
TEACHER_MOVES_MAX = 160_000
"""Moves of a stream the target is asked about: its latest."""
DATA_WEIGHT = 0.1
DURATION_WEIGHT = 0.1
VALIDATION_WINDOWS = 24
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.01


@dataclass(frozen=True)
class Setting:
    seed: int
    work: Path
    """The target's checkpoint is work/target/checkpoint.pt."""
    device: torch.device


class TaughtSampler:
    """Windows with the target's log-probabilities; half of them mirrored."""

    def __init__(self, streams: dict[str, list[Taught]], seed: int) -> None:
        self.random = np.random.default_rng(seed)
        names = [name for name in TRAINING_STREAMS if name in streams]
        self.streams = [streams[name] for name in names]
        weights = np.array([TRAINING_STREAMS[name] for name in names])
        self.weights = weights / weights.sum()

    def draw(self) -> tuple[Batch, Tensor]:
        parts, rows = [], []
        for stream in self.random.choice(len(self.streams), WINDOWS, p=self.weights):
            taught = self.streams[stream]
            each = taught[self.random.integers(len(taught))]
            room = len(each.sequence) - WINDOW_MOVES - each.first
            start = each.first + int(self.random.integers(room))
            part = window(each.sequence, start, WINDOW_MOVES)
            row = each.rows[start - each.first : start - each.first + WINDOW_MOVES]
            flip = self.random.random() < 0.5
            parts.append(mirrored(part) if flip else part)
            rows.append(row[:, ::-1] if flip else row)
        return batch_of(parts), torch.from_numpy(np.stack(rows).astype(np.float32))


def draft_job(config: DraftConfig, data: tuple[MoveSet, MoveSet], setting: Setting) -> Job:
    """Asks the target first, whose answers are kept in work/teacher."""
    device = setting.device
    model = Draft(config).to(device)
    latest = {name: latest_of(each) for name, each in data[0].streams.items()}
    sampler = TaughtSampler(teach(setting.work, latest, device), setting.seed)
    watched = {
        name: spread_sample(each, FIRST, VALIDATION_WINDOWS)
        for name, each in data[1].streams.items()
        if any(len(sequence) > 513 for sequence in each)
    }

    def losses() -> dict[str, Tensor]:
        batch, rows = (drawn.to(device) for drawn in sampler.draw())
        outputs = model(batch.tokens, batch.codes, batch.next_codes)
        said = log_probabilities(outputs["head"][:, FIRST:])
        wanted = rows[:, FIRST:]
        divergence = (wanted.exp() * (wanted - said)).sum(-1).mean()
        nll = token_losses(outputs["head"][:, FIRST:], batch.targets[:, FIRST:]).mean()
        duration = duration_loss(outputs["duration"][:, FIRST:], batch.durations[:, FIRST:])
        total = divergence + DATA_WEIGHT * nll + DURATION_WEIGHT * duration
        return {"divergence": divergence, "nll": nll, "duration": duration, "total": total}

    def nats(batch: Batch) -> Tensor:
        moved = batch.to(device)
        head = model(moved.tokens, moved.codes, moved.next_codes)["head"]
        return token_losses(head, moved.targets).cpu()

    return Job(
        model=model,
        sampler=sampler.random,
        losses=losses,
        validate=lambda: {name: round(mean_nll(nats, each), 4) for name, each in watched.items()},
        tokens_per_step=WINDOWS * WINDOW_MOVES,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
    )


def latest_of(sequences: list[Sequence]) -> list[Sequence]:
    kept, room = [], TEACHER_MOVES_MAX
    for sequence in reversed(sequences):
        if room <= 0:
            break
        kept.append(sequence.tail(room))
        room -= len(kept[-1])
    return kept
