"""Packs and minimum order quantities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.reorder.terms import round_all_to_terms, round_to_terms

QUANTITIES = st.integers(0, 10**9)


@given(quantity=QUANTITIES, pack=st.integers(1, 5000), moq=st.integers(0, 10**6))
def test_the_smallest_quantity_that_is_accepted(quantity: int, pack: int, moq: int) -> None:
    rounded = round_to_terms(quantity, pack, moq)
    if quantity == 0:
        assert rounded == 0
    else:
        assert rounded % pack == 0
        assert rounded >= max(quantity, moq)
        assert rounded - pack < max(quantity, moq)


@given(st.lists(st.tuples(QUANTITIES, st.integers(1, 5000), st.integers(0, 10**6)), max_size=30))
def test_arrays_round_as_single_cells_do(rows: list[tuple[int, int, int]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    assert round_all_to_terms(*columns).tolist() == [round_to_terms(*row) for row in rows]


def test_contract_sample() -> None:
    assert [round_to_terms(q, pack=12, moq=24) for q in (0, 1, 24, 25, 37)] == [0, 24, 24, 36, 48]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((-1, 1, 1), r"quantity\(=-1\)"), ((1, 0, 1), r"pack\(=0\)"), ((1, 1, -1), r"moq\(=-1\)")],
)
def test_bad_terms_are_echoed(arguments: tuple[int, int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        round_to_terms(*arguments)
    with pytest.raises(ValueError, match=message):
        round_all_to_terms([5, arguments[0]], [1, arguments[1]], [1, arguments[2]])
