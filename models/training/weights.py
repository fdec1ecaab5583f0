"""The weights as they ship: int8 rows with their scales in a safetensors file, and back."""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from .config import DraftConfig, TargetConfig
from .draft import Draft
from .quantise import Int8Linear, set_quantised
from .target import Target
from .weights_file import read_tensors

FORMATS = {Target: "window-int8/1", Draft: "gru-int8/1"}


def tensors_of(model: Target | Draft) -> dict[str, np.ndarray]:
    """By the names of docs/decisions/0004-neural-pair.md."""
    tensors = {}
    for name, value in model.state_dict().items():
        plain = name.removesuffix(".gain")
        array = value.detach().cpu().float().numpy()
        if isinstance(model.get_submodule(name.rpartition(".")[0]), Int8Linear):
            plain = name.removesuffix(".weight")
            tensors[plain], tensors[f"{plain}.scale"] = int8_rows(array)
        else:
            tensors[plain] = np.ascontiguousarray(array)
    return tensors


def int8_rows(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row over its largest magnitude times 127, to the nearest even."""
    most = np.abs(weight).max(-1, keepdims=True).astype(np.float32)
    inverse = np.divide(np.float32(127), most, out=np.zeros_like(most), where=most > 0)
    scale = most[:, 0] / np.float32(127)
    return np.rint(weight * inverse).astype(np.int8), scale


def config_of(model: Target | Draft) -> dict[str, int]:
    side = {"sideInputs": model.config.side_inputs} if model.config.side_inputs > 0 else {}
    if isinstance(model, Draft):
        return {"d": model.config.d, "contextMoves": model.config.context_moves} | side
    config = model.config
    return {
        "d": config.d,
        "layers": config.layers,
        "heads": config.heads,
        "window": config.window,
        "contextMoves": config.context_moves,
        "feedForward": config.feed_forward,
    } | side


def write(model: Target | Draft, path: Path) -> None:
    metadata = {"format": FORMATS[type(model)], "config": json.dumps(config_of(model))}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors_of(model), path, metadata)


def read(path: Path) -> Target | Draft:
    """The model of a file, quantised: what ships is what is evaluated."""
    tensors, form, config = read_tensors(path)
    model = empty_model(form, config)
    state = {}
    for name, value in model.state_dict().items():
        if isinstance(model.get_submodule(name.rpartition(".")[0]), Int8Linear):
            plain = name.removesuffix(".weight")
            scale = tensors[f"{plain}.scale"][:, None]
            state[name] = torch.from_numpy(tensors[plain].astype(np.float32) * scale)
        else:
            state[name] = torch.from_numpy(tensors[name.removesuffix(".gain")])
        if state[name].shape != value.shape:
            raise ValueError(f"{path}: {name} has the shape {tuple(state[name].shape)}")
    model.load_state_dict(state)
    set_quantised(model, True)
    return model.eval()


def empty_model(form: str, config: dict[str, int]) -> Target | Draft:
    side_inputs = config.get("sideInputs", 0)
    if form == FORMATS[Draft]:
        return Draft(DraftConfig(config["d"], config["contextMoves"], side_inputs))
    if form != FORMATS[Target]:
        raise ValueError(f"format: {form}; known are {', '.join(FORMATS.values())}")
    names = ("d", "layers", "heads", "window", "contextMoves", "feedForward")
    return Target(TargetConfig(*(config[name] for name in names), side_inputs))
