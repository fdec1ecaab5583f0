"""Ladders and scale steps of docs/law.md, section 2, as the tables that a graph carries."""

from functools import cache

import numpy as np

from .config import CODES, TOKENS

SCALE_MAX = 2**27
RUNGS = TOKENS // 2
OCTAVE_QUARTERS = (2048, 2435, 2896, 3444)


def threshold(code: int) -> int:
    """The scale, in 1/4096 half increments, from which a code holds."""
    return OCTAVE_QUARTERS[code % 4] << code // 4


@cache
def thresholds() -> np.ndarray:
    return np.array([threshold(code) for code in range(CODES)], np.int64)


@cache
def token_moves() -> np.ndarray:
    """[codes, tokens]: half increments that each token means."""
    moves = np.empty((CODES, TOKENS), np.int64)
    for code in range(CODES):
        rung = 0
        for j in range(RUNGS):
            rung = max(rung + 1, (threshold(code + j) + 2**14) // 2**15)
            moves[code, RUNGS + j], moves[code, RUNGS - 1 - j] = rung, -rung
    return moves


def scale_step(scale: int, move: int) -> int:
    """The scale after a move of so many half increments."""
    return min(scale + (4096 * abs(move) - scale) // 32, SCALE_MAX)


def scale_code(scale: int) -> int:
    return max(0, int(np.searchsorted(thresholds(), scale, side="right")) - 1)
