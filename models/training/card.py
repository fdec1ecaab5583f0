"""The model card: what the pair is, what it was trained on, what it is worth and what it is not."""


def card(manifest: dict, ngram: dict | None) -> str:
    target, draft = manifest["target"], manifest["draft"]
    environment = manifest["environment"]
    made, later = target["training"], draft["training"]
    return f"""# The neural pair

Target `{target["format"]}`: {size(target)}.
Draft `{draft["format"]}`: {size(draft)}, distilled from the target.
Both read nothing but tokens and scale codes (docs/law.md, 11).

## Use
The next moves of an instrument's mid in market time: paths, probabilities and durations. They are
forecasts of quotes, not of profit: much of what is foreseen on the OANDA streams is the bounce of
the quote between neighbouring prices, which nobody can trade.

## Training
{training_lines(manifest)}
Seed {made["seed"]}, commit `{made["commit"][:12]}`.
Target: {made["steps"]} steps in {made["hours"]} h; draft: {later["steps"]} in {later["hours"]} h;
{environment["threads"]} thread of {environment["processor"]}, PyTorch {environment["torch"]}.
Half of all windows are mirrored: up and down are treated alike. The last third of the steps is
quantisation-aware.

## Validation
Later days of the same instruments, each move from a full context. nll in nats a move; in 8: how
often the move is among the 8 likeliest tokens; bigram and unigram are counted for each scale code;
n-gram is the better of the two that ship, over the same days.

{table(manifest, ngram)}

Coupled: how often target and draft choose the same token under the same noise; bound:
(1 - TV) / (1 + TV); it must lie between the bound and 1 - TV.

{coupled_table(manifest)}

Brier scores and calibration of durations, and nll of the long horizons, stand in `neural.json`;
pictures: `neural-target-losses.png`, `neural-draft-losses.png`, `neural-calibration.png`.

## Limits
- Two instruments on two venues over nine days of May 2014, two stocks and simulated markets: other
  regimes are unknown to it.
- No time of day, book or trade reaches it, only what the law calls a context: durations are those
  of the days it was trained on.
- The n-gram pair stays as baseline and oracle.
"""


def size(entry: dict) -> str:
    shape = ", ".join(f"{key} {value}" for key, value in entry["config"].items())
    return f"{entry['parameters'] / 1e6:.2f} M parameters, {entry['bytes'] / 1e6:.2f} MB ({shape})"


def training_lines(manifest: dict) -> str:
    moves = manifest["data"]["moves"]
    weights = manifest["data"]["streams"]
    whole = sum(weights[name] for name in moves)
    lines = ["| stream | moves | share of windows |", "|---|---|---|"]
    lines += [
        f"| {name} | {count:,} | {100 * weights[name] / whole:.0f} % |"
        for name, count in moves.items()
    ]
    lines += [
        "",
        "FX up to 2014-05-09, equities up to 2013-10-08. **`simulated/...` is the built-in",
        "exchange**: two hours for each of the seeds 1 to 7; seed 8 validates. EURUSD of both",
        "venues stands on the same side of the split.",
        "",
    ]
    return "\n".join(lines)


def table(manifest: dict, ngram: dict | None) -> str:
    lines = [
        "| stream | moves | target | draft | n-gram | bigram | unigram | in 8 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, each in manifest["metrics"].items():
        target, draft, counted = each["target"], each["draft"], each["baselines"]
        cells = [
            name,
            f"{target['moves']:,}",
            f"**{target['nll']}**",
            draft["nll"],
            best_ngram(ngram, name),
            counted["bigram"],
            counted["unigram"],
            f"{target['coverage']['8']:.3f}",
        ]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def best_ngram(ngram: dict | None, stream: str) -> str:
    if ngram is None or stream not in ngram["target"]["validation"]:
        return "-"
    return str(min(ngram[role]["validation"][stream]["nll"] for role in ("target", "draft")))


def coupled_table(manifest: dict) -> str:
    lines = ["| stream | drawn | expected | bound | 1 - TV |", "|---|---|---|---|---|"]
    for name, figures in manifest["metrics"].items():
        each = figures["coupled"]
        cells = (each["drawn"], each["expected"], each["least"], each["most"])
        lines.append(f"| {name} | " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)
