"""The target's job: next move, durations and long horizons over windows of 512 moves."""

import torch
from torch import Tensor

from .config import TargetConfig
from .heads import token_losses, total_loss
from .loop import Job
from .moves import MoveSet
from .scoring import mean_nll, spread_sample
from .target import Target
from .windows import Batch, WindowSampler

WINDOW_MOVES = 512
WINDOWS = 8
VALIDATION_WINDOWS = 48
WATCHED = ("fx/eurusd-oanda", "fx/xauusd-oanda", "fx/eurusd-fxcm", "simulated/sima")
LEARNING_RATE = 1.5e-3
WEIGHT_DECAY = 0.1


def target_job(
    config: TargetConfig, data: tuple[MoveSet, MoveSet], seed: int, device: torch.device
) -> Job:
    model = Target(config).to(device)
    sampler = WindowSampler(data[0], WINDOW_MOVES, seed)
    first = config.reach - 1
    watched = {
        name: spread_sample(data[1].streams[name], first, VALIDATION_WINDOWS)
        for name in WATCHED
        if name in data[1].streams
    }

    def outputs(batch: Batch) -> dict[str, Tensor]:
        with torch.autocast(device.type, torch.bfloat16):
            return model(batch.tokens, batch.codes, batch.next_codes)

    def losses() -> dict[str, Tensor]:
        batch = sampler.draw(WINDOWS).to(device)
        return total_loss(outputs(batch), batch, first)

    def nats(batch: Batch) -> Tensor:
        moved = batch.to(device)
        return token_losses(outputs(moved)["head"], moved.targets).cpu()

    def validate() -> dict[str, float]:
        return {name: round(mean_nll(nats, parts), 4) for name, parts in watched.items()}

    return Job(
        model=model,
        sampler=sampler.random,
        losses=losses,
        validate=validate,
        tokens_per_step=WINDOWS * WINDOW_MOVES,
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
    )
