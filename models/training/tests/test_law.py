"""The quantised models in PyTorch are what docs/law.md, section 11 says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from .. import sequential, weights, weights_file
from ..config import DRAFTS, TARGETS
from ..draft import Draft
from ..heads import log_probabilities
from ..target import Target

MEAN_NATS = 2e-4
MOST_NATS = 0.05
"""PyTorch sums in its own order: a value between two whole numbers may be rounded the other way,
which moves a logit by about a hundredth."""


def shaken(model: Target | Draft) -> Target | Draft:
    """Gains and biases away from where they begin, heads that say something."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "gain" in name or "bias" in name:
                value += 0.3 * torch.randn_like(value)
            if name.startswith(("head", "duration", "horizon")):
                value *= 20
    return model


def tiny(kind: str, side_inputs: int) -> Target | Draft:
    if kind == "target":
        return Target(replace(TARGETS["tiny"], side_inputs=side_inputs))
    return Draft(replace(DRAFTS["tiny"], side_inputs=side_inputs))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["target", "draft"])
@pytest.mark.parametrize("side", [[], [-700, 255, 96]])
def test_forward_is_the_law(seed: int, kind: str, side: list[int], tmp_path: Path) -> None:
    torch.manual_seed(seed)
    moves = torch.randint(0, 64, (1, 64, 3))
    model = shaken(tiny(kind, len(side)))
    path = tmp_path / "model.safetensors"
    weights.write(model, path)
    tensors, _, config = weights_file.read_tensors(path)
    with torch.no_grad():
        given = torch.tensor([side]) / 256 if side else None
        said = weights.read(path)(*moves.unbind(-1), given)
    features = sequential.target_features if kind == "target" else sequential.draft_features
    rows = features(tensors, config, moves[0].numpy(), side)
    expected = np.stack([sequential.logits_q16(row, tensors) for row in rows]) / 65536
    difference = np.abs(log_probabilities(said["head"])[0].numpy() - expected)
    assert expected.std() > 0.5
    assert difference.mean() < MEAN_NATS
    assert difference.max() < MOST_NATS


def test_a_shifted_window_changes_nothing_within_reach() -> None:
    """Positions farther back than the reach, or later ones, must not leak into a forecast."""
    torch.manual_seed(1)
    config = TARGETS["tiny"]
    model = Target(config).eval()
    moves = torch.randint(0, 64, (1, 96, 3))
    other = moves.clone()
    at = 70
    other[:, : at - config.reach + 1] = torch.randint(0, 64, (at - config.reach + 1, 3))
    other[:, at + 1 :] = torch.randint(0, 64, (96 - at - 1, 3))
    with torch.no_grad():
        one, two = (model(*each.unbind(-1))["head"][0, at] for each in (moves, other))
        other[:, at - config.reach + 1] = (other[:, at - config.reach + 1] + 1) % 64
        three = model(*other.unbind(-1))["head"][0, at]
    assert torch.allclose(one, two, atol=1e-6)
    assert not torch.allclose(two, three, atol=1e-6)


def test_functions_of_the_law() -> None:
    x = np.linspace(-20, 20, 999, dtype=np.float32)
    assert np.abs(sequential.exp(x) / np.exp(x.astype(float)) - 1).max() < 2e-7
    positive = np.exp(x.astype(float)).astype(np.float32)
    assert np.abs(sequential.ln(positive) - np.log(positive.astype(float))).max() < 3e-6
    q, scale = sequential.quantise(np.array([0.5, -1.5, 3.0], np.float32))
    assert (q.tolist(), scale) == ([21, -64, 127], np.float32(3) / np.float32(127))
