"""The target: a decoder with windowed attention, `window-int8/1` (docs/law.md, 11.8 and 11.9)."""

import math

import torch
from torch import Tensor, nn

from .config import CODES, MOVES_MAX, TOKENS, TargetConfig
from .quantise import Int8Linear

BLOCK = 32
"""Positions that attention takes together; at least window - 1."""
EPSILON = 1e-5


class Gain(nn.Module):
    """norm of the law: root mean square, then a gain for each value."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(d))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON) * self.gain


class Layer(nn.Module):
    def __init__(self, config: TargetConfig) -> None:
        super().__init__()
        d, depth = config.d, math.sqrt(2 * config.layers)
        self.heads, self.window = config.heads, config.window
        self.norm1, self.norm2 = Gain(d), Gain(d)
        self.qkv = Int8Linear(d, 3 * d, d**-0.5)
        self.out = Int8Linear(d, d, d**-0.5 / depth)
        self.up = Int8Linear(d, config.feed_forward, (2 / d) ** 0.5)
        self.down = Int8Linear(config.feed_forward, d, config.feed_forward**-0.5 / depth)
        self.bias = nn.Parameter(first_bias(config))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.out(self.attend(self.qkv(self.norm1(x))))
        return x + self.down(self.up(self.norm2(x)).relu())

    def attend(self, qkv: Tensor) -> Tensor:
        """[windows, moves, 3 d] to [windows, moves, d]; a block reads itself and the one before."""
        windows, moves, width = qkv.shape
        head_width = width // (3 * self.heads)
        blocks = qkv.view(windows, moves // BLOCK, BLOCK, 3, self.heads, head_width)
        q, k, v = blocks.permute(3, 0, 1, 4, 2, 5)
        k, v = with_previous(k), with_previous(v)
        scores = q @ k.transpose(-1, -2) * head_width**-0.5
        scores = scores + self.distance_bias(scores.dtype)
        scores[:, 0, :, :, :BLOCK] = -torch.inf
        mixed = scores.softmax(-1).to(v.dtype) @ v
        return mixed.permute(0, 1, 3, 2, 4).reshape(windows, moves, width // 3)

    def distance_bias(self, dtype: torch.dtype) -> Tensor:
        """[heads, BLOCK, 2 BLOCK]: the bias of each distance, -inf outside the window."""
        here = torch.arange(BLOCK, device=self.bias.device)
        there = torch.arange(-BLOCK, BLOCK, device=self.bias.device)
        distance = here[:, None] - there
        inside = (distance >= 0) & (distance < self.window)
        bias = self.bias[:, distance.clamp(0, self.window - 1)]
        return bias.masked_fill(~inside, -torch.inf).to(dtype)


def with_previous(x: Tensor) -> Tensor:
    """[windows, blocks, heads, BLOCK, width]: each block behind the one before it."""
    before = torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], 1)
    return torch.cat([before, x], -2)


def first_bias(config: TargetConfig) -> Tensor:
    """Half of the heads begin by reading one of the last moves, the others all, near ones more."""
    distance = torch.arange(config.window, dtype=torch.float32)
    bias = torch.zeros(config.heads, config.window)
    for head in range(config.heads):
        if head < config.heads // 2:
            bias[head] = 3.0 * (distance == head + 1)
        else:
            bias[head] = -distance * 0.5 ** (1 + head - config.heads // 2)
    return bias


class Target(nn.Module):
    def __init__(self, config: TargetConfig) -> None:
        super().__init__()
        if config.window - 1 > BLOCK:
            raise ValueError(f"window: {config.window}; at most {BLOCK + 1}")
        d = config.d
        self.config = config
        self.token = nn.Parameter(torch.randn(TOKENS, d) * 0.5)
        self.code = nn.Parameter(torch.randn(CODES, d) * 0.2)
        self.next_code = nn.Parameter(torch.randn(CODES, d) * 0.2)
        if config.side_inputs > 0:
            self.side = nn.Parameter(torch.randn(config.side_inputs, d) * 0.2)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = Gain(d)
        self.head = Int8Linear(d, 72, 0.02)
        self.duration = Int8Linear(d, 3 * MOVES_MAX, 0.02)
        self.horizon = Int8Linear(d, 130, 0.02)

    def forward(
        self, tokens: Tensor, codes: Tensor, next_codes: Tensor, side: Tensor | None = None
    ) -> dict[str, Tensor]:
        """[windows, moves] of indices, moves a multiple of 32, to the logits of each head.

        side: [windows, K] of side inputs, in ones and not in 1/256; None under version 0.
        """
        f = self.features(tokens, codes, next_codes, side)
        return {"head": self.head(f), "duration": self.duration(f), "horizon": self.horizon(f)}

    def features(
        self, tokens: Tensor, codes: Tensor, next_codes: Tensor, side: Tensor | None = None
    ) -> Tensor:
        lookup = nn.functional.embedding
        x = lookup(tokens, self.token) + lookup(codes, self.code)
        x = x + lookup(next_codes, self.next_code)
        if side is not None:
            x = x + (side @ self.side)[:, None]
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)
