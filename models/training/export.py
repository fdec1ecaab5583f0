"""`python -m models.training.export`: weights, evaluation, manifest and card of a trained pair."""

import argparse
import json
import shutil
from hashlib import sha256
from pathlib import Path

import torch

from . import checkpoint, weights, weights_file
from .card import card
from .config import DRAFTS
from .draft import Draft
from .evaluate import evaluate_files
from .teacher import trained_target

BYTES_MAX = 25 * 10**6
PICTURES = ("target-losses.png", "draft-losses.png", "calibration.png")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training.export", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder of target/ and draft/")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of `outrider export moves`"
    )
    parser.add_argument("--out", type=Path, required=True, help="models/shipped, say")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--windows", type=int, help="evaluate only so many windows a stream [all]")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    models = {"target": trained_target(given.work), "draft": trained_draft(given.work)}
    for role, model in models.items():
        weights.write(model, given.out / f"neural-{role}.safetensors")
    validation = evaluate_files(given.out, given.data, given.work, given.windows)
    for picture in PICTURES:
        shutil.copyfile(given.work / picture, given.out / f"neural-{picture}")
    manifest = manifest_of(given.work, given.out, validation)
    (given.out / "neural.json").write_text(json.dumps(manifest, indent=2) + "\n")
    ngram = given.out / "ngram.json"
    beaten = json.loads(ngram.read_text()) if ngram.exists() else None
    (given.out / "neural-card.md").write_text(card(manifest, beaten))


def trained_draft(work: Path) -> Draft:
    state = checkpoint.load(work / "draft" / "checkpoint.pt")
    draft = Draft(DRAFTS[state["description"]["config"]])
    draft.load_state_dict(state["model"])
    return draft.eval()


def manifest_of(work: Path, out: Path, validation: dict) -> dict:
    """As the registry of models/ wants it: files first, then what made them."""
    states = {role: checkpoint.load(work / role / "checkpoint.pt") for role in ("target", "draft")}
    origin = states["target"]["description"]
    return {
        "version": 1,
        **{role: entry(out / f"neural-{role}.safetensors", states[role]) for role in states},
        "data": {key: origin[key] for key in ("files", "moves", "streams")}
        | {
            "lastTrainingDays": {"fx": "20140509", "equity": "20131008", "simulated": "seed-7"},
            "simulated": "the built-in exchange's own streams are part of the training set",
        },
        "seed": origin["seed"],
        "commit": origin["commit"],
        "environment": origin["environment"],
        "metrics": validation,
    }


def entry(file: Path, state: dict) -> dict:
    """What a loader checks, and how long it was trained."""
    raw = file.read_bytes()
    if len(raw) > BYTES_MAX:
        raise ValueError(f"{file.name}: {len(raw)} bytes; what ships has at most {BYTES_MAX}")
    tensors, form, config = weights_file.read_tensors(file)
    description = state["description"]
    training = {
        "config": description["config"],
        "seed": description["seed"],
        "commit": description["commit"],
        "steps": state["step"],
        "hours": round(state["elapsed"] / 3600, 3),
    }
    return {
        "file": file.name,
        "bytes": len(raw),
        "sha256": sha256(raw).hexdigest(),
        "format": form,
        "config": config,
        "parameters": int(sum(t.size for name, t in tensors.items() if ".scale" not in name)),
        "training": training,
    }


if __name__ == "__main__":
    main()
