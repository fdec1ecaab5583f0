"""`python -m models.training.evaluate`: what the weights that ship are worth, stream by stream."""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from . import figures, weights
from .baselines import Counted
from .coupling import coupled_acceptance
from .draft import Draft
from .heads import log_probabilities
from .moves import MoveSet, Sequence, load_moves
from .scores import Scores
from .scoring import batches, scored_windows
from .target import Target

DRAFT_WARM_UP = 64
"""Moves the draft's state has read at least before it is scored, as many as a context has."""


def evaluate(
    target: Target, draft: Draft | None, moves: MoveSet, limit: int | None = None
) -> tuple[dict, dict[str, Scores]]:
    """Figures by stream; of each the first `limit` windows."""
    result, scores = {}, {}
    for name, sequences in moves.streams.items():
        entry, scores[name] = evaluate_stream(target, draft, sequences, limit)
        result[name] = entry
        print(name, json.dumps(entry), flush=True)
    return result, scores


@torch.no_grad()
def evaluate_stream(
    target: Target, draft: Draft | None, sequences: list[Sequence], limit: int | None
) -> tuple[dict, Scores]:
    of_target, of_draft = Scores(), Scores()
    coupled: dict[str, list[np.ndarray]] = {}
    random = np.random.default_rng(1)
    for number, (batch, counts) in enumerate(batches(scored_windows(sequences, DRAFT_WARM_UP), 8)):
        if limit is not None and 8 * number >= limit:
            break
        said = target(batch.tokens, batch.codes, batch.next_codes)
        of_target.add(said, batch, counts)
        if draft is None:
            continue
        hinted = draft(batch.tokens, batch.codes, batch.next_codes)
        of_draft.add(hinted, batch, counts)
        if number % 4 == 0:
            pair = [
                log_probabilities(each["head"])[counts].double().numpy() for each in (said, hinted)
            ]
            for key, value in coupled_acceptance(*pair, random).items():
                coupled.setdefault(key, []).append(value)
    entry = {"target": of_target.result()}
    if draft is not None:
        entry["draft"] = of_draft.result()
        entry["coupled"] = {
            key: round(float(np.concatenate(value).mean()), 4) for key, value in coupled.items()
        }
    return entry, of_target


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.training.evaluate", description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder of neural-*.safetensors")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of `outrider export moves`"
    )
    parser.add_argument("--work", type=Path, required=True, help="where evaluation.json goes")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--windows", type=int, help="only so many windows a stream [all]")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    evaluate_files(given.models, given.data, given.work, given.windows)


def evaluate_files(models: Path, data: Path, work: Path, limit: int | None = None) -> dict:
    """Writes work/evaluation.json and the pictures; answers the figures by stream."""
    target = weights.read(models / "neural-target.safetensors")
    draft_path = models / "neural-draft.safetensors"
    draft = weights.read(draft_path) if draft_path.exists() else None
    counted = Counted(load_moves(data, training=True))
    moves = load_moves(data, training=False)
    usable = {name: [s for s in each if len(s) > 512] for name, each in moves.streams.items()}
    moves = MoveSet({name: each for name, each in usable.items() if each}, moves.files)
    result, scores = evaluate(target, draft, moves, limit)
    for name, sequences in moves.streams.items():
        result[name]["baselines"] = counted.nlls(sequences, DRAFT_WARM_UP)
    work.mkdir(parents=True, exist_ok=True)
    (work / "evaluation.json").write_text(json.dumps(result, indent=2) + "\n")
    figures.draw_calibration(scores, work / "calibration.png")
    for role in ("target", "draft"):
        log = work / role / "log.jsonl"
        if log.exists():
            figures.draw_losses(log, work / f"{role}-losses.png")
    return result


if __name__ == "__main__":
    main()
