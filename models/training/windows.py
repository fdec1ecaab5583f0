"""Draws training windows: inputs, the next token, durations and long horizons."""

from dataclasses import dataclass

import numpy as np
import torch

from .config import DURATIONS_NS, MOVES_MAX, TOKENS, TRAINING_STREAMS, UNMOVED
from .moves import MoveSet, Sequence


@dataclass
class Batch:
    """[windows, moves] each; durations [windows, moves, 96], horizons [windows, moves, 2]."""

    tokens: torch.Tensor
    codes: torch.Tensor
    next_codes: torch.Tensor
    targets: torch.Tensor
    durations: torch.Tensor
    """1 where h moves took less than t, 0 where not, at 3 (h - 1) + t; -1 where unknown."""
    horizons: torch.Tensor

    def to(self, device: torch.device) -> "Batch":
        return Batch(*(each.to(device) for each in vars(self).values()))


class WindowSampler:
    """Windows from streams by weight, then from sequences by length; half are mirrored: the law
    treats up and down alike."""

    def __init__(self, moves: MoveSet, length: int, seed: int) -> None:
        self.length = length
        self.random = np.random.default_rng(seed)
        self.streams: list[list[Sequence]] = []
        self.shares: list[np.ndarray] = []
        weights = []
        for name, weight in TRAINING_STREAMS.items():
            long = [each for each in moves.streams.get(name, []) if len(each) > length]
            if not long:
                continue
            room = np.array([len(each) - length for each in long], float)
            self.streams.append(long)
            self.shares.append(room / room.sum())
            weights.append(weight)
        if not weights:
            raise ValueError(f"no sequence is longer than {length} moves: export more days")
        self.weights = np.array(weights) / np.sum(weights)

    def draw(self, count: int) -> Batch:
        parts = []
        for _ in range(count):
            stream = self.random.choice(len(self.streams), p=self.weights)
            sequences = self.streams[stream]
            sequence = sequences[self.random.choice(len(sequences), p=self.shares[stream])]
            start = int(self.random.integers(len(sequence) - self.length))
            part = window(sequence, start, self.length)
            parts.append(mirrored(part) if self.random.random() < 0.5 else part)
        return batch_of(parts)


def window(sequence: Sequence, start: int, length: int) -> dict[str, np.ndarray]:
    """Moves start .. start + length - 1; the sequence must go on for one more."""
    part = slice(start, start + length)
    return {
        "tokens": sequence.tokens[part],
        "codes": sequence.codes[part],
        "next_codes": sequence.next_codes[part],
        "targets": sequence.tokens[start + 1 : start + length + 1],
        "durations": label_durations(sequence.times, start, length),
        "horizons": sequence.horizons[part],
    }


def label_durations(times: np.ndarray, start: int, length: int) -> np.ndarray:
    ahead = times[start : start + length + MOVES_MAX]
    present = ahead[:length, None]
    index = np.arange(length)[:, None] + np.arange(1, MOVES_MAX + 1)
    known = index < len(ahead)
    elapsed = ahead[np.minimum(index, len(ahead) - 1)] - present
    labels = (elapsed[:, :, None] < np.array(DURATIONS_NS)).astype(np.int8)
    labels[~known] = -1
    return labels.reshape(length, -1)


def mirrored(part: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    horizons = part["horizons"]
    flipped = np.where(horizons < UNMOVED, TOKENS - 1 - horizons.astype(np.int16), horizons)
    return part | {
        "tokens": TOKENS - 1 - part["tokens"],
        "targets": TOKENS - 1 - part["targets"],
        "horizons": flipped.astype(np.uint8),
    }


def batch_of(parts: list[dict[str, np.ndarray]]) -> Batch:
    def stacked(name: str) -> torch.Tensor:
        return torch.from_numpy(np.stack([part[name] for part in parts]))

    names = ("tokens", "codes", "next_codes", "targets")
    whole = {name: stacked(name).long() for name in names}
    return Batch(**whole, durations=stacked("durations"), horizons=stacked("horizons").long())
