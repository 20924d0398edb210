"""A whole column and a single value are read alike."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.values import MOST, Column, Ids, Prices, Quantities

numbers = st.one_of(
    st.integers(-3, 10**12).map(str),
    st.floats(width=32).map(str),
    st.decimals(0, 10**6, places=3).map(str),
    st.sampled_from(
        ["1e3", "1E-2", "1e999", "-1e999", "1e-999", "+7", " 7 ", ".5", "5.", "0x10", "1_000", "１", "", " "]
    ),
    st.sampled_from(["nan", "inf", "-", "+", ".", "e5", "1.0", "1.0000000000000000001", "9" * 400]),
    st.text(max_size=6),
)


def agree(kind: Column, raw: pa.Array) -> None:
    values, bad = kind.read(raw)
    for index, value in enumerate(raw.to_pylist()):
        try:
            expected = kind.one(value)
        except ValueError:
            assert bad[index], value
        else:
            assert not bad[index], value
            assert values[index].as_py() == expected, value


@given(st.lists(numbers, max_size=20))
def test_quantities_in_text(texts: list[str]) -> None:
    agree(Quantities(), pa.array(texts, pa.string()))
    agree(Quantities(), pa.array([text.encode() for text in texts], pa.binary()))


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 2), max_size=20))
def test_quantities_in_whole_numbers(values: list[int | None]) -> None:
    agree(Quantities(), pa.array(values, pa.int64()))


@given(st.lists(st.none() | st.floats() | st.integers(-2, 5).map(float), max_size=20))
def test_quantities_and_prices_in_floats(values: list[float | None]) -> None:
    agree(Quantities(), pa.array(values, pa.float64()))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (pa.array([Decimal("2.0"), Decimal("2.5"), None]), [2, None, None]),
        (pa.array([True, None]), [None, None]),
        (pa.array([None, None]), [None, None]),
        (pa.array([2, 2**32 - 1], pa.uint32()), [2, None]),
        (pa.array(["2", "x"]).dictionary_encode(), [2, None]),
        (pa.array([MOST, MOST + 1]), [MOST, None]),
    ],
)
def test_quantities_of_other_types(raw: pa.Array, expected: list[int | None]) -> None:
    values, bad = Quantities().read(raw)
    assert [
        None if wrong else value for value, wrong in zip(values.to_pylist(), bad, strict=True)
    ] == expected
    agree(Quantities(), raw)


@given(st.lists(st.none() | numbers, max_size=20))
def test_prices_in_text(texts: list[str | None]) -> None:
    raw = pa.array(texts, pa.string())
    values, bad = Prices().read(raw)
    for value, price, wrong in zip(texts, values.to_pylist(), bad.tolist(), strict=True):
        if value is None or not value.strip():
            assert (price, wrong) == (None, False)
            continue
        try:
            assert price == Prices().one(value)
        except ValueError:
            assert wrong
        else:
            assert not wrong


def test_prices_missing_and_wrong() -> None:
    values, bad = Prices().read(pa.array([1.5, None, float("nan"), -1.0, float("inf"), 0.0]))
    assert bad.tolist() == [False, False, False, True, True, False]
    assert values.to_pylist() == [1.5, None, None, None, None, 0.0]
    assert Prices().read(pa.array([b"\xff", b" 2 "]))[1].tolist() == [True, False]


@given(st.lists(st.none() | st.text(max_size=4) | st.sampled_from([" a", "a ", " "]), max_size=20))
def test_ids_in_text(texts: list[str | None]) -> None:
    raw = pa.array(texts, pa.string())
    kind = Ids()
    codes, bad = kind.read(raw)
    column = kind.finish(codes)
    for value, name, wrong in zip(texts, column.to_pylist(), bad.tolist(), strict=True):
        assert wrong == (value is None or not value.strip())
        assert name == (None if wrong or value is None else value.strip())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (pa.array([7, None, 2**63 - 1]), ["7", None, str(2**63 - 1)]),
        (pa.array([2**64 - 1], pa.uint64()), [str(2**64 - 1)]),
        (pa.array([7.0, 7.5, float("nan"), 2.0**60]), ["7", None, None, None]),
        (pa.array([b"a", b"\xff"]), ["a", None]),
        (pa.array([None]), [None]),
    ],
)
def test_ids_of_other_types(raw: pa.Array, expected: list[str | None]) -> None:
    kind = Ids()
    codes, bad = kind.read(raw)
    assert kind.finish(codes).to_pylist() == expected
    assert bad.tolist() == [name is None for name in expected]
    optional = Ids(optional=True)
    missing = [value is None or value != value for value in raw.to_pylist()]
    assert optional.read(raw)[1].tolist() == [
        name is None and not gone for name, gone in zip(expected, missing, strict=True)
    ]


def test_ids_share_their_codes_over_batches() -> None:
    kind = Ids()
    first: Any = kind.read(pa.array(["b", "a"]))[0]
    second: Any = kind.read(pa.array(["c", "a", "b "]))[0]
    assert kind.finish(pa.concat_arrays([first, second])).to_pylist() == ["b", "a", "c", "a", "b"]
    assert kind.finish(second).dictionary.to_pylist() == ["c", "a", "b"]
