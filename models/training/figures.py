"""Pictures of a training run: losses over time, and calibration of durations."""

import json
from pathlib import Path

import matplotlib
import numpy as np

from .scores import CALIBRATED_MOVES, Scores

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

SMOOTHED = 15
SECONDS = ("0.1 s", "1 s", "10 s")


def draw_losses(log: Path, picture: Path) -> None:
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    steps = [entry for entry in entries if "nll" in entry]
    checks = [entry for entry in entries if "validation" in entry and entry["step"] > 100]
    figure, axes = plt.subplots(figsize=(9, 5))
    nll = np.array([entry["nll"] for entry in steps])
    if len(nll) > SMOOTHED:
        nll = np.convolve(nll, np.ones(SMOOTHED) / SMOOTHED, "valid")
        steps = steps[SMOOTHED - 1 :]
    axes.plot([e["step"] for e in steps], nll, color="0.6", label="training mix, running mean")
    for name in checks[0]["validation"] if checks else []:
        x, y = [e["step"] for e in checks], [e["validation"][name] for e in checks]
        axes.plot(x, y, marker=".", label=f"validation, {name}")
    axes.set_xlabel("step")
    axes.set_ylabel("nats a move")
    axes.set_ylim(top=3.2)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    save(figure, picture)


def draw_calibration(scores: dict[str, Scores], picture: Path) -> None:
    """What was said against what happened, for each horizon, over all streams."""
    figure, panels = plt.subplots(1, 3, figsize=(12, 4.2), sharey=True)
    for horizon, axes in enumerate(panels):
        for at, moves in enumerate(CALIBRATED_MOVES):
            total = sum(each.in_bin[at, horizon] for each in scores.values())
            said = sum(each.said[at, horizon] for each in scores.values())
            happened = sum(each.happened[at, horizon] for each in scores.values())
            enough = total > 200
            axes.plot(
                said[enough] / total[enough],
                happened[enough] / total[enough],
                marker=".",
                label=f"{moves} moves",
            )
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes.set_title(f"in less than {SECONDS[horizon]}")
        axes.set_xlabel("probability said")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("share that happened")
    panels[0].legend(fontsize=8)
    save(figure, picture)


def save(figure: "plt.Figure", picture: Path) -> None:
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(picture, dpi=110)
    plt.close(figure)
