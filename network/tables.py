"""Locations and lanes from rows: of a scenario's mapping, a CSV file, a spreadsheet or a data frame.

Cells may be typed already (times in µs, lists) or text as people write it: ``5d``, ``02:00``,
``08:00-22:00``, ``a;b``. An empty cell is an absent one.

* Columns of locations: ``id``, ``kind``, ``at`` (or ``lat`` and ``lon``), ``open``, ``cut_off``, ``tags``,
  ``region``, ``timezone``.
* Columns of lanes: ``from``, ``to``, ``transit``, ``cost_per_unit``, ``cost_per_trip``, ``capacity_units``,
  ``departs``, ``moq``, ``pack``, ``order_days``; or the last three in a mapping ``order``, as ``moq``,
  ``pack`` and ``days``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from network.errors import NetworkError, Path, nearest_name
from network.lanes import Lane, TransitLaw
from network.locations import DAY, HOUR, SECOND, Location, Point

T = TypeVar("T")
D = TypeVar("D")
Row = Mapping[str, Any]

UNITS = {"us": 1, "ms": 1000, "s": SECOND, "m": 60 * SECOND, "h": HOUR, "d": DAY, "w": 7 * DAY}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

LOCATION_COLUMNS = ("id", "kind", "at", "lat", "lon", "open", "cut_off", "tags", "region", "timezone")
LANE_COLUMNS = (
    "from",
    "to",
    "transit",
    "cost_per_unit",
    "cost_per_trip",
    "capacity_units",
    "departs",
    "order",
    "moq",
    "pack",
    "order_days",
)
ORDER_KEYS = ("moq", "pack", "days")


def read_locations(rows: Sequence[Row]) -> list[Location]:
    """Return the locations of a table, one a row.

    Examples
    --------
    >>> read_locations([{"id": "S1", "kind": "store", "lat": "39.1", "lon": "-84.5"}])[0].at
    (39.1, -84.5)
    """
    return [_location(_Cells(("locations", i), row, LOCATION_COLUMNS)) for i, row in enumerate(rows)]


def read_lanes(rows: Sequence[Row]) -> list[Lane]:
    """Return the lanes of a table, one a row.

    Examples
    --------
    >>> read_lanes([{"from": "F1", "to": "S1", "transit": "12h", "departs": "02:00", "moq": ""}])[0].departs
    (7200000000,)
    """
    return [_lane(_Cells(("lanes", i), row, LANE_COLUMNS)) for i, row in enumerate(rows)]


def _location(cells: _Cells) -> Location:
    at = cells.get("at", _point, "latitude and longitude", None)
    if at is None and (cells.has("lat") or cells.has("lon")):
        at = (cells.read("lat", _number, "degrees"), cells.read("lon", _number, "degrees"))
    return Location(
        id=cells.read("id", str, "a name"),
        kind=cells.read("kind", str, "a kind of location"),
        at=at,
        open=cells.get("open", _hours, "opening hours such as 08:00-22:00", None),
        cut_off=cells.get("cut_off", _clock, "a time of day such as 18:00", None),
        tags=cells.get("tags", _words, "words", ()),
        region=cells.get("region", str, "a name", None),
        timezone=cells.get("timezone", str, "a time zone such as America/New_York", None),
    )


def _lane(cells: _Cells) -> Lane:
    order = _Cells((*cells.path, "order"), cells.row.get("order") or {}, ORDER_KEYS)
    moq = order.get("moq", _whole, "a whole number", 1)
    pack = order.get("pack", _whole, "a whole number", 1)
    days = order.get("days", _weekdays, "weekdays such as tue;thu", ())
    return Lane(
        origin=cells.read("from", str, "the id of a location"),
        destination=cells.read("to", str, "the id of a location"),
        transit=cells.get("transit", _transit, "a duration such as 5d", 0),
        cost_per_unit=cells.get("cost_per_unit", _number, "a number", 0.0),
        cost_per_trip=cells.get("cost_per_trip", _number, "a number", 0.0),
        capacity_units=cells.get("capacity_units", _whole, "a whole number", None),
        departs=cells.get("departs", _clocks, "times of day such as 02:00", ()),
        moq=cells.get("moq", _whole, "a whole number", moq),
        pack=cells.get("pack", _whole, "a whole number", pack),
        order_days=cells.get("order_days", _weekdays, "weekdays such as tue;thu", days),
    )


class _Cells:
    """One row, read cell by cell; its unknown columns are an error."""

    def __init__(self, path: Path, row: Row, columns: Sequence[str]) -> None:
        self.path, self.row = path, row
        for name in row:
            if name not in columns:
                near = nearest_name(name, columns)
                expected = f"one of {', '.join(columns)}"
                raise NetworkError(path, "unknown column", found=name, expected=expected, nearest=near)

    def has(self, name: str) -> bool:
        """Whether there is something in the cell: no blank, and no nan as data frames put for one."""
        value = self.row.get(name)
        blank = isinstance(value, str) and not value.strip()
        return not (value is None or blank or (isinstance(value, float) and math.isnan(value)))

    def get(self, name: str, convert: Callable[[Any], T], expected: str, default: D) -> T | D:
        return self.read(name, convert, expected) if self.has(name) else default

    def read(self, name: str, convert: Callable[[Any], T], expected: str) -> T:
        path = (*self.path, name)
        if not self.has(name):
            raise NetworkError(path, "missing", found="nothing", expected=expected)
        value = self.row[name]
        try:
            return convert(value.strip() if isinstance(value, str) else value)
        except (ValueError, TypeError, OverflowError):
            raise NetworkError(path, "cannot be read", found=value, expected=expected) from None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError
    return float(value)


def _whole(value: Any) -> int:
    """A whole number; 12.0 too, as data frames make of 12 in a column with blanks."""
    if isinstance(value, bool) or (not isinstance(value, str) and int(value) != value):
        raise ValueError
    return int(value)


def _parts(value: Any) -> list[Any]:
    """The parts of a list, or of text such as ``a;b`` or ``a, b``."""
    if isinstance(value, str):
        return [part for part in re.split(r"[;,\s]+", value) if part]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _words(value: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in _parts(value))


def _point(value: Any) -> Point:
    latitude, longitude = (float(part) for part in _parts(value))
    return (latitude, longitude)


def _clock(value: Any) -> int:
    """µs of the day; ``24:00`` is its end."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", value)
    if not found:
        raise ValueError
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    time = hours * HOUR + (minutes * 60 + seconds) * SECOND
    if time > DAY:
        raise ValueError
    return time


def _clocks(value: Any) -> tuple[int, ...]:
    return tuple(_clock(part) for part in _parts(value))


def _hours(value: Any) -> tuple[int, int]:
    start, end = value.split("-") if isinstance(value, str) else value
    return (_clock(start), _clock(end))


def _weekdays(value: Any) -> tuple[int, ...]:
    names = (part if isinstance(part, int) else WEEKDAYS.index(part.lower()[:3]) for part in _parts(value))
    return tuple(names)


def _transit(value: Any) -> Any:
    """µs from text with a unit; what is typed already passes."""
    if isinstance(value, TransitLaw):
        return value
    if not isinstance(value, str):
        if isinstance(value, bool) or not math.isfinite(value):
            raise ValueError
        return value
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(us|ms|s|m|h|d|w)", value)
    if not found:
        raise ValueError
    return round(float(found[1]) * UNITS[found[2]])
