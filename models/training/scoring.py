"""Goes through sequences as a run would: each move scored from a full context before it."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from .moves import Sequence
from .windows import Batch, batch_of, window


def scored_windows(
    sequences: list[Sequence], skip: int, length: int = 512
) -> Iterator[dict[str, np.ndarray]]:
    """Windows whose moves from `skip` on are each scored once; a rest shorter than a window is
    covered by the last one again, so its `first` says from where on it counts."""
    for sequence in sequences:
        if len(sequence) <= length:
            continue
        last = len(sequence) - 1 - length
        for start in range(0, last + length - skip, length - skip):
            begin = min(start, last)
            part = window(sequence, begin, length)
            yield part | {"first": np.array(skip + start - begin)}
            if begin == last:
                break


def batches(
    parts: Iterator[dict[str, np.ndarray]], size: int
) -> Iterator[tuple[Batch, torch.Tensor]]:
    """Batches, and for each position whether it counts."""
    waiting: list[dict[str, np.ndarray]] = []

    def finished() -> tuple[Batch, torch.Tensor]:
        length = waiting[0]["tokens"].shape[0]
        first = np.array([part["first"] for part in waiting])
        counts = torch.from_numpy(np.arange(length) >= first[:, None])
        return batch_of(waiting), counts

    for part in parts:
        waiting.append(part)
        if len(waiting) == size:
            yield finished()
            waiting = []
    if waiting:
        yield finished()


@torch.no_grad()
def mean_nll(
    losses: Callable[[Batch], torch.Tensor], parts: list[dict[str, np.ndarray]], size: int = 8
) -> float:
    """Nats a move over windows drawn beforehand."""
    total, moves = 0.0, 0
    for batch, counts in batches(iter(parts), size):
        each = losses(batch)
        total += each[counts].double().sum().item()
        moves += int(counts.sum())
    return total / max(moves, 1)


def spread_sample(sequences: list[Sequence], skip: int, count: int) -> list[dict[str, np.ndarray]]:
    """`count` windows at even distances, the same each time."""
    room = [len(each) - 513 for each in sequences if len(each) > 513]
    long = [each for each in sequences if len(each) > 513]
    ends = np.cumsum(room)
    parts = []
    for at in np.linspace(0, ends[-1] - 1, count).astype(int):
        index = int(np.searchsorted(ends, at, side="right"))
        start = int(at - (ends[index - 1] if index else 0))
        parts.append(window(long[index], start, 512) | {"first": np.array(skip)})
    return parts
