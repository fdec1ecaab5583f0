"""What a manifest says of how a model came to be."""

import argparse
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from .moves import MoveSet


def describe(given: argparse.Namespace, moves: MoveSet) -> dict:
    """Data, seed, commit and environment; no path or name of the machine."""
    return {
        "config": given.config,
        "seed": given.seed,
        "commit": commit(),
        "moves": moves.moves(),
        "files": {entry["file"]: entry["sha256"] for entry in moves.files},
        "environment": {
            "python": platform.python_version(),
            "torch": str(torch.__version__),
            "numpy": np.__version__,
            "device": given.device,
            "threads": given.threads,
            "processor": processor(),
            "platform": sys.platform,
        },
    }


def commit() -> str:
    """The commit of the tree, with `+` behind it where training differs from it."""
    root = Path(__file__).parent
    git = ["git", "-C", str(root)]
    try:
        found = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--", "."], capture_output=True, text=True
        )
    except FileNotFoundError:
        return "unknown"
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")


def processor() -> str:
    """Model name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.machine()
    lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
    return lines[0].split(":", 1)[1].strip() if lines else platform.machine()
