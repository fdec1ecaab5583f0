"""Labels of windows against what they say in words."""

import numpy as np

from ..config import MOVES_MAX
from ..moves import Sequence, label_horizons
from ..scoring import scored_windows
from ..windows import label_durations, mirrored, window


def sequence_of(length: int, step_ns: int = 30_000_000) -> Sequence:
    random = np.random.default_rng(1)
    codes = random.integers(8, 20, length).astype(np.uint8)
    return Sequence(
        tokens=random.integers(0, 64, length).astype(np.uint8),
        codes=codes,
        next_codes=np.append(codes[1:], np.uint8(9)),
        times=np.arange(length, dtype=np.int64) * step_ns,
        horizons=np.full((length, 2), 64, np.uint8),
    )


def test_durations_count_moves_that_take_less() -> None:
    labels = label_durations(sequence_of(100).times, 40, 30).reshape(30, MOVES_MAX, 3)
    # 3 moves take 90 ms, 4 take 120; 32 take 960 ms.
    assert labels[0, :5, 0].tolist() == [1, 1, 1, 0, 0]
    assert labels[0, :, 1].tolist() == [1] * 32
    assert labels[29, 29, 1] == 1
    assert labels[29, 30:, 1].tolist() == [-1, -1], "moves that never came are not known"


def test_horizons_are_where_the_mid_stands() -> None:
    times = np.array([0, 4, 10, 11, 25]) * 10**8
    moves = np.array([3, 2, -2, 7, 1], np.int32)
    codes = np.full(5, 12, np.uint8)
    labels = label_horizons(times, moves, codes)
    # After the first: +2 within 1 s (the third comes at 1 s); the second: -2 and +7 within 1 s.
    assert labels[:, 0].tolist() == [33, 36, 38, 64, 255]
    assert labels[:, 1].tolist() == [255] * 5


def test_a_mirrored_window_is_the_market_upside_down() -> None:
    part = window(sequence_of(100), 10, 32)
    part["horizons"][3] = (40, 255)
    flipped = mirrored(part)
    assert (flipped["tokens"] + part["tokens"] == 63).all()
    assert flipped["horizons"][3].tolist() == [23, 255]
    assert flipped["horizons"][0].tolist() == [64, 64]
    again = mirrored(flipped)
    assert all((again[name] == part[name]).all() for name in part)


def test_scoring_takes_each_move_once() -> None:
    for length in (514, 600, 1000, 1500):
        sequence = sequence_of(length)
        times = []
        for part in scored_windows([sequence], 60):
            ahead = part["targets"][int(part["first"]) :]
            times.extend(ahead.tolist())
        assert times == sequence.tokens[61:].tolist()
