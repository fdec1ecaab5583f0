"""The target's distributions over the training moves, worked out once and kept."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from . import checkpoint
from .config import TARGETS
from .heads import log_probabilities
from .moves import Sequence
from .quantise import set_quantised
from .scoring import batches, scored_windows
from .target import Target


@dataclass(frozen=True)
class Taught:
    """A sequence, and the target's log-probabilities after each of its moves from `first` on."""

    sequence: Sequence
    rows: np.ndarray
    first: int


def trained_target(work: Path) -> Target:
    """The target of work/target/checkpoint.pt, quantised, to be asked."""
    state = checkpoint.load(work / "target" / "checkpoint.pt")
    target = Target(TARGETS[state["description"]["config"]])
    target.load_state_dict(state["model"])
    set_quantised(target, True)
    return target.eval()


def teach(work: Path, streams: dict[str, list[Sequence]], least: int) -> dict[str, list[Taught]]:
    """Sequences with room for at least one window of `least` moves; others are left out."""
    target = trained_target(work)
    digest = weights_digest(target)
    taught: dict[str, list[Taught]] = {}
    for name, sequences in streams.items():
        long = [each for each in sequences if len(each) > 512 + least]
        for number, sequence in enumerate(long):
            path = work / "teacher" / f"{name.replace('/', '-')}-{number}-{digest}.npy"
            rows = np.load(path) if path.exists() else ask(target, sequence)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, rows)
            first = len(sequence) - 1 - len(rows)
            taught.setdefault(name, []).append(Taught(sequence, rows, first))
        print(
            f"teacher: {name}, {sum(len(t.rows) for t in taught.get(name, []))} moves", flush=True
        )
    return taught


@torch.no_grad()
def ask(target: Target, sequence: Sequence) -> np.ndarray:
    """[moves, 64] in half precision, for moves first .. len - 2, each once and in order."""
    rows = []
    parts = scored_windows([sequence], target.config.reach - 1)
    for batch, counts in batches(parts, 8):
        with torch.autocast("cpu", torch.bfloat16):
            head = target(batch.tokens, batch.codes, batch.next_codes)["head"]
        rows.append(log_probabilities(head)[counts].half().numpy())
    return np.concatenate(rows)


def weights_digest(target: Target) -> str:
    state = target.state_dict()
    whole = b"".join(state[name].numpy().tobytes() for name in sorted(state))
    return sha256(whole).hexdigest()[:12]
