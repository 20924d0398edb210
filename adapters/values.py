"""Columns of a feed turned into typed arrays: ids, quantities, prices.

Every kind of column is read in two ways: a whole array at once, and one value at a time, for the rows that
the array could not take. The second says what is wrong with a value; the two must agree on every value.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
MOST = 2**31 - 1
"""The largest quantity of one line, in units."""

MISSING, WRONG = -1, -2


class Column(Protocol):
    """How one kind of column is read."""

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return the typed values and a mask of the rows that have none (True: bad)."""

    def one(self, value: Any) -> Any:
        """Return one typed value, or raise ValueError saying what is expected."""


def one_by_one(raw: pa.Array, rows: Mask, one: Callable[[Any], Any], values: NDArray[Any]) -> Mask:
    """Read the rows of a mask singly into ``values``; return which of all rows are bad."""
    bad = np.zeros(len(raw), np.bool_)
    chosen = np.flatnonzero(rows)
    for row, value in zip(chosen.tolist(), raw.take(pa.array(chosen)).to_pylist(), strict=True):
        try:
            values[row] = one(value)
        except ValueError:
            bad[row] = True
    return bad


def text(raw: pa.Array) -> pa.Array:
    """Return text or bytes as text without blanks around it; bytes that are no UTF-8 become null."""
    if pa.types.is_dictionary(raw.type):
        raw = raw.dictionary_decode()
    try:
        plain = pc.cast(raw, pa.string())
    except pa.ArrowInvalid:
        plain = pa.array([_decoded(value) for value in raw.to_pylist()], pa.string())
    return pc.utf8_trim_whitespace(plain)


def is_text(kind: pa.DataType) -> bool:
    """Whether the values are text: strings, bytes or a dictionary of them."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    types = pa.types
    tests = (
        types.is_string,
        types.is_large_string,
        types.is_string_view,
        types.is_binary,
        types.is_large_binary,
    )
    return any(test(kind) for test in tests)


def _decoded(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


@dataclass
class Ids:
    """Identifiers: text as it stands (leading zeros kept), or whole numbers of any size, as text.

    Attributes
    ----------
    optional
        Whether a row may have none.
    names
        Each distinct id of the feed so far and its code, first seen first.
    """

    optional: bool = False
    names: dict[str, int] = field(default_factory=dict, init=False)
    _known: dict[Any, int] = field(default_factory=dict, init=False)

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return int32 codes into `names`, null where there is none, and the rows whose id cannot be read."""
        encoded = raw if pa.types.is_dictionary(raw.type) else pc.dictionary_encode(raw)
        distinct = [*encoded.dictionary.to_pylist(), None]
        known = map(self._known.get, distinct)
        code_of = np.array(
            [self._new(value) if code is None else code for value, code in zip(distinct, known, strict=True)],
            np.int32,
        )
        rows = pc.fill_null(pc.cast(encoded.indices, pa.int32()), len(distinct) - 1)
        codes = code_of[rows.to_numpy(zero_copy_only=False)]
        return pa.array(codes, mask=codes < 0), codes == WRONG

    def finish(self, codes: pa.Array) -> pa.DictionaryArray:
        """Return a whole column of codes with the ids it uses, and none that only bad rows had."""
        used = np.asarray(pc.drop_null(pc.unique(codes)))
        place = np.full(len(self.names), -1, np.int32)
        place[used] = np.arange(len(used), dtype=np.int32)
        names = pa.array(list(self.names), pa.string()).take(pa.array(used))
        missing = np.asarray(pc.is_null(codes))
        moved = place[pc.fill_null(codes, 0).to_numpy(zero_copy_only=False)] if len(used) else codes
        return pa.DictionaryArray.from_arrays(pa.array(moved, pa.int32(), mask=missing), names)

    def _new(self, value: Any) -> int:
        try:
            name = self.one(value)
        except ValueError:
            code = WRONG
        else:
            code = MISSING if name is None else self.names.setdefault(name, len(self.names))
        self._known[value] = code
        return code

    def one(self, value: Any) -> str | None:
        """Return one id as text; None for a missing one that may be missing."""
        if isinstance(value, float) and not math.isnan(value):
            if value.is_integer() and abs(value) < 2**53:
                return str(int(value))
            raise ValueError("is a floating-point number that does not hold an id exactly: store ids as text")
        if isinstance(value, bytes):
            value = _utf8(value)
        name = "" if value is None or isinstance(value, float) else str(value).strip()
        if not name and not self.optional:
            raise ValueError("is missing")
        return name or None


