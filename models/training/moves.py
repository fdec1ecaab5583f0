"""Reads exported moves and makes labelled sequences of them."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from .config import HORIZONS_NS, UNMOVED, is_training_day
from .tokeniser import tokenise, tokens_of

RECORD = np.dtype(
    [("time", "<i8"), ("move", "<i4"), ("token", "u1"), ("code", "u1"), ("epoch", "<u2")]
)
"""As models/move-file.ts draws it."""

UNKNOWN = 255


@dataclass(frozen=True)
class Sequence:
    """The moves of one epoch of one instrument and day."""

    tokens: np.ndarray
    codes: np.ndarray
    next_codes: np.ndarray
    """The scale code after each move: that of the ladder its successor is coded under."""
    times: np.ndarray
    horizons: np.ndarray
    """[moves, 2]: token of the displacement 1 s and 10 s after each move, 64 where the mid stands
    where it stood, 255 where the epoch ends before."""

    def __len__(self) -> int:
        return len(self.tokens)

    def tail(self, moves: int) -> "Sequence":
        """Its latest moves."""
        return Sequence(*(each[-moves:] for each in vars(self).values()))


@dataclass(frozen=True)
class MoveSet:
    """Sequences by stream, and what is known of the files they came from."""

    streams: dict[str, list[Sequence]]
    files: list[dict]

    def moves(self) -> dict[str, int]:
        return {name: sum(map(len, each)) for name, each in self.streams.items()}


def load_moves(folder: Path, *, training: bool) -> MoveSet:
    """One side of the split; a file whose bytes are not those of the index is refused."""
    entries = json.loads((folder / "index.json").read_text())["entries"]
    streams: dict[str, list[Sequence]] = {}
    files = []
    for entry in entries:
        if is_training_day(entry["stream"], entry["day"]) != training:
            continue
        raw = (folder / entry["file"]).read_bytes()
        if sha256(raw).hexdigest() != entry["sha256"]:
            raise ValueError(
                f"{entry['file']}: not the bytes of index.json; export the moves again"
            )
        files.append(entry)
        streams.setdefault(entry["stream"], []).extend(sequences_of(np.frombuffer(raw, RECORD)))
    return MoveSet(streams, files)


def sequences_of(records: np.ndarray) -> list[Sequence]:
    """Tokenises the moves of a day; the scale goes on from one epoch to the next.

    The TypeScript law's tokens stand beside the moves and must be the Rust kernel's.
    """
    tokens, codes, last_code = tokenise(records["move"])
    if not ((tokens == records["token"]).all() and (codes == records["code"]).all()):
        raise ValueError("tokens of the Rust kernel are not those of the exported file")
    next_codes = np.append(codes[1:], np.uint8(last_code))
    starts = np.flatnonzero(np.diff(records["epoch"], prepend=-1))
    ends = np.append(starts[1:], len(records))
    sequences = []
    for start, end in zip(starts, ends, strict=True):
        part = slice(start, end)
        times = records["time"][part].copy()
        horizons = label_horizons(times, records["move"][part], next_codes[part])
        sequences.append(Sequence(tokens[part], codes[part], next_codes[part], times, horizons))
    return sequences


def label_horizons(times: np.ndarray, moves: np.ndarray, next_codes: np.ndarray) -> np.ndarray:
    """Where the mid stands after the moves that take less than each horizon."""
    mids = np.cumsum(moves.astype(np.int64))
    labels = np.full((len(times), len(HORIZONS_NS)), UNKNOWN, np.uint8)
    for column, horizon in enumerate(HORIZONS_NS):
        last = np.searchsorted(times, times + horizon, side="left") - 1
        displacement = mids[last] - mids
        token = tokens_of(np.where(displacement == 0, 1, displacement), next_codes)
        label = np.where(displacement == 0, UNMOVED, token)
        known = times + horizon <= times[-1] if len(times) else np.zeros(0, bool)
        labels[known, column] = label[known]
    return labels
