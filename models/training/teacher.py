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

LEAST_MOVES = 700
"""Room for the context, a window to score and one to draw."""


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


def teach(
    work: Path, streams: dict[str, list[Sequence]], device: torch.device
) -> dict[str, list[Taught]]:
    """Sequences of less than `LEAST_MOVES` are left out."""
    target = trained_target(work)
    digest = weights_digest(target)
    target.to(device)
    taught: dict[str, list[Taught]] = {}
    for name, sequences in streams.items():
        long = [each for each in sequences if len(each) >= LEAST_MOVES]
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
    device = target.token.device
    parts = scored_windows([sequence], target.config.reach - 1)
    for batch, counts in batches(parts, 8):
        moved = batch.to(device)
        with torch.autocast(device.type, torch.bfloat16):
            head = target(moved.tokens, moved.codes, moved.next_codes)["head"]
        rows.append(log_probabilities(head).cpu()[counts].half().numpy())
    return np.concatenate(rows)


def weights_digest(target: Target) -> str:
    state = target.state_dict()
    whole = b"".join(state[name].numpy().tobytes() for name in sorted(state))
    return sha256(whole).hexdigest()[:12]
