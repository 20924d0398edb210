"""Text to values: durations, rates, clock times, shares, dates. Pure functions; a fault is a `ValueFault`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from scenarios.errors import listing, nearest_name

MICROSECONDS: Final = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
DAY: Final = MICROSECONDS["d"]
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_UNITS: Final = 100_000_000  # of one cell, so that a day's sums of units over time stay within 64 bits
_PER: Final = ("s", "min", "h", "d", "w")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DURATION = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-zµ]*)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST = 2**62  # half of the int64 range of a time, so that a sum of two cannot overflow


class ValueFault(ValueError):
    """A text that is not what its place asks for."""

    def __init__(self, expected: str, *, message: str = "", nearest: str | None = None) -> None:
        super().__init__(message or f"not {expected}")
        self.message = message or "not a valid value"
        self.expected = expected
        self.nearest = nearest


def number(text: str) -> float:
    """A finite decimal number: `10`, `.7`, `1e-3`, `010` (ten)."""
    if not _NUMBER.fullmatch(text):
        raise ValueFault("a number such as 10, .7 or 1e-3")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueFault("a number that a computer can hold")
    return value


def amount(text: str) -> float:
    """A number of at least 0."""
    value = number(text)
    if value < 0:
        raise ValueFault("a number of at least 0", message="must not be negative")
    return value + 0.0 if value else 0.0


def positive(text: str) -> float:
    """A number above 0."""
    value = number(text)
    if value <= 0:
        raise ValueFault("a number above 0", message="must be above 0")
    return value


def whole(text: str) -> int:
    """A whole number: `12`, `1e6`, `-3`."""
    value = number(text)
    if not value.is_integer() or abs(value) > 2**63:
        raise ValueFault("a whole number")
    return int(value) if abs(value) < 2**53 else int(text.partition(".")[0])


def count(text: str) -> int:
    """A whole number of at least 0 that fits in 32 bits, as stock does."""
    value = whole(text)
    if not 0 <= value < 2**31:
        raise ValueFault("a whole number from 0 to 2,147,483,647", message="out of range")
    return value


def units(text: str) -> int:
    """A whole number of units, from 0 to `MOST_UNITS`."""
    value = count(text)
    if value > MOST_UNITS:
        raise ValueFault(f"at most {MOST_UNITS:,} units", message="more than can be kept")
    return value


def positive_count(text: str) -> int:
    """A whole number of at least 1."""
    value = count(text)
    if value < 1:
        raise ValueFault("a whole number of at least 1", message="must be at least 1")
    return value


def share(text: str) -> float:
    """A share from 0 to 1."""
    value = number(text)
    if not 0 <= value <= 1:
        raise ValueFault("a share from 0 to 1", message="out of range")
    return value


def signed_duration(text: str) -> int:
    """A duration in microseconds, which may be negative: `-7d`."""
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueFault("a duration such as 30m, 4h, 2d or 800ms")
    size, unit = float(match[1]), match[2]
    if not unit:
        if size == 0:
            return 0
        raise ValueFault("a duration such as 30m, 4h, 2d or 800ms", message="a duration needs a unit")
    if unit not in MICROSECONDS:
        raise ValueFault(
            f"one of the units {listing(list(MICROSECONDS))}",
            message=f"unknown unit `{unit}`",
            nearest=_unit_like(unit),
        )
    if abs(size) * MICROSECONDS[unit] > _LONGEST:
        raise ValueFault("a duration of less than 146,000 years")
    return _exact(match[1], size, MICROSECONDS[unit])


def _exact(digits: str, size: float, unit: int) -> int:
    """`size` times `unit`, rounded once: .1d is exactly 8640000000 µs, which a float product may miss."""
    if (size.is_integer() and abs(size) < 2**53) or abs(size) * unit < 1e-3:
        return int(size) * unit
    from fractions import Fraction

    return round(Fraction(digits) * unit)


def _unit_like(unit: str) -> str | None:
    lower = unit.casefold()
    if lower in MICROSECONDS:
        return lower
    words = {"day": "d", "hour": "h", "hr": "h", "minute": "min", "second": "s", "sec": "s", "week": "w"}
    near = nearest_name(lower.removesuffix("s"), words)
    return words[near] if near else None


def duration(text: str) -> int:
    """A duration of at least 0, in microseconds."""
    value = signed_duration(text)
    if value < 0:
        raise ValueFault("a duration of at least 0", message="must not be negative")
    return value


def positive_duration(text: str) -> int:
    """A duration above 0, in microseconds."""
    value = duration(text)
    if value == 0:
        raise ValueFault("a duration above 0", message="must be above 0")
    return value


def rate(text: str) -> float:
    """A rate `N/s|min|h|d|w`, as a number per day of 24 hours."""
    size, slash, unit = (part.strip() for part in text.partition("/"))
    expected = "a rate N/s, N/min, N/h, N/d or N/w, such as 20/d"
    if not slash:
        raise ValueFault(expected, message="a rate needs a unit")
    if unit not in _PER:
        near = "min" if unit == "m" else _unit_like(unit)
        raise ValueFault(expected, message=f"unknown unit `{unit}`", nearest=near)
    try:
        events = amount(size)
    except ValueFault as fault:
        raise ValueFault(expected, message=fault.message) from None
    return events * DAY / MICROSECONDS[unit]


def clock(text: str) -> int:
    """A clock time `18:00` or `18:00:30`, in microseconds after midnight; `24:00` is the end of the day."""
    match = _CLOCK.fullmatch(text.strip())
    if match:
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        value = (hours * 3600 + minutes * 60 + seconds) * 1_000_000
        if minutes < 60 and seconds < 60 and value <= DAY:
            return value
    raise ValueFault('a clock time such as "18:00"')


def opening(text: str) -> tuple[int, int]:
    """Opening hours `08:00-22:00`, in microseconds after midnight; `22:00-06:00` spans it."""
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueFault('opening hours such as "08:00-22:00"')
    start, end = clock(first), clock(last)
    if start in (end, DAY) or end == 0:
        raise ValueFault('two different times, or "00:00-24:00"', message="never opens")
    return start, end


def weekday(text: str) -> int:
    """A weekday by its first three letters or its name; Monday is 0."""
    short = text.strip().casefold()[:3]
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    lower = text.strip().casefold()
    if short in WEEKDAYS and lower in (short, names[WEEKDAYS.index(short)]):
        return WEEKDAYS.index(short)
    near = nearest_name(lower, names)
    raise ValueFault(f"one of {', '.join(WEEKDAYS)}", nearest=near[:3] if near else None)


def boolean(text: str) -> bool:
    """`true`, `yes`, `on` or `false`, `no`, `off`."""
    lower = text.casefold()
    if lower in ("true", "yes", "on"):
        return True
    if lower in ("false", "no", "off"):
        return False
    raise ValueFault("true or false", nearest=nearest_name(lower, ["true", "false"]))


def local_time(text: str) -> datetime:
    """A local date, or date and time: `2026-11-02`, `2026-11-27T10:00`, without an offset."""
    expected = "a date such as 2026-11-02, or 2026-11-27T10:00"
    trimmed = text.strip()
    if not _DATE.match(trimmed):  # the week and ordinal forms of ISO 8601 are not meant
        raise ValueFault(expected)
    try:
        value = datetime.fromisoformat(trimmed)
    except ValueError as error:
        raise ValueFault(expected, message=str(error)) from None
    if not 1970 <= value.year < 2200:
        raise ValueFault("a date from 1970 to 2199", message="out of range")
    if value.tzinfo is not None:
        raise ValueFault(f"{expected}, local to `time.timezone`", message="a date here has no offset")
    return value


def zone(text: str) -> str:
    """The name of a time zone, as in the IANA database."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        raise ValueFault(
            "an IANA time zone such as America/New_York",
            message="unknown time zone",
            nearest=nearest_name(text, available_timezones()),
        ) from None
    return text


