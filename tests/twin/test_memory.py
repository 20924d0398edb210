"""Rows that grow where they lie, and rows that lie beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.fulfilment.state import JOB
from twin.memory import CACHE_LINE, beside, longer, rows_of
from twin.orders.state import LINE, ORDER, SHIPMENT


@given(st.lists(st.integers(1, 400_000), min_size=1, max_size=4), st.sampled_from([ORDER, LINE, np.dtype(np.int32)]))
def test_what_grows_keeps_its_rows_and_the_others_are_zeros(sizes: Sequence[int], kind: np.dtype) -> None:
    rows, filled = rows_of(10, kind), 0
    for size in sizes:
        grown = longer(rows, size)
        assert grown.size >= max(size, rows.size)
        assert grown.ctypes.data % max(CACHE_LINE, kind.itemsize) == 0
        numbers = grown["next"] if kind.names else grown
        assert numbers[:filled].tolist() == list(range(filled))
        assert not numbers[filled:].any()
        rows, filled = grown, min(grown.size, 500)
        numbers[:filled] = np.arange(filled)


def test_many_rows_stay_where_they_are() -> None:
    rows = longer(rows_of(10, ORDER), 100_000)
    for size in (150_000, 400_000, 1_000_000):
        grown = longer(rows, size)
        assert grown.ctypes.data == rows.ctypes.data
        rows = grown


@given(st.lists(st.integers(2, 200_000), max_size=3))
def test_a_job_lies_in_the_second_half_of_its_shipment_and_grows_with_it(sizes: Sequence[int]) -> None:
    shipments = rows_of(9, SHIPMENT)
    jobs = beside(shipments, JOB)
    shipments["serial"], jobs["accepted"], jobs["collected"] = 1, np.arange(9), 1
    for size in sizes:
        shipments = longer(shipments, size)
        jobs = beside(shipments, JOB)
    assert jobs.size == shipments.size
    assert jobs["accepted"][:9].tolist() == list(range(9))
    assert shipments["serial"][:9].tolist() == jobs["collected"][:9].tolist() == [1] * 9
    assert not jobs["accepted"][9:].any()
    jobs["number"], jobs["collected"][-1] = -1, 7  # the last one's row ends behind that of the shipments
    assert not shipments["number"].any()


def test_rows_of_one_cache_line_have_nothing_beside_them() -> None:
    with pytest.raises(AssertionError):
        beside(rows_of(9, LINE), JOB)
