"""Sporadic draws: the n-th lead time of a lane, the latency of a message. One hash, no state.

Names become numbers by a digest of their text, never by their place in a list, so that adding a SKU shifts nobody's draws.
"""

from __future__ import annotations

import hashlib

_MASK = (1 << 64) - 1


def entity(*names: str) -> int:
    """A permanent 63-bit slot for something with a name (location, lane, cell)."""
    text = "\x1f".join(names).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 1


def mix(value: int) -> int:
    """The finaliser of splitmix64 (Steele, Lea, Flood 2014): a bijection of 64 bits in which every bit moves every other."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class KeyedDraws:
    """Uniform 32-bit numbers addressed by (purpose, entity, n) under one seed and replication."""

    __slots__ = ("_root",)

    def __init__(self, seed: int, replication: int) -> None:
        self._root = mix(mix(seed & _MASK) ^ replication)

    def root(self, purpose: int, slot: int) -> int:
        """What is the same in all draws of an entity for a purpose, as an int64; for ``twin.random.drawn``."""
        mixed = mix(mix(self._root ^ purpose) ^ slot)
        return mixed - ((mixed >> 63) << 64)

    def u32(self, purpose: int, slot: int, n: int) -> int:
        """The n-th draw of an entity for a purpose, in [0, 2**32)."""
        return mix(self.root(purpose, slot) ^ n) >> 32
