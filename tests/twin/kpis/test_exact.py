from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from twin.kpis.exact import exact_columns, exact_sum, group_sum

ANY_INT64 = st.integers(-(2**63), 2**63 - 1)


@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=ANY_INT64))
def test_sums_are_those_of_python(values: np.ndarray) -> None:
    for axis in (0, 1):
        expected = [sum(line) for line in (values.T if axis == 0 else values).tolist()]
        assert exact_sum(values, axis).tolist() == expected


def test_what_fits_stays_int64() -> None:
    assert exact_sum(np.full((4, 2), 2**60), 0).dtype == np.int64
    assert exact_sum(np.full((8, 2), 2**60), 0).dtype == object


@given(hnp.arrays(np.int64, (3, 2, 2), elements=ANY_INT64))
def test_columns_are_summed_one_by_one(values: np.ndarray) -> None:
    for axis in (0, 1):
        columns = exact_columns(values, axis, ("a", "b"))
        for i, name in enumerate(("a", "b")):
            assert columns[name].tolist() == exact_sum(values[:, :, i], axis).tolist()


def test_nothing_sums_to_nothing() -> None:
    none = exact_columns(np.empty((5, 0, 2), dtype=np.int64), 1, ("a", "b"))
    assert none["a"].tolist() == [0] * 5
    assert exact_sum(np.empty((0, 3), dtype=np.int64), 0).tolist() == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), ANY_INT64), min_size=1))
def test_groups_are_summed_exactly(rows: list[tuple[int, int]]) -> None:
    member = np.array([m for m, _ in rows])
    order = np.argsort(member, kind="stable")
    present, starts = np.unique(member[order], return_index=True)
    got = group_sum(np.array([v for _, v in rows]), order, starts).tolist()
    assert got == [sum(v for m, v in rows if m == p) for p in present.tolist()]
