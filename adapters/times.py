"""The time column of a feed: ISO 8601 texts, epochs in any usual unit, Arrow's timestamps; all to µs, UTC."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from adapters.localtime import DAY, SPAN, instant, to_utc
from adapters.values import Mask, is_text, number_of, one_by_one, text

Micros = NDArray[np.int64]
UNITS = {"s": 1_000_000.0, "ms": 1_000.0, "us": 1.0, "ns": 0.001}
"""Microseconds in one of each."""

CLOCK = r"([01][0-9]|2[0-3])(:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?)?"
OFFSET = r"(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"
DAYS = (
    r"((19|20|21)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    r"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    r"|(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26])|21(0[48]|[2468][048]|[13579][26]))-02-29)"
)
NAIVE = rf"^{DAYS}([ T]{CLOCK})?$"
ZONED = rf"^{DAYS}[ T]{CLOCK}{OFFSET}$"
"""Texts that Arrow takes for certain: the days of the calendar, the hours of the day."""

ISO = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T]{CLOCK}{OFFSET}?)?")
EPOCH = r"^[0-9]{9,18}$"
OUTSIDE = "is outside 1970–2200"


@dataclass
class Times:
    """Times of one feed.

    Attributes
    ----------
    zone
        Whose wall clock a time without an offset shows.
    unit
        Unit of numbers (``s``, ``ms``, ``us``, ``ns``); None tells it by magnitude: below 10¹¹ they are
        seconds, below 10¹⁴ milliseconds, below 10¹⁷ microseconds, else nanoseconds. That is right from March
        1973 on; a number below 10⁸ (a date such as 20261102, say) is refused.
    repeated
        So many times fell into an hour that the clocks showed twice; the first of the two was taken.
    """

    zone: ZoneInfo
    unit: str | None = None
    repeated: int = field(default=0, init=False)

    def read(self, raw: pa.Array) -> tuple[pa.Array, Mask]:
        """Return int64 µs since the epoch and the rows that have no time."""
        kind = raw.type
        if is_text(kind):
            values, bad = self._texts(raw)
        elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            zone = getattr(kind, "tz", None)
            values, bad = self._stamps(pc.cast(raw, pa.timestamp("us", zone), safe=False))
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
            values, bad = self._epochs(raw)
        else:
            values = np.zeros(len(raw), np.int64)
            bad = one_by_one(raw, np.ones(len(raw), np.bool_), self.one, values)
        bad |= (values < SPAN[0]) | (values >= SPAN[1])
        return pa.array(np.where(bad, 0, values)), bad

    def one(self, value: Any) -> int:
        """Return one time in µs since the epoch."""
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str):
            value = _parsed(value.strip())
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if isinstance(value, datetime):
            if not 1969 <= value.year <= 2200:
                raise ValueError(OUTSIDE)
            at, repeated = instant(value, self.zone)
            self.repeated += repeated
        else:
            at = self._epoch(value)
        if not SPAN[0] <= at < SPAN[1]:
            raise ValueError(OUTSIDE)
        return at

    def _texts(self, raw: pa.Array) -> tuple[Micros, Mask]:
        # A whole column of one form is the usual case. Arrow fails slowly: the first row tells the form.
        first = text(raw[:1])[0].as_py() if len(raw) else None
        kind = pa.timestamp("us", "UTC" if re.match(ZONED, first or "") else None)
        if re.match(NAIVE, first or "") or kind.tz:
            try:
                return self._stamps(pc.cast(pc.cast(raw, pa.string()), kind))
            except pa.ArrowInvalid:
                pass
        plain = text(raw)
        values, bad = np.zeros(len(raw), np.int64), np.zeros(len(raw), np.bool_)
        left = np.arange(len(raw))
        for form, take in ((NAIVE, self._naive), (ZONED, self._zoned), (EPOCH, self._digits)):
            texts = plain.take(pa.array(left))
            fits = np.asarray(pc.fill_null(pc.match_substring_regex(texts, form), False))
            rows = left[fits]
            values[rows], bad[rows] = take(texts.filter(pa.array(fits)))
            left = left[~fits]
        odd = np.zeros(len(raw), np.bool_)
        odd[left] = True
        bad |= one_by_one(raw, odd, self.one, values)
        return values, bad

    def _naive(self, texts: pa.Array) -> tuple[Micros, Mask]:
        return self._stamps(pc.cast(_six_digits(texts), pa.timestamp("us")))

    def _zoned(self, texts: pa.Array) -> tuple[Micros, Mask]:
        return self._stamps(pc.cast(_six_digits(texts), pa.timestamp("us", "UTC")))

    def _digits(self, texts: pa.Array) -> tuple[Micros, Mask]:
        return self._epochs(pc.cast(texts, pa.int64()))

    def _stamps(self, stamps: pa.Array) -> tuple[Micros, Mask]:
        bad = np.array(pc.is_null(stamps))
        values = np.array(pc.fill_null(pc.cast(stamps, pa.int64()), 0), np.int64)
        if stamps.type.tz is not None:
            return values, bad
        bad |= (values < SPAN[0] - DAY) | (values >= SPAN[1] + DAY)
        good = ~bad
        values[good], skipped, repeated = to_utc(values[good], self.zone)
        self.repeated += int(np.count_nonzero(repeated))
        bad[good] = skipped
        return values, bad

    def _epochs(self, raw: pa.Array) -> tuple[Micros, Mask]:
        missing = np.array(pc.is_null(raw, nan_is_null=pa.types.is_floating(raw.type)))
        numbers = np.asarray(pc.fill_null(raw, 0))
        values, bad = self._scaled(np.where(missing, 0, numbers))
        return values, bad | missing

    def _scaled(self, numbers: NDArray[Any]) -> tuple[Micros, Mask]:
        """Bring numbers to µs: those that cannot be told, or lie outside the span, are bad."""
        if self.unit is not None:
            factor = np.full(len(numbers), UNITS[self.unit])
        else:
            large = [numbers < 1e8, numbers < 1e11, numbers < 1e14, numbers < 1e17]
            factor = np.select(large, [np.nan, UNITS["s"], UNITS["ms"], UNITS["us"]], UNITS["ns"])
        with np.errstate(invalid="ignore", over="ignore"):
            rough = numbers * factor
            bad = ~((rough >= SPAN[0]) & (rough < SPAN[1]))
        numbers, factor = np.where(bad, 0, numbers), np.where(bad, 1, factor)
        if numbers.dtype.kind == "f":
            return np.rint(numbers * factor).astype(np.int64), bad
        whole = numbers.astype(np.int64)
        return np.where(factor < 1, whole // 1_000, whole * np.maximum(factor, 1).astype(np.int64)), bad

    def _epoch(self, value: Any) -> int:
        number = value if isinstance(value, int) and not isinstance(value, bool) else number_of(value)
        if abs(number) >= 2**63:
            raise ValueError(OUTSIDE)
        if self.unit is None and number < 1e8:
            raise ValueError(
                "is too small for an epoch: give dates as 2026-11-02, or name the unit of the numbers"
            )
        values, bad = self._scaled(np.array([number]))
        if bad[0]:
            raise ValueError(OUTSIDE)
        return int(values[0])


def _parsed(value: str) -> datetime | int | float:
    if ISO.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError as problem:
            raise ValueError(f"is no date: {problem}") from None
    if re.match(r"^[0-9]+$", value):
        return int(value)
    try:
        return number_of(value)
    except ValueError as problem:
        if not value:
            raise
        raise ValueError("is neither an ISO 8601 time (2026-11-02T18:30:00) nor an epoch") from problem


def _six_digits(texts: pa.Array) -> pa.Array:
    if (pc.max(pc.binary_length(texts)).as_py() or 0) <= len("2026-11-02T18:30:00.123456"):
        return texts
    return pc.replace_substring_regex(texts, r"(\.[0-9]{6})[0-9]+", r"\1")
