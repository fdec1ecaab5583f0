"""The draft: a gated recurrent unit, `gru-int8/1` (docs/law.md, 11.10)."""

import torch
from torch import Tensor, nn

from .config import CODES, MOVES_MAX, TOKENS, DraftConfig
from .quantise import Int8Linear


class Draft(nn.Module):
    def __init__(self, config: DraftConfig) -> None:
        super().__init__()
        d = config.d
        self.config = config
        self.token = nn.Parameter(torch.randn(TOKENS, 3 * d) * 0.5)
        self.code = nn.Parameter(torch.randn(CODES, 3 * d) * 0.2)
        self.next_code = nn.Parameter(torch.randn(CODES, 3 * d) * 0.2)
        if config.side_inputs > 0:
            self.side = nn.Parameter(torch.randn(config.side_inputs, 3 * d) * 0.2)
        self.hidden = Int8Linear(d, 3 * d, d**-0.5)
        self.head = Int8Linear(d, 72, d**-0.5)
        self.duration = Int8Linear(d, 3 * MOVES_MAX, d**-0.5)

    def forward(
        self, tokens: Tensor, codes: Tensor, next_codes: Tensor, side: Tensor | None = None
    ) -> dict[str, Tensor]:
        """[windows, moves] of indices to the logits of each head; the state begins at 0.

        side: [windows, K] of side inputs, in ones and not in 1/256; None under version 0.
        """
        f = self.states(tokens, codes, next_codes, side)
        return {"head": self.head(f), "duration": self.duration(f)}

    def states(
        self, tokens: Tensor, codes: Tensor, next_codes: Tensor, side: Tensor | None = None
    ) -> Tensor:
        lookup = nn.functional.embedding
        inputs = lookup(tokens, self.token) + lookup(codes, self.code)
        inputs = inputs + lookup(next_codes, self.next_code)
        if side is not None:
            inputs = inputs + (side @ self.side)[:, None]
        h = inputs.new_zeros(tokens.shape[0], self.config.d)
        states = []
        for i in inputs.unbind(1):
            h = self.step(i, h)
            states.append(h)
        return torch.stack(states, 1)

    def step(self, i: Tensor, h: Tensor) -> Tensor:
        d = self.config.d
        u = self.hidden(h)
        gates = torch.sigmoid(i[:, : 2 * d] + u[:, : 2 * d])
        r, z = gates.split(d, -1)
        n = torch.tanh(i[:, 2 * d :] + r * u[:, 2 * d :])
        return torch.lerp(n, h, z)
