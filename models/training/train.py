"""`python -m models.training.train target|draft`: trains one half of the pair."""

import argparse
from pathlib import Path

import torch

from .config import DRAFTS, TARGETS, TRAINING_STREAMS
from .environment import describe
from .loop import Job, Run, train
from .moves import MoveSet, load_moves
from .schedule import Progress
from .train_draft import Setting, draft_job
from .train_target import target_job


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.training.train", description=__doc__)
    parser.add_argument("role", choices=["target", "draft"])
    parser.add_argument("--config", default="small", choices=sorted({*TARGETS, *DRAFTS}))
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of `outrider export moves`"
    )
    parser.add_argument("--work", type=Path, required=True, help="where checkpoints and logs go")
    parser.add_argument("--hours", type=float, default=1.5, help="training time [1.5]")
    parser.add_argument("--steps", type=int, help="instead of --hours: exactly repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return parser.parse_args()


def main() -> None:
    given = options()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    moves = load_moves(given.data, training=True)
    validation = load_moves(given.data, training=False)
    job = job_of(given, (moves, validation))
    description = describe(given, moves) | {"streams": TRAINING_STREAMS}
    progress = Progress(given.steps, given.hours * 3600)
    train(job, Run(given.work / given.role, progress, given.resume, description))


def job_of(given: argparse.Namespace, data: tuple[MoveSet, MoveSet]) -> Job:
    device = torch.device(given.device)
    if given.role == "target":
        return target_job(TARGETS[given.config], data, given.seed, device)
    return draft_job(DRAFTS[given.config], data, Setting(given.seed, given.work, device))


if __name__ == "__main__":
    main()
