"""Philox 4x64 with ten rounds, as a kernel: the very bits of ``numpy.random.Philox``, one block of 256 bits at a time.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). A block is a pure function of a
256-bit counter and a 128-bit key, so a draw is addressed by (seed, purpose; line, day, entity, replication) and costs nothing to
skip. NumPy's own generator takes 20 µs to set up, which a one-shelf model would pay every simulated day.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from twin.compiled import compiled

_M0 = np.uint64(0xD2E7470EE14C6C93)
_M1 = np.uint64(0xCA5A826395121157)
_W0 = np.uint64(0x9E3779B97F4A7C15)
_W1 = np.uint64(0xBB67AE8584CAA73B)
_HALF = np.uint64(32)


@intrinsic
def _high_product(typing_context: Any, a: Any, b: Any) -> Any:
    """Upper 64 bits of the product of two uint64: one instruction, which numba does not offer."""
    signature = types.uint64(types.uint64, types.uint64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from llvmlite import ir

        wide = ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return signature, codegen


@compiled(forceinline=True)
def philox_block(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four uint64 for a counter of four and a key of two uint64."""
    a, b, c, d = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    x, y = np.uint64(k0), np.uint64(k1)
    for _ in range(10):
        high_a, low_a = _high_product(_M0, a), _M0 * a
        high_c, low_c = _high_product(_M1, c), _M1 * c
        a, b, c, d = high_c ^ b ^ x, low_c, high_a ^ d ^ y, low_a
        x += _W0
        y += _W1
    return a, b, c, d


@compiled(forceinline=True)
def upper(word: np.uint64) -> np.int64:
    """The upper 32 bits of a uint64, as a non-negative int64."""
    return np.int64(np.uint64(word) >> _HALF)


@compiled(forceinline=True)
def lower(word: np.uint64) -> np.int64:
    """The lower 32 bits of a uint64, as a non-negative int64."""
    return np.int64(np.uint64(word) & np.uint64(0xFFFFFFFF))


@compiled()
def philox_blocks(first: int, count: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> NDArray[np.uint64]:
    """``count`` consecutive blocks as an array (count, 4) of uint64; for tests and tools."""
    out = np.empty((count, 4), np.uint64)
    for i in range(count):
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = philox_block(first + i, c1, c2, c3, k0, k1)
    return out
