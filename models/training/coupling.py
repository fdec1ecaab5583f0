"""How often two models choose the same token under the same Gumbel noise, and its bounds."""

import numpy as np


def coupled_acceptance(
    p: np.ndarray, q: np.ndarray, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Per row of log-probabilities [moves, 64]: drawn, expected, and two bounds.

    expected: sum over x of 1 / (sum over y of max(p_y / p_x, q_y / q_x)); `least` is the bound
    (1 - TV) / (1 + TV) of Daliri, Musco and Suresh (2024), `most` the maximal coupling 1 - TV.
    """
    noise = random.gumbel(size=p.shape)
    drawn = (p + noise).argmax(-1) == (q + noise).argmax(-1)
    distance = 0.5 * np.abs(np.exp(p) - np.exp(q)).sum(-1)
    return {
        "drawn": drawn.astype(float),
        "expected": expected_agreement(p, q),
        "least": (1 - distance) / (1 + distance),
        "most": 1 - distance,
    }


def expected_agreement(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """In the order of the tokens x, so that no array of all pairs of tokens is ever held."""
    total = np.zeros(len(p))
    for x in range(p.shape[1]):
        ratio = np.maximum(p - p[:, x : x + 1], q - q[:, x : x + 1])
        total += 1 / np.exp(np.minimum(ratio, 700)).sum(-1)
    return total
