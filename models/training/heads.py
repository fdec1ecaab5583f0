"""What the heads say: coarse-to-fine log-probabilities, and the losses of training."""

import torch
from torch import Tensor, nn

from .config import COARSE, HORIZON_CLASSES, TOKENS
from .moves import UNKNOWN
from .windows import Batch

DURATION_WEIGHT = 0.2
HORIZON_WEIGHT = 0.03


def log_probabilities(head: Tensor) -> Tensor:
    """[..., 72] to [..., 64]: law.md 11.11 without the rounding to Q16."""
    coarse = head[..., :COARSE].float().log_softmax(-1)
    fine = head[..., COARSE:].float().unflatten(-1, (COARSE, TOKENS // COARSE)).log_softmax(-1)
    return (coarse.unsqueeze(-1) + fine).flatten(-2)


def token_losses(head: Tensor, targets: Tensor) -> Tensor:
    """Nats of each target."""
    head = head.float()
    coarse_target, fine_target = targets >> 3, targets & 7
    coarse = nn.functional.cross_entropy(
        head[..., :COARSE].flatten(0, -2), coarse_target.flatten(), reduction="none"
    )
    groups = head[..., COARSE:].unflatten(-1, (COARSE, TOKENS // COARSE)).flatten(0, -3)
    rows = torch.arange(groups.shape[0], device=head.device)
    fine = nn.functional.cross_entropy(
        groups[rows, coarse_target.flatten()], fine_target.flatten(), reduction="none"
    )
    return (coarse + fine).view(targets.shape)


def duration_loss(duration: Tensor, labels: Tensor) -> Tensor:
    """Binary cross-entropy, mean over what is known."""
    known = (labels >= 0).float()
    each = nn.functional.binary_cross_entropy_with_logits(
        duration.float(), labels.clamp(min=0).float(), weight=known, reduction="sum"
    )
    return each / known.sum().clamp(min=1)


def horizon_loss(horizon: Tensor, labels: Tensor) -> Tensor:
    classes = horizon.float().unflatten(-1, (-1, HORIZON_CLASSES)).flatten(0, -2)
    wanted = torch.where(labels == UNKNOWN, -100, labels).flatten()
    total = nn.functional.cross_entropy(classes, wanted, ignore_index=-100, reduction="sum")
    return total / (wanted >= 0).sum().clamp(min=1)


def total_loss(outputs: dict[str, Tensor], batch: Batch, first: int) -> dict[str, Tensor]:
    """Losses of the positions from `first` on, whose window is full."""
    nll = token_losses(outputs["head"][:, first:], batch.targets[:, first:]).mean()
    losses = {"nll": nll}
    losses["duration"] = duration_loss(outputs["duration"][:, first:], batch.durations[:, first:])
    total = nll + DURATION_WEIGHT * losses["duration"]
    if "horizon" in outputs:
        losses["horizon"] = horizon_loss(outputs["horizon"][:, first:], batch.horizons[:, first:])
        total = total + HORIZON_WEIGHT * losses["horizon"]
    return losses | {"total": total}
