"""What a model must beat: the unigram and the bigram of each scale code, counted."""

import numpy as np

from .config import CODES, TOKENS
from .moves import MoveSet, Sequence

SMOOTHING_MOVES = 20.0


class Counted:
    """P(next | next code) and P(next | next code, last token), the second smoothed by the first."""

    def __init__(self, moves: MoveSet) -> None:
        counts = np.zeros((CODES, TOKENS, TOKENS))
        for sequences in moves.streams.values():
            for each in sequences:
                np.add.at(counts, (each.next_codes[:-1], each.tokens[:-1], each.tokens[1:]), 1)
        everything = counts.sum((0, 1)) + 1
        everything /= everything.sum()
        self.unigram = smoothed(counts.sum(1), everything)
        self.bigram = smoothed(counts, self.unigram[:, None, :])

    def nlls(self, sequences: list[Sequence], skip: int) -> dict[str, float]:
        nats = {"unigram": 0.0, "bigram": 0.0}
        moves = 0
        for each in sequences:
            code, last = each.next_codes[skip:-1], each.tokens[skip:-1]
            after = each.tokens[skip + 1 :]
            nats["unigram"] -= np.log(self.unigram[code, after]).sum()
            nats["bigram"] -= np.log(self.bigram[code, last, after]).sum()
            moves += len(after)
        return {name: round(float(total) / max(moves, 1), 4) for name, total in nats.items()}


def smoothed(counts: np.ndarray, shorter: np.ndarray) -> np.ndarray:
    total = counts.sum(-1, keepdims=True)
    return (counts + SMOOTHING_MOVES * shorter) / (total + SMOOTHING_MOVES)
