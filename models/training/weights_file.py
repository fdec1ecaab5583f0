"""A file of weights as it lies on disk: its tensors, and what its metadata says of them."""

import json
from pathlib import Path

import numpy as np
from safetensors import safe_open


def read_tensors(path: Path) -> tuple[dict[str, np.ndarray], str, dict[str, int]]:
    """Tensors, format and config of a file."""
    with safe_open(path, "np") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    return tensors, metadata["format"], json.loads(metadata["config"])
