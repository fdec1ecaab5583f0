"""The graphs of ONNX say what PyTorch and docs/law.md say: a kernel on them computes our models."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
import torch

from .. import ladder, sequential, weights, weights_file
from ..config import DRAFTS, TARGETS
from ..draft import Draft
from ..heads import log_probabilities
from ..target import BLOCK, Target
from .test_law import MEAN_NATS, MOST_NATS, shaken

needed = "needs onnx and onnxruntime of models/training/requirements.txt"
onnx = pytest.importorskip("onnx", reason=needed)
onnxruntime = pytest.importorskip("onnxruntime", reason=needed)

from ..export_onnx import export  # noqa: E402
from ..onnx_draft import ScaleTables  # noqa: E402
from ..onnx_graph import Graph, model_of  # noqa: E402
from ..onnx_parts import stacked  # noqa: E402

SHIPPED = Path(__file__).parents[2] / "shipped"
Q16 = 65536
MOST_CHANCE = 0.01
"""Of a probability that moves take less than a time; MOST_NATS holds for every logit."""
MEAN_NATS_SHIPPED = 5e-3
SAME_NATS = 2e-5
"""Where no whole number was rounded the other way, as in most rows: the last place of Q16. One
that was changes all logits of the rows that read it, and so the mean of a batch that shares it."""
MOVES, PATHS = 5, 6


@dataclass
class Pair:
    """A folder of weights and one of its graphs."""

    weights: Path
    graphs: Path
    mean_nats: float

    def run(self, name: str, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = self.graphs / f"neural-{name}.onnx"
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        said = session.run(None, inputs)
        return dict(zip((each.name for each in session.get_outputs()), said, strict=True))

    @cached_property
    def target(self) -> tuple[Target, dict, dict]:
        return self.model("target")

    @cached_property
    def draft(self) -> tuple[Draft, dict, dict]:
        return self.model("draft")

    def model(self, role: str) -> tuple:
        path = self.weights / f"neural-{role}.safetensors"
        tensors, _, config = weights_file.read_tensors(path)
        return weights.read(path), tensors, config


CPU = Path("/proc/cpuinfo")
needs_vnni = pytest.mark.skipif(
    not CPU.exists() or "vnni" not in CPU.read_text(),
    reason="needs a processor with VNNI: onnxruntime's int8 products saturate without",
)


@pytest.fixture(
    scope="module", params=["tiny", pytest.param("tiny int8", marks=needs_vnni), "shipped"]
)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("pair")
    files = SHIPPED
    if request.param != "shipped":
        files = folder
        torch.manual_seed(5)
        weights.write(shaken(Target(TARGETS["tiny"])), folder / "neural-target.safetensors")
        weights.write(shaken(Draft(DRAFTS["tiny"])), folder / "neural-draft.safetensors")
    products = "int8" if "int8" in request.param else "float32"
    export(files, folder / "onnx", moves=MOVES, products=products)
    return Pair(files, folder / "onnx", MEAN_NATS_SHIPPED if files == SHIPPED else MEAN_NATS)


def market(moves: int, seed: int) -> tuple[np.ndarray, int]:
    """[moves, 3] of token, code, next code as a scale makes them, and the scale after the last."""
    random = np.random.default_rng(seed)
    tokens = np.rint(random.normal(31.5, 6, moves)).clip(0, 63).astype(int)
    return followed(tokens, 2**14)


def followed(tokens: np.ndarray, scale: int) -> tuple[np.ndarray, int]:
    rows = []
    for token in tokens:
        code = ladder.scale_code(scale)
        scale = ladder.scale_step(scale, int(ladder.token_moves()[code, token]))
        rows.append((token, code, ladder.scale_code(scale)))
    return np.array(rows, np.int32).reshape(-1, 3), scale


def named(moves: np.ndarray, *names: str) -> dict[str, np.ndarray]:
    return {n: np.ascontiguousarray(moves[..., at]) for at, n in enumerate(names)}


def of_torch(model: Target | Draft, sequences: list[np.ndarray]) -> dict[str, np.ndarray]:
    """What PyTorch says after the last move of each: nats and chances, by a graph's names."""
    rows = []
    for moves in sequences:
        padded = np.zeros((1, -(-len(moves) // BLOCK) * BLOCK, 3), int)
        padded[0, : len(moves)] = moves
        with torch.no_grad():
            said = model(*torch.from_numpy(padded).unbind(-1))
        row = {name: each[0, len(moves) - 1] for name, each in said.items()}
        heads = {"logits": log_probabilities(row["head"])}
        if "horizon" in row:
            heads["not_reached"] = row["duration"].sigmoid().view(32, 3)
            heads["horizons"] = row["horizon"].view(2, 65).log_softmax(-1)
        rows.append(heads)
    return {name: np.stack([row[name].numpy() for row in rows]) for name in rows[0]}


def of_law(tensors: dict, config: dict, moves: np.ndarray) -> dict[str, np.ndarray]:
    """The same of docs/law.md for one sequence."""
    f = sequential.target_features(tensors, config, moves)[-1]
    horizons = sequential.linear(f, tensors, "horizon").reshape(2, 65)
    return {
        "logits": sequential.logits_q16(f, tensors) / Q16,
        "not_reached": sequential.sigmoid(sequential.linear(f, tensors, "duration")).reshape(32, 3),
        "horizons": np.stack([row - sequential.lse(row) for row in horizons]),
    }


def assert_close(pair: Pair, said: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    for name, wanted in expected.items():
        difference = np.abs(said[name] / Q16 - wanted)
        most = MOST_CHANCE if name == "not_reached" else MOST_NATS
        assert wanted.std() > 0.05, name
        assert difference.mean() < pair.mean_nats, name
        assert difference.max() < most, name


def cut(said: dict[str, np.ndarray], row: int) -> dict[str, np.ndarray]:
    return {name: said[name][row] for name in ("logits", "not_reached", "horizons")}


def test_target_prefill_and_moves(pair: Pair) -> None:
    """A context that lives on is the one that is read afresh, in batches as alone."""
    model, tensors, config = pair.target
    length = config["contextMoves"]
    contexts = [market(length + 3, seed)[0] for seed in range(5)]
    first = np.stack([moves[:length] for moves in contexts])
    said = pair.run("target-prefill", **named(first, "tokens", "codes", "next_codes"))
    assert_close(pair, said, of_torch(model, list(first)))
    rows = []
    for context, moves in enumerate(first):
        law = of_law(tensors, config, moves)
        assert_close(pair, cut(said, context), law)
        rows.append(np.abs(said["logits"][context] / Q16 - law["logits"]).mean())
    assert np.median(rows) < SAME_NATS
    for at in range(length, length + 3):
        latest = np.stack([moves[at] for moves in contexts])
        given = named(latest, "token", "code", "next_code")
        said = pair.run("target-move", **given, cache=said["next_cache"])
        assert said["next_cache"].shape[2:4] == (5, config["window"] - 1)
    assert_close(pair, said, of_torch(model, contexts))
    assert_close(pair, cut(said, 1), of_law(tensors, config, contexts[1]))


def test_target_grows_from_one_move(pair: Pair) -> None:
    """Short contexts read no position that is not there, nor one of a neighbour in the batch."""
    model, _, config = pair.target
    both = np.stack([market(config["window"] + 2, seed)[0] for seed in (4, 5)])
    said = pair.run("target-prefill", **named(both[:, :2], "tokens", "codes", "next_codes"))
    for at in range(2, both.shape[1]):
        expected = of_torch(model, list(both[:, :at]))
        assert np.abs(said["logits"] / Q16 - expected["logits"]).max() < MOST_NATS
        given = named(both[:, at], "token", "code", "next_code")
        said = pair.run("target-move", **given, cache=said["next_cache"])


def test_target_packed(pair: Pair) -> None:
    """Nodes of two tries in one pass read their context and their own ancestors, nothing else."""
    model, tensors, config = pair.target
    window, length = config["window"], config["contextMoves"]
    contexts = [market(length, seed) for seed in (6, 7)]
    pairs = np.stack([moves for moves, _ in contexts])
    prefilled = pair.run("target-prefill", **named(pairs, "tokens", "codes", "next_codes"))
    random = np.random.default_rng(8)
    nodes, sequences, reads = [], [], []
    held = window - 1
    # Of each node: the rows down to it, oldest first, and its branch's tokens.
    tries = [[(list(range(b * held, (b + 1) * held)), np.empty(0, int))] for b in (0, 1)]
    for n in range(40):
        b = n % 2
        before, tokens = tries[b][random.integers(len(tries[b]))]
        tokens = np.append(tokens, random.integers(20, 44))
        branch = followed(tokens, contexts[b][1])[0]
        behind = [*before, 2 * held + n]
        tries[b].append((behind, tokens))
        nodes.append(branch[-1])
        reads.append(behind[: -window - 1 : -1])
        sequences.append(np.concatenate([contexts[b][0], branch]))
    given = named(np.array(nodes), "tokens", "codes", "next_codes")
    given |= {"cache": prefilled["next_cache"], "reads": np.array(reads, np.int32)}
    said = pair.run("target-packed", **given)
    assert max(map(len, sequences)) > length + 3, "branches go deep"
    assert_close(pair, said, of_torch(model, sequences))
    assert_close(pair, cut(said, 39), of_law(tensors, config, sequences[39]))


def test_draft_speculation(pair: Pair) -> None:
    """Each row is the law's behind the path's own tokens, and each token the coupled choice."""
    model, tensors, config = pair.draft
    length = config["contextMoves"]
    contexts = [market(length, seed) for seed in (9, 10)]
    pairs = np.stack([moves for moves, _ in contexts])
    nothing = np.zeros((2, config["d"]), np.float32)
    given = named(pairs[:, :-1], "tokens", "codes", "next_codes")
    state = pair.run("draft-context", state=nothing, **given)["next_state"]
    random = np.random.default_rng(11)
    noise = np.rint(random.gumbel(size=(2, PATHS, MOVES, 64)) * Q16).astype(np.int32)
    scale = np.array([scale for _, scale in contexts], np.int32)
    latest = named(pairs[:, -1], "token", "code")
    said = pair.run("draft-speculation", **latest, scale=scale, state=state, noise=noise)
    tokens, logits = said["tokens"], said["logits"]
    assert np.array_equal(tokens, (logits.astype(np.int64) + noise).argmax(-1))
    assert len(np.unique(tokens)) > 4, "paths part"

    expected, in_torch, states = [], [], []
    for b, (moves, after) in enumerate(contexts):
        for path in tokens[b]:
            branch = followed(path[:-1], after)[0]
            sequence = np.concatenate([moves, branch])
            features = sequential.draft_features(tensors, config, sequence)
            states.append(features[length - 1])
            rows = features[length - 1 :]
            expected.append([sequential.logits_q16(row, tensors) / Q16 for row in rows])
            ends = range(length, length + MOVES)
            in_torch.append(of_torch(model, [sequence[:end] for end in ends])["logits"])
    flat = {"logits": logits.reshape(-1, MOVES, 64)}
    assert_close(pair, flat, {"logits": np.array(expected)})
    assert_close(pair, flat, {"logits": np.array(in_torch)})
    assert np.abs(said["next_state"] - np.stack(states[::PATHS])).max() < 0.01
    free = (np.rint(np.array(expected) * Q16) + noise.reshape(-1, MOVES, 64)).argmax(-1)
    assert (free == tokens.reshape(-1, MOVES)).mean() > 0.98


def test_ladder_is_that_of_the_kernel() -> None:
    from ..tokeniser import kernel, tokens_of

    table = ladder.token_moves()
    codes = np.repeat(np.arange(64, dtype=np.uint8), 64)
    assert np.array_equal(tokens_of(table.ravel(), codes), np.tile(np.arange(64), 64))
    edges = ladder.thresholds()
    for scale in [1, *(edges - 1), *edges, ladder.SCALE_MAX]:
        assert ladder.scale_code(int(scale)) == kernel().outrider_scale_code(int(scale))


def test_a_scale_takes_the_steps_of_the_kernel() -> None:
    from ..tokeniser import tokenise

    rows, _ = market(5000, 12)
    moves = ladder.token_moves()[rows[:, 1], rows[:, 0]]
    tokens, codes, last = tokenise(moves)
    assert np.array_equal(np.stack([tokens, codes], 1), rows[:, :2])
    assert last == rows[-1, 2]


def test_scales_of_a_graph_are_those_of_the_law() -> None:
    """Over many steps, or a fraction that is kept would show in no single one."""
    graph, steps, streams = Graph(), 60, 500
    tables = ScaleTables(graph)
    scale, codes = graph.Cast("scale", to=onnx.TensorProto.DOUBLE), []
    for step in range(steps):
        token = graph.Gather("tokens", np.int64(step), axis=1)
        scale = tables.step(scale, tables.code(scale), token)
        codes.append(tables.code(scale))
    stacked(graph, codes, 1, "codes")
    ports = {"tokens": {"type": "int32", "shape": ["N", steps]}}
    signature = {"name": "scale/1", "config": {}}
    signature["inputs"] = ports | {"scale": {"type": "int32", "shape": ["N"]}}
    signature["outputs"] = {"codes": ports["tokens"]}
    model = onnxruntime.InferenceSession(model_of(graph, signature).SerializeToString())
    random = np.random.default_rng(13)
    tokens = random.integers(0, 64, (streams, steps)).astype(np.int32)
    scales = np.exp(random.uniform(7, 18.6, streams)).astype(np.int32)
    expected = [followed(*each)[0][:, 2] for each in zip(tokens, scales.tolist(), strict=True)]
    said = model.run(None, {"tokens": tokens, "scale": scales})[0]
    assert np.array_equal(said, expected)


def test_what_ships_was_exported_from_the_weights_that_ship(tmp_path: Path) -> None:
    manifest = json.loads((SHIPPED / "neural.json").read_text())
    assert export(SHIPPED, tmp_path / "onnx") == manifest["onnx"]
    for entry in manifest["onnx"].values():
        shipped = (SHIPPED / entry["file"]).read_bytes()
        assert shipped == (tmp_path / entry["file"]).read_bytes()
