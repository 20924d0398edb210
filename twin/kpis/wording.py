"""Figures as people read them: 96.24 %, 12,345, 20.1 s, with as many digits as their interval deserves.

Examples
--------
>>> wording("ratio", [0.96243], [0.0041]).value(0.96243)
'96.24 %'
>>> wording("ratio", [0.0061], [0.0021]).change(0.0061)
'+0.61 pts'
>>> wording("units", [12345.0], []).value(12345.0)
'12,345'
>>> wording("seconds", [5400.0, 60.0], []).value(5400.0)
'90.00 min'
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from twin.kpis.kpi import Unit


@dataclass(frozen=True)
class Wording:
    """How the figures of one row are written, so that they can be compared at sight."""

    factor: float
    decimals: int
    suffix: str
    change_suffix: str

    def value(self, x: float) -> str:
        """A value with its unit."""
        return self._number(x) + self.suffix

    def change(self, x: float) -> str:
        """A difference with its sign and unit; differences of percentages are points."""
        number = self._number(x)
        return ("" if number.startswith("-") or _is_zero(number) else "+") + number + self.change_suffix

    def half(self, x: float) -> str:
        """Half the width of an interval, without unit."""
        return self._number(x)

    def _number(self, x: float) -> str:
        number = f"{x * self.factor:,.{self.decimals}f}"
        return number.removeprefix("-") if _is_zero(number) else number


_SUFFIXES: dict[Unit, str] = {
    "ratio": " %", "units": "", "count": "", "money": "", "days": " d", "hours": " h", "seconds": " s",
    "per_year": " /y",
}  # fmt: skip

_IN_SECONDS: dict[Unit, float] = {"hours": 3600.0, "seconds": 1.0}
# From which size on, in seconds, times are written as something else: (least, factor, suffix).
_TIMES = ((7200.0, 1 / 3600, " h"), (120.0, 1 / 60, " min"), (1.0, 1.0, " s"), (0.0, 1000.0, " ms"))


def wording_of_change(unit: Unit, mean: float, half_width: float | None) -> Wording:
    """Scale and decimals of one difference, from its own interval: what is significant never reads as 0.

    Examples
    --------
    >>> words = wording_of_change("ratio", 0.0000012, 0.0000003)
    >>> words.change(0.0000012), words.half(0.0000003)
    ('+0.000120 pts', '0.000030')
    """
    return wording(unit, [mean], [half_width], most=12)


def wording(
    unit: Unit, values: Iterable[float], half_widths: Iterable[float | None], *, most: int | None = None
) -> Wording:
    """Choose scale and decimals for figures that stand in one row.

    Parameters
    ----------
    unit : str
        Unit of the KPI.
    values : iterable of float
        All the figures, in that unit.
    half_widths : iterable of float or None
        Half-widths of their intervals, which decide how many digits mean something: two of the widest one.
    most : int, optional
        Most decimals; four, and two for money, unless given.
    """
    shown = [abs(x) for x in values if x != 0]
    widest = max((h for h in half_widths if h), default=0.0)
    largest = max(shown, default=0.0)
    factor, suffix = (100.0 if unit == "ratio" else 1.0), _SUFFIXES[unit]
    if unit in _IN_SECONDS and largest > 0:
        seconds = _IN_SECONDS[unit]
        _, factor, suffix = next(time for time in _TIMES if largest * seconds >= time[0])
        factor *= seconds
    decimals = _decimals(unit, [x * factor for x in shown], largest * factor, widest * factor, most)
    return Wording(factor, decimals, suffix, " pts" if unit == "ratio" else suffix)


def _decimals(unit: Unit, shown: list[float], largest: float, widest: float, most: int | None) -> int:
    most = (2 if unit == "money" else 4) if most is None else most
    if widest > 1e-9 * largest:  # less is what is left of rounding
        return min(max(1 - math.floor(math.log10(widest)), 0), most)
    if largest == 0 or (unit in ("units", "count") and all(x == int(x) for x in shown)):
        return 0
    return min(max(3 - math.floor(math.log10(largest)), 0), most)


def _is_zero(number: str) -> bool:
    return not any(digit in number for digit in "123456789")
