"""Int8 arithmetic of the law with straight-through gradients (docs/law.md, 11.5 and 11.6)."""

import torch
from torch import Tensor, nn

from .config import LEAST, LIMIT


def quantised(x: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers of at most 127 for each row, and the row's scale; gradients pass straight."""
    most = x.detach().abs().amax(-1, keepdim=True)
    inverse = torch.where(most >= LEAST, LIMIT / most, 0.0)
    scale = torch.where(most >= LEAST, most / LIMIT, 0.0)
    scaled = x * inverse
    # The difference is exactly 0: what is added up stays whole.
    return scaled.round().detach() + (scaled - scaled.detach()), scale


class Int8Linear(nn.Module):
    """A linear part without bias: float until `is_quantised`, then what the kernel computes."""

    def __init__(self, inputs: int, outputs: int, spread: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * spread)
        self.is_quantised = False

    def forward(self, x: Tensor) -> Tensor:
        if not self.is_quantised:
            return nn.functional.linear(x, self.weight)
        q, scale = quantised(x)
        w, out_scale = quantised(self.weight)
        total = nn.functional.linear(q, w).float()
        return total * scale * out_scale.squeeze(-1)


def set_quantised(model: nn.Module, on: bool) -> None:
    for part in model.modules():
        if isinstance(part, Int8Linear):
            part.is_quantised = on
