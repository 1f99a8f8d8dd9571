"""Attention, and positions as turns."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import cast
from autograd.bridge.rules import rule


def _heads(x: Any, count: int | None) -> Any:
    """(batch, heads, time, width), of features in a row too."""
    if len(x.shape) == 4:
        return x
    batch, time, width = tuple(x.shape)
    if count is None:
        raise ValueError("three axes without the number of heads")
    return torch.transpose(torch.reshape(x, (batch, time, count, width // count)), 1, 2)


@rule("onnx.Attention")
def attention(
    query: Any, key: Any, value: Any, mask: Any = None, past_key: Any = None, past_value: Any = None, lengths: Any = None,
    is_causal: int = 0, kv_num_heads: int | None = None, q_num_heads: int | None = None, qk_matmul_output_mode: int = 0,
    scale: float | None = None, softcap: float = 0.0, softmax_precision: int | None = None,
) -> Any:  # fmt: skip
    """Scaled dot products: the result, the keys and values of now, and the scores or weights."""
    if qk_matmul_output_mode not in (0, 3) or lengths is not None:
        raise ValueError("the scores after the mask as a result, or lengths of keys that differ")
    flat = len(query.shape) == 3
    q, k, v = _heads(query, q_num_heads), _heads(key, kv_num_heads), _heads(value, kv_num_heads)
    if past_key is not None:
        k, v = torch.cat([past_key, k], 2), torch.cat([past_value, v], 2)
    repeated = q.shape[1] // k.shape[1]
    many, values = (torch.repeat_interleave(x, repeated, 1) if repeated > 1 else x for x in (k, v))
    factor = q.shape[-1] ** -0.5 if scale is None else scale
    scores = torch.matmul(q, torch.transpose(many, -2, -1)) * factor
    told = scores
    if softcap:
        scores = softcap * torch.tanh(scores / softcap)
    rows, columns = scores.shape[-2:]
    if is_causal:
        past = columns - rows if past_key is not None else 0
        seen = torch.from_numpy(np.tri(rows, columns, past, dtype=bool))
        scores = torch.where(seen, scores, -torch.inf)
    if mask is not None:
        scores = torch.where(mask, scores, -torch.inf) if mask.dtype == np.bool_ else scores + mask
    hidden = torch.all(torch.eq(scores, -torch.inf), -1, True)
    weights = torch.masked_fill(torch.softmax(torch.masked_fill(scores, hidden, 0.0), -1), hidden, 0.0)
    out = torch.matmul(weights, values)
    if flat:
        out = torch.reshape(torch.transpose(out, 1, 2), (out.shape[0], out.shape[2], -1))
    return out, k, v, weights if qk_matmul_output_mode else told


@rule("onnx.RotaryEmbedding")
def rotary_embedding(
    x: Any, cos: Any, sin: Any, positions: Any = None, interleaved: int = 0, num_heads: int = 0,
    rotary_embedding_dim: int = 0,
) -> Any:  # fmt: skip
    """Pairs of features turned by angles that belong to the position."""
    flat = len(x.shape) == 3
    heads = torch.transpose(_heads(x, num_heads or None), 1, 2)
    width = rotary_embedding_dim or heads.shape[-1]
    turned, rest = heads[..., :width], heads[..., width:]
    if positions is not None:
        cos, sin = cos[cast(positions, np.int64)], sin[cast(positions, np.int64)]
    cos, sin = torch.unsqueeze(cos, 2), torch.unsqueeze(sin, 2)
    half = width // 2
    a, b = (turned[..., 0::2], turned[..., 1::2]) if interleaved else (turned[..., :half], turned[..., half:])
    real, imaginary = cos * a - sin * b, sin * a + cos * b
    pairs = torch.reshape(torch.stack([real, imaginary], -1), tuple(turned.shape)) if interleaved else None
    out = torch.cat([real, imaginary], -1) if pairs is None else pairs
    out = torch.cat([out, rest], -1) if width < heads.shape[-1] else out
    return torch.reshape(out, tuple(x.shape)) if flat else torch.transpose(out, 1, 2)
