"""`python -m models.training.export_onnx`: a shipped pair as graphs of ONNX, from its weights.

What they take and answer is in models/training/README.md, and in the manifest with their hashes.
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from . import onnx_draft, onnx_target, weights_file
from .onnx_graph import IR_VERSION, OPSET, Graph, model_of
from .onnx_parts import PRODUCTS, Parts

MOVES = 8
"""Moves that a speculation drafts (H of the law)."""
BYTES_MAX = 25 * 10**6
"""Of everything that ships."""

Build = Callable[[Parts, dict], tuple[dict, dict]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training.export_onnx")
    parser.description = __doc__
    parser.add_argument("--models", type=Path, required=True, help="models/shipped, say")
    parser.add_argument("--moves", type=int, default=MOVES, help="moves of a draft [%(default)s]")
    parser.add_argument("--products", choices=PRODUCTS, default=PRODUCTS[0], help="[%(default)s]")
    parser.add_argument("--out", type=Path, help="elsewhere than in the manifest's onnx folder")
    given = parser.parse_args()
    if not 1 <= given.moves <= 32:
        parser.error(f"--moves: {given.moves}; give 1 to 32")
    folder = given.out or given.models / "onnx"
    graphs = export(given.models, folder, moves=given.moves, products=given.products)
    for name, entry in graphs.items():
        print(f"{name}: {entry['bytes']} bytes")
    if given.out is None:
        add_to_manifest(given.models, graphs)


def export(
    models: Path, folder: Path, *, moves: int = MOVES, products: str = PRODUCTS[0]
) -> dict[str, dict]:
    """Writes the graphs of a pair; answers their entries of its manifest, by name."""
    builds: dict[str, dict[str, Build]] = {
        "target": {
            "target-prefill": onnx_target.prefill,
            "target-move": onnx_target.move,
            "target-packed": onnx_target.packed,
        },
        "draft": {
            "draft-context": onnx_draft.context,
            "draft-speculation": partial(onnx_draft.speculation, moves=moves),
        },
    }
    folder.mkdir(parents=True, exist_ok=True)
    entries = {}
    for role, graphs in builds.items():
        file = models / f"neural-{role}.safetensors"
        tensors, _, config = weights_file.read_tensors(file)
        if "sideInputs" in config:
            raise ValueError(f"{file}: sideInputs is {config['sideInputs']}; the graphs take none")
        for name, build in graphs.items():
            parts = Parts(Graph(), tensors, products)
            sides = build(parts, config)
            inputs, outputs = ({n: said(port) for n, port in side.items()} for side in sides)
            signature = {"name": f"{name}/1", "config": config}
            signature |= {"inputs": inputs, "outputs": outputs}
            raw = model_of(parts.graph, signature).SerializeToString(deterministic=True)
            path = folder / f"neural-{name}.onnx"
            path.write_bytes(raw)
            entries[name] = {
                "file": f"{folder.name}/{path.name}",
                "bytes": len(raw),
                "sha256": sha256(raw).hexdigest(),
                "weights": sha256(file.read_bytes()).hexdigest(),
                "opset": OPSET,
                "ir": IR_VERSION,
                "signature": signature,
            }
    return entries


def said(port: tuple) -> dict:
    return {"type": port[0], "shape": port[1]}


def add_to_manifest(models: Path, graphs: dict[str, dict]) -> None:
    manifest = json.loads((models / "neural.json").read_text())
    shipped = [*graphs.values(), manifest["target"], manifest["draft"]]
    total = sum(entry["bytes"] for entry in shipped)
    if total > BYTES_MAX:
        raise ValueError(f"{models}: {total} bytes; what ships has at most {BYTES_MAX}")
    text = json.dumps(manifest | {"onnx": graphs}, indent=2)
    (models / "neural.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
