"""The training loop: steps, checkpoints, progress, validation on the way."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from . import checkpoint
from .quantise import Int8Linear, set_quantised
from .schedule import Progress

LOG_EVERY_STEPS = 20


@dataclass
class Job:
    """What differs between the target and the draft."""

    model: nn.Module
    sampler: np.random.Generator
    losses: Callable[[], dict[str, Tensor]]
    """Draws a batch; `total` is what is descended."""
    validate: Callable[[], dict[str, float]]
    tokens_per_step: int
    learning_rate: float
    weight_decay: float


@dataclass
class Run:
    """Where a run keeps its files, and when it writes them."""

    folder: Path
    progress: Progress
    resume: bool
    description: dict
    checkpoint_seconds: float = 120.0
    validate_seconds: float = 240.0


def optimiser_of(job: Job) -> torch.optim.AdamW:
    """Decays matrices of products only: tables, gains and biases are few and matter each."""
    matrices = [part.weight for part in job.model.modules() if isinstance(part, Int8Linear)]
    chosen = {id(each) for each in matrices}
    others = [each for each in job.model.parameters() if id(each) not in chosen]
    groups = [
        {"params": matrices, "weight_decay": job.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=job.learning_rate, betas=(0.9, 0.95), eps=1e-8)


def train(job: Job, run: Run) -> None:
    """Until the progress is whole; the last checkpoint is `checkpoint.pt`, the log `log.jsonl`."""
    path = run.folder / "checkpoint.pt"
    optimiser = optimiser_of(job)
    if run.resume:
        restore(job, run, optimiser)
    job.model.train()
    progress = run.progress
    next_save = time.monotonic() + run.checkpoint_seconds
    next_validation = 0.0
    progress.skip()
    while progress.share < 1.0:
        set_quantised(job.model, progress.is_quantised)
        rate = progress.learning_rate(job.learning_rate)
        for group in optimiser.param_groups:
            group["lr"] = rate
        losses = job.losses()
        optimiser.zero_grad(set_to_none=True)
        losses["total"].backward()
        norm = nn.utils.clip_grad_norm_(job.model.parameters(), 1.0)
        optimiser.step()
        progress.advance()
        if progress.step % LOG_EVERY_STEPS == 0:
            entry = {name: round(value.item(), 4) for name, value in losses.items()}
            note(run, job, entry | {"rate": round(rate, 6), "norm": round(norm.item(), 3)})
        if time.monotonic() >= next_validation:
            note(run, job, {"validation": job.validate()})
            next_validation = time.monotonic() + run.validate_seconds
            progress.skip()
        if time.monotonic() >= next_save:
            checkpoint.save(path, state_of(job, run, optimiser))
            next_save = time.monotonic() + run.checkpoint_seconds
            progress.skip()
    set_quantised(job.model, True)
    note(run, job, {"validation": job.validate()})
    checkpoint.save(path, state_of(job, run, optimiser))


def note(run: Run, job: Job, entry: dict) -> None:
    """One line of the log, and the same for whoever watches."""
    progress = run.progress
    whole = {
        "step": progress.step,
        "seconds": round(progress.elapsed, 1),
        "share": round(progress.share, 4),
        "tokens_per_second": round(progress.step * job.tokens_per_step / progress.elapsed),
    } | entry
    run.folder.mkdir(parents=True, exist_ok=True)
    with (run.folder / "log.jsonl").open("a") as log:
        log.write(json.dumps(whole) + "\n")
    print(json.dumps(whole), f"{progress.seconds_left / 60:.1f} min left", flush=True)


def state_of(job: Job, run: Run, optimiser: torch.optim.Optimizer) -> dict:
    return {
        "model": job.model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "random": checkpoint.random_state(job.sampler),
        "step": run.progress.step,
        "elapsed": run.progress.elapsed,
        "description": run.description,
    }


def restore(job: Job, run: Run, optimiser: torch.optim.Optimizer) -> None:
    state = checkpoint.load(run.folder / "checkpoint.pt")
    job.model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    checkpoint.restore_random(state["random"], job.sampler)
    run.progress.step, run.progress.elapsed = state["step"], state["elapsed"]
