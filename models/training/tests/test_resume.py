"""A run that was stopped goes on as if it had not been, or its seed would mean nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ..config import TARGETS
from ..loop import Job, Run, train
from ..moves import MoveSet
from ..schedule import Progress
from ..train_target import target_job
from .test_windows import sequence_of

STEPS = 6


def job() -> Job:
    torch.manual_seed(3)
    made_up = MoveSet({"fx/eurusd-oanda": [sequence_of(2000)]}, [])
    return target_job(TARGETS["tiny"], (made_up, made_up), 3, torch.device("cpu"))


def run(folder: Path, *, resume: bool) -> Run:
    progress = Progress(STEPS, 1.0)
    return Run(folder, progress, resume, {"config": "tiny"}, checkpoint_seconds=0.0)


def test_a_stopped_run_ends_where_a_whole_one_does(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    whole = job()
    train(whole, run(tmp_path / "whole", resume=False))

    stopped = job()
    draw, drawn = stopped.losses, []

    def until_the_fourth() -> dict[str, torch.Tensor]:
        drawn.append(1)
        if len(drawn) == 4:
            raise KeyboardInterrupt
        return draw()

    stopped.losses = until_the_fourth
    with pytest.raises(KeyboardInterrupt):
        train(stopped, run(tmp_path / "stopped", resume=False))
    torch.manual_seed(99)
    resumed = job()
    train(resumed, run(tmp_path / "stopped", resume=True))
    for name, value in whole.model.state_dict().items():
        assert np.array_equal(value, resumed.model.state_dict()[name]), name
