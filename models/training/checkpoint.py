"""Checkpoints: everything a run needs to go on as if it had never stopped."""

from pathlib import Path
from typing import Any

import numpy as np
import torch


def save(path: Path, state: dict[str, Any]) -> None:
    """Whole or not at all: a crash while writing leaves the previous one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    unfinished.replace(path)


def load(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no checkpoint; train without --resume first")
    return torch.load(path, map_location="cpu", weights_only=True)


def random_state(sampler: np.random.Generator) -> dict[str, Any]:
    """The place in the data and in PyTorch's own randomness."""
    return {"sampler": sampler.bit_generator.state, "torch": torch.get_rng_state()}


def restore_random(state: dict[str, Any], sampler: np.random.Generator) -> None:
    sampler.bit_generator.state = state["sampler"]
    torch.set_rng_state(state["torch"])