def to_utc(local: datetime, timezone: str) -> int:
    """Microseconds since the Unix epoch of a local time (the first of two where clocks go back)."""
    return _since_epoch(local.replace(tzinfo=ZoneInfo(timezone)))


def _since_epoch(moment: datetime) -> int:
    epoch = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    return (moment.astimezone(ZoneInfo("UTC")) - epoch) // timedelta(microseconds=1)


def show_duration(value: int) -> str:
    """A duration in its largest whole unit: the inverse of :func:`duration`.

    Examples
    --------
    >>> show_duration(1_800_000_000)
    '30m'
    """
    if value == 0:
        return "0s"
    for unit in ("w", "d", "h", "m", "s", "ms"):
        if value % MICROSECONDS[unit] == 0 and not (unit == "w" and value % (4 * MICROSECONDS["w"])):
            return f"{value // MICROSECONDS[unit]}{unit}"
    return f"{value}us"


def show_clock(value: int) -> str:
    """A clock time: the inverse of :func:`clock`."""
    minutes, seconds = divmod(value // 1_000_000, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def show_number(value: float) -> str:
    """A number without a needless decimal point."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def one_of(names: Sequence[str], text: str) -> str:
    """`text` where it is one of `names`."""
    if text in names:
        return text
    raise ValueFault(f"one of {listing(names)}", nearest=nearest_name(text, names))
