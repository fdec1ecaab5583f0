"""The law's tokeniser and scale: the Rust kernel, called through its C interface."""

import ctypes
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np

INTERFACE = 1
NATIVE = Path(__file__).parents[2] / "native"
ENDING = {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")
PREFIX = "" if sys.platform == "win32" else "lib"
BYTES = np.ctypeslib.ndpointer(np.uint8, ndim=1, flags="C_CONTIGUOUS")
INTEGERS = np.ctypeslib.ndpointer(np.int32, ndim=1, flags="C_CONTIGUOUS")


@cache
def kernel() -> ctypes.CDLL:
    """Builds `native/crates/python` with cargo, which does nothing where it is current."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", NATIVE / "target"))
    command = ["cargo", "build", "--release", "--locked", "--package", "outrider-python"]
    manifest = ["--manifest-path", str(NATIVE / "Cargo.toml"), "--target-dir", str(target)]
    subprocess.run([*command, *manifest], check=True)
    library = ctypes.CDLL(str(target / "release" / f"{PREFIX}outrider_python.{ENDING}"))
    found = library.outrider_interface()
    if found != INTERFACE:
        raise RuntimeError(f"outrider_python: interface {found}, this training knows {INTERFACE}")
    size = ctypes.c_size_t
    library.outrider_tokenise.argtypes = [INTEGERS, BYTES, BYTES, size, ctypes.c_int32]
    library.outrider_tokenise.restype = ctypes.c_int32
    library.outrider_tokens_of.argtypes = [INTEGERS, BYTES, BYTES, size]
    library.outrider_tokens_of.restype = None
    library.outrider_scale_code.argtypes = [ctypes.c_int32]
    library.outrider_scale_code.restype = ctypes.c_uint8
    library.outrider_scale_start.restype = ctypes.c_int32
    return library


def tokenise(moves: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Token and scale code of each move of an instrument, and the code after the last.

    `moves`: half increments, none 0, from the instrument's first on.
    """
    checked = as_moves(moves)
    tokens, codes = np.empty(len(checked), np.uint8), np.empty(len(checked), np.uint8)
    start = kernel().outrider_scale_start()
    scale = kernel().outrider_tokenise(checked, tokens, codes, len(checked), start)
    return tokens, codes, kernel().outrider_scale_code(scale)


def tokens_of(moves: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The token of each move (half increments, none 0) under its own code."""
    checked, under = as_moves(moves), np.ascontiguousarray(codes, np.uint8)
    if len(checked) != len(under) or (under >= 64).any():
        raise ValueError("codes: give one below 64 for each move")
    tokens = np.empty(len(checked), np.uint8)
    kernel().outrider_tokens_of(checked, under, tokens, len(checked))
    return tokens


def as_moves(moves: np.ndarray) -> np.ndarray:
    limits = np.iinfo(np.int32)
    if len(moves) and (moves.min() < limits.min or moves.max() > limits.max or (moves == 0).any()):
        raise ValueError("moves: give half increments of 32 bits, none 0")
    return np.ascontiguousarray(moves, np.int32)
