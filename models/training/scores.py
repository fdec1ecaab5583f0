"""The figures of a model over one stream, gathered batch by batch."""

import numpy as np
import torch
from torch import Tensor

from .config import HORIZON_CLASSES
from .heads import log_probabilities
from .moves import UNKNOWN
from .windows import Batch

BRANCHES = (4, 8, 16, 32)
BINS = 20
CALIBRATED_MOVES = (1, 8, 32)


class Scores:
    """Nats, coverage, and how the probabilities of durations agree with what happened."""

    def __init__(self) -> None:
        self.moves = 0
        self.nats = 0.0
        self.covered = dict.fromkeys(BRANCHES, 0)
        self.horizon_nats = np.zeros(2)
        self.horizon_moves = np.zeros(2)
        self.brier = np.zeros(96)
        self.known = np.zeros(96)
        self.happened = np.zeros((len(CALIBRATED_MOVES), 3, BINS))
        self.said = np.zeros((len(CALIBRATED_MOVES), 3, BINS))
        self.in_bin = np.zeros((len(CALIBRATED_MOVES), 3, BINS))

    def add(self, outputs: dict[str, Tensor], batch: Batch, counts: Tensor) -> None:
        rows = log_probabilities(outputs["head"])[counts]
        targets = batch.targets[counts]
        own = rows.gather(1, targets[:, None])
        index = torch.arange(rows.shape[1])
        tied_before = (rows == own) & (index < targets[:, None])
        rank = ((rows > own) | tied_before).sum(1)
        self.moves += len(targets)
        self.nats -= own.double().sum().item()
        for branches in BRANCHES:
            self.covered[branches] += int((rank < branches).sum())
        self.add_durations(outputs["duration"][counts].sigmoid(), batch.durations[counts])
        if "horizon" in outputs:
            self.add_horizons(outputs["horizon"][counts], batch.horizons[counts])

    def add_durations(self, said: Tensor, labels: Tensor) -> None:
        p, label = said.double().numpy(), labels.numpy()
        known = label >= 0
        self.brier += np.where(known, (p - label) ** 2, 0).sum(0)
        self.known += known.sum(0)
        for at, moves in enumerate(CALIBRATED_MOVES):
            for horizon in range(3):
                column = 3 * (moves - 1) + horizon
                here = known[:, column]
                value, outcome = p[here, column], label[here, column]
                bins = np.minimum((value * BINS).astype(int), BINS - 1)
                np.add.at(self.in_bin[at, horizon], bins, 1)
                np.add.at(self.said[at, horizon], bins, value)
                np.add.at(self.happened[at, horizon], bins, outcome)

    def add_horizons(self, said: Tensor, labels: Tensor) -> None:
        rows = said.float().unflatten(-1, (2, HORIZON_CLASSES)).log_softmax(-1)
        for at in range(2):
            known = labels[:, at] != UNKNOWN
            own = rows[known, at].gather(1, labels[known, at, None])
            self.horizon_nats[at] -= own.double().sum().item()
            self.horizon_moves[at] += int(known.sum())

    def result(self) -> dict:
        return {
            "moves": self.moves,
            "nll": round(self.nats / self.moves, 4),
            "coverage": {str(b): round(n / self.moves, 4) for b, n in self.covered.items()},
            "durations": self.duration_result(),
        } | self.horizon_result()

    def duration_result(self) -> dict:
        """Brier score of 8 moves, and the mean gap between said and happened over all bins."""
        columns = [21, 22, 23]
        gap = np.abs(self.said - self.happened).sum() / max(self.in_bin.sum(), 1)
        brier = self.brier[columns] / np.maximum(self.known[columns], 1)
        return {"brierOf8Moves": [round(x, 4) for x in brier], "calibrationGap": round(gap, 4)}

    def horizon_result(self) -> dict:
        if not self.horizon_moves.any():
            return {}
        nats = self.horizon_nats / np.maximum(self.horizon_moves, 1)
        return {"horizonNll": {"1s": round(nats[0], 4), "10s": round(nats[1], 4)}}
