"""docs/law.md, section 11, in numpy: one operation after another, single precision, slow.

What the training's models are checked against. `reference/` and the kernels decide what is right.
"""

from collections.abc import Sequence

import numpy as np

Tensors = dict[str, np.ndarray]
F = np.float32
EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5)
LN = (
    *(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1),
    *(-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1),
)
LOGIT_LEAST = -(2**30)


def lane_sum(x: np.ndarray) -> np.float32:
    lanes = np.zeros(16, F)
    for start in range(0, len(x), 16):
        part = x[start : start + 16]
        lanes[: len(part)] = lanes[: len(part)] + part
    for m in (8, 4, 2, 1):
        lanes[:m] = lanes[:m] + lanes[m : 2 * m]
    return lanes[0]


def exp(x: np.ndarray) -> np.ndarray:
    x = np.clip(x.astype(F), F(-87), F(87))
    n = np.rint(x * F(1.44269504))
    r = (x - n * F(0.693359375)) - n * F(-2.12194440e-4)
    p = np.full_like(r, F(EXP[0]))
    for c in (*EXP[1:5], 5.0000001201e-1):
        p = p * r + F(c)
    return np.ldexp((p * (r * r) + r) + F(1), n.astype(np.int32)).astype(F)


def ln(x: np.ndarray) -> np.ndarray:
    half, e = np.frexp(x.astype(F))
    m, e = half * F(2), e - 1
    large = m > F(1.41421356)
    m, e = np.where(large, m / F(2), m).astype(F), np.where(large, e + 1, e).astype(F)
    z = m - F(1)
    p = np.full_like(z, F(LN[0]))
    for c in LN[1:]:
        p = p * z + F(c)
    y = (p * z) * (z * z)
    y = y + e * F(-2.12194440e-4)
    y = y - F(0.5) * (z * z)
    return (z + y) + e * F(0.693359375)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return F(1) / (F(1) + exp(-x))


def tanh(x: np.ndarray) -> np.ndarray:
    return F(2) / (F(1) + exp(F(-2) * x)) - F(1)


def quantise(x: np.ndarray) -> tuple[np.ndarray, np.float32]:
    most = np.abs(x).max()
    if most < F(2.0**-100):
        return np.zeros(len(x), np.int32), F(0)
    return np.rint(x * (F(127) / most)).astype(np.int32), most / F(127)


def linear(x: np.ndarray, tensors: Tensors, name: str) -> np.ndarray:
    q, scale = quantise(x)
    total = tensors[name].astype(np.int32) @ q
    return (total.astype(F) * scale) * tensors[f"{name}.scale"]


def norm(x: np.ndarray, gain: np.ndarray) -> np.ndarray:
    r = F(1) / np.sqrt(lane_sum(x * x) / F(len(x)) + F(1e-5))
    return (x * r) * gain


def projection(tensors: Tensors, side: Sequence[int]) -> np.ndarray:
    """What side inputs in 1/256 add to each row."""
    total = np.zeros(tensors["side"].shape[1], F)
    for value, row in zip(side, tensors["side"], strict=True):
        total = total + F(value / 256) * row
    return total


def inputs(tensors: Tensors, moves: np.ndarray, side: Sequence[int] = ()) -> np.ndarray:
    """[moves, 3] of token, code, next code to the rows that a model begins with.

    side: K side inputs in 1/256; none under version 0.
    """
    token, code, next_code = (
        tensors[name][moves[:, at]] for at, name in enumerate(("token", "code", "next_code"))
    )
    rows = (token + code) + next_code
    return rows + projection(tensors, side) if len(side) > 0 else rows


def attend(qkv: np.ndarray, bias: np.ndarray, at: int) -> np.ndarray:
    """The mix of position `at` from [moves, 3 d]; bias is [heads, window]."""
    heads, window = bias.shape
    d = qkv.shape[1] // 3
    width = d // heads
    first = max(0, at - window + 1)
    mixed = np.zeros(d, F)
    for head in range(heads):
        part = slice(head * width, (head + 1) * width)
        q, k, v = qkv[at, :d][part], qkv[:, d : 2 * d][:, part], qkv[:, 2 * d :][:, part]
        r = F(1 / np.sqrt(width))
        s = np.array([lane_sum(q * k[j]) * r + bias[head, at - j] for j in range(first, at + 1)], F)
        e = exp(s - s.max())
        z = F(0)
        for each in e:
            z = z + each
        for each, j in zip(e, range(first, at + 1), strict=True):
            mixed[part] = mixed[part] + (each / z) * v[j]
    return mixed


def target_features(
    tensors: Tensors, config: dict, moves: np.ndarray, side: Sequence[int] = ()
) -> np.ndarray:
    x = inputs(tensors, moves, side)
    for layer in range(config["layers"]):
        own = {
            name.removeprefix(f"layers.{layer}."): tensor
            for name, tensor in tensors.items()
            if name.startswith(f"layers.{layer}.")
        }
        qkv = np.stack([linear(norm(row, own["norm1"]), own, "qkv") for row in x])
        mixed = np.stack([attend(qkv, own["bias"], at) for at in range(len(x))])
        x = x + np.stack([linear(row, own, "out") for row in mixed])
        up = [np.maximum(linear(norm(row, own["norm2"]), own, "up"), F(0)) for row in x]
        x = x + np.stack([linear(row, own, "down") for row in up])
    return np.stack([norm(row, tensors["norm"]) for row in x])


def draft_features(
    tensors: Tensors, config: dict, moves: np.ndarray, side: Sequence[int] = ()
) -> np.ndarray:
    d = config["d"]
    h = np.zeros(d, F)
    states = []
    for i in inputs(tensors, moves, side):
        u = linear(h, tensors, "hidden")
        r = sigmoid(i[:d] + u[:d])
        z = sigmoid(i[d : 2 * d] + u[d : 2 * d])
        n = tanh(i[2 * d :] + r * u[2 * d :])
        h = n + z * (h - n)
        states.append(h)
    return np.stack(states)


def lse(x: np.ndarray) -> np.float32:
    most = x.max()
    total = F(0)
    for each in exp(x - most):
        total = total + each
    return most + ln(np.array([total], F))[0]


def logits_q16(f: np.ndarray, tensors: Tensors) -> np.ndarray:
    """The 64 logits of a row of features."""
    head = linear(f, tensors, "head")
    coarse, fine = head[:8], head[8:]
    said = np.concatenate(
        [
            (coarse[group] - lse(coarse)) + (part - lse(part))
            for group, part in enumerate(fine.reshape(8, 8))
        ]
    )
    return np.maximum(np.rint(said * F(65536)), LOGIT_LEAST).astype(np.int64)
