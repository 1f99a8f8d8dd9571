"""JAX's generator of random numbers: the same bits from the same key."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.bridge.lax.declare import lax_rule, raw_data

# How far each of four rounds turns the bits, by turns.
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = np.uint32(0x1BD11BDA)


@lax_rule("threefry2x32")
def threefry2x32(key1: Any, key2: Any, x1: Any, x2: Any) -> Any:
    """Threefry-2x32 of 20 rounds (Salmon and others, 2011)."""
    k0, k1, a, b = (np.asarray(raw_data(x), np.uint32) for x in (key1, key2, x1, x2))
    keys = (k0, k1, k0 ^ k1 ^ PARITY)
    with np.errstate(over="ignore"):
        a, b = a + keys[0], b + keys[1]
        for group in range(5):
            for turn in ROTATIONS[group % 2]:
                a = a + b
                b = ((b << np.uint32(turn)) | (b >> np.uint32(32 - turn))) ^ a
            a = a + keys[(group + 1) % 3]
            b = b + keys[(group + 2) % 3] + np.uint32(group + 1)
    return a, b


@lax_rule("iota_2x32_shape")
def iota_2x32_shape(shape: Any) -> Any:
    """The places of a shape, counted in two halves of 64 bits."""
    count = np.arange(int(np.prod(shape, dtype=int)), dtype=np.uint64).reshape(tuple(shape))
    return (count >> np.uint64(32)).astype(np.uint32), count.astype(np.uint32)