@dataclass(frozen=True)
class Quantities:
    """Whole units above 0."""

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return int32 units and the rows that have none."""
        numbers, bad = numeric(raw)
        with np.errstate(invalid="ignore"):
            bad |= ~((numbers >= 1) & (numbers <= MOST) & (numbers == np.floor(numbers)))
        return pa.array(np.where(bad, 0, numbers).astype(np.int32)), bad

    def one(self, value: Any) -> int:
        """Return one quantity."""
        number = number_of(value)
        if number != math.floor(number):
            raise ValueError("is not a whole number of units")
        if number < 1:
            raise ValueError("must be > 0: returns and corrections are no demand")
        if number > MOST:
            raise ValueError(f"must be at most {MOST}")
        return int(number)


@dataclass(frozen=True)
class Wholes:
    """Whole numbers of a range, all their digits kept.

    Attributes
    ----------
    least, most
        The range, both ends in it.
    expected
        What they are, for messages: ``units from 0 to 100,000,000``.
    absent
        What stands for a missing one; None where none may be missing.
    """

    least: int
    most: int
    expected: str
    absent: int | None = None

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return int64 numbers and the rows that have none."""
        if pa.types.is_integer(raw.type) and not pa.types.is_uint64(raw.type):
            missing = np.array(pc.is_null(raw))
            values = np.array(pc.cast(pc.fill_null(raw, 0), pa.int64()))
            if self.absent is not None:
                values[missing], missing = self.absent, np.zeros(len(raw), np.bool_)
            return self._within(values, missing)
        values, odd = np.zeros(len(raw), np.int64), np.ones(len(raw), np.bool_)
        if is_text(raw.type):
            plain = text(raw)
            fits = pc.fill_null(pc.match_substring_regex(plain, r"^[+-]?[0-9]{1,18}$"), False)
            odd = ~np.asarray(fits)
            values = np.array(pc.cast(pc.if_else(fits, plain, "0"), pa.int64()))
        wrong = one_by_one(raw, odd, self.one, values)
        return self._within(values, wrong)

    def one(self, value: Any) -> int:
        """Return one number."""
        if isinstance(value, bytes):
            value = _utf8(value)
        if value is None or (isinstance(value, str) and not value.strip()) or value != value:
            if self.absent is not None:
                return self.absent
            raise ValueError("is missing")
        try:
            whole = self._whole(value)
        except ValueError:
            raise ValueError(f"must be {self.expected}") from None
        if not self.least <= whole <= self.most:
            raise ValueError(f"must be {self.expected}")
        return whole

    @staticmethod
    def _whole(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        number = number_of(value)
        if number != math.floor(number) or abs(number) >= 2**53:
            raise ValueError
        return int(number)

    def _within(self, values: NDArray[np.int64], bad: Mask) -> tuple[pa.Array, Mask]:
        outside = (values < self.least) | (values > self.most)
        bad = bad | (outside if self.absent is None else outside & (values != self.absent))
        return pa.array(np.where(bad, 0, values)), bad


@dataclass(frozen=True)
class Prices:
    """Money a unit, at least 0; may be missing."""

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return float64 prices, null where missing, and the rows whose price cannot be read."""
        missing = np.array(pc.is_null(raw, nan_is_null=pa.types.is_floating(raw.type)))
        if is_text(raw.type):
            missing |= np.asarray(pc.fill_null(pc.equal(text(raw), ""), False))
        numbers, bad = numeric(raw)
        with np.errstate(invalid="ignore"):
            bad = (bad | ~(np.isfinite(numbers) & (numbers >= 0))) & ~missing
        return pa.array(numbers, mask=missing | bad), bad

    def one(self, value: Any) -> float:
        """Return one price."""
        number = number_of(value)
        if number < 0:
            raise ValueError("must be >= 0")
        return number


def numeric(raw: pa.Array) -> tuple[NDArray[np.float64], Mask]:
    """Return numbers as float64 (NaN where null) and the rows that hold something else."""
    none = np.zeros(len(raw), np.bool_)
    if not is_text(raw.type):
        if pa.types.is_boolean(raw.type) or pa.types.is_temporal(raw.type):
            return np.full(len(raw), np.nan), ~none
        return _floats(pc.cast(raw, pa.float64(), safe=False)), none
    try:
        return _floats(pc.cast(raw, pa.float64())), none
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        plain = text(raw)
    fits = pc.fill_null(pc.match_substring_regex(plain, NUMBER), False)
    numbers = pc.cast(pc.if_else(fits, plain, pa.scalar(None, pa.string())), pa.float64())
    return _floats(numbers), ~np.asarray(fits)


def _floats(numbers: pa.Array) -> NDArray[np.float64]:
    return np.array(numbers.to_numpy(zero_copy_only=False), np.float64)


def number_of(value: Any) -> float:
    """Return one number, finite, or raise ValueError."""
    if isinstance(value, bytes):
        value = _utf8(value)
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        raise ValueError("is missing")
    if isinstance(value, bool) or (isinstance(value, str) and not re.match(NUMBER, value.strip())):
        raise ValueError("is not a number")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("is not a number") from None
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def _utf8(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
