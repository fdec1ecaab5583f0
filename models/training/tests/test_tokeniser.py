"""The Rust kernel's tokens are the TypeScript law's, bit for bit, and labels are made of them."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ..tokeniser import tokenise, tokens_of

ROOT = Path(__file__).parents[3]
NODE = ROOT / "node_modules" / ".bin" / "node"
LAW = """
import { readFileSync } from 'node:fs';
import { appendMove, createContext } from './law/context.ts';
import { scaleCode } from './law/scale.ts';
import { tokenOf } from './law/tokeniser.ts';
const { moves, codes } = JSON.parse(readFileSync(0, 'utf8'));
const context = createContext('TEST', 1);
const said = moves.map(move => {
  const code = scaleCode(context.scale);
  return [appendMove(context, move), code];
});
const of = moves.map((move, at) => tokenOf(move, codes[at]));
console.log(JSON.stringify({ said, last: scaleCode(context.scale), of }));
"""


def law(moves: np.ndarray, codes: np.ndarray) -> dict:
    given = json.dumps({"moves": moves.tolist(), "codes": codes.tolist()})
    command = [str(NODE), "--input-type=module", "-e", LAW]
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, cwd=ROOT, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(not NODE.exists(), reason="needs node_modules")
@pytest.mark.parametrize("spread", [0.7, 3.0, 9.0])
def test_tokens_are_those_of_the_law(spread: float) -> None:
    random = np.random.default_rng(7)
    sizes = np.ceil(np.exp(np.abs(random.normal(0, spread, 100_000)))).clip(1, 2**31 - 1)
    moves = (sizes * random.choice([-1, 1], len(sizes))).astype(np.int32)
    codes = random.integers(0, 64, len(moves)).astype(np.uint8)
    expected = law(moves, codes)
    tokens, under, last = tokenise(moves)
    assert np.array_equal(np.stack([tokens, under], 1), np.array(expected["said"]))
    assert last == expected["last"]
    assert np.array_equal(tokens_of(moves, codes), np.array(expected["of"]))


def test_a_move_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="none 0"):
        tokenise(np.array([1, 0]))
