"""The kernel's blocks are the bits of NumPy's Philox."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from twin.random.philox import philox_blocks

WORD = st.integers(0, 2**64 - 1)
COUNT = 5


def signed(word: int) -> int:
    """The int64 with the bits of a uint64: what the kernels hand on."""
    return word - 2**64 if word >= 2**63 else word


@given(st.integers(0, 2**63 - 1 - COUNT), WORD, WORD, WORD, WORD, WORD)
@example(0, 0, 0, 0, 0, 0)
@example(1, 2**64 - 1, 2**63, 2**63 - 1, 2**64 - 1, 2**64 - 1)
def test_blocks_are_those_of_numpy(first: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> None:
    counter = first + (c1 << 64) + (c2 << 128) + (c3 << 192)
    numpys = np.random.Philox(counter=(counter - 1) % 2**256, key=k0 + (k1 << 64))  # it counts before it draws
    blocks = philox_blocks(first, COUNT, *map(signed, (c1, c2, c3, k0, k1)))
    assert blocks.reshape(-1).tolist() == numpys.random_raw(4 * COUNT).tolist()


def test_every_word_of_counter_and_key_matters() -> None:
    address = (5, 4, 3, 2, 1, 0)
    one = philox_blocks(address[0], 1, *address[1:])
    for place in range(6):
        other = list(address)
        other[place] += 1
        changed = philox_blocks(other[0], 1, *other[1:]) ^ one
        flipped = sum(int(word).bit_count() for word in changed[0])
        assert 80 < flipped < 176  # of 256 bits, about half
