"""What a KPI is: one weighted sum of figures over another, times a constant."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["ratio", "units", "count", "money", "days", "hours", "seconds", "per_year"]
Better = Literal["higher", "lower", "neither"]
Weights = Mapping[str, float]


@dataclass(frozen=True)
class Kpi:
    """One KPI.

    Attributes
    ----------
    name : str
        As in ``kpis.json``; fixed.
    unit : str
        ``ratio`` (1 is 100 %), ``units`` of stock, ``count`` of things that are not stock, ``money`` in the
        scenario's currency, ``days``, ``hours``, ``seconds`` or ``per_year`` (times a year).
    better : str
        ``higher``, ``lower`` or ``neither``.
    group : str
        One of ``GROUPS``; orders reports.
    text : str
        The definition, in one sentence.
    over, under : mapping of figure to weight
        Numerator and denominator. An empty ``under`` makes the KPI a plain sum, which adds up over members.
    scale : float
        A constant factor, for the unit.
    not_by : frozenset of str
        Dimensions in which the KPI could be computed but would mean nothing.
    over_web, under_web : mapping of figure to weight
        What the web adds to numerator and denominator, where it is known: by channel and by time, but not
        all of it by place, and none of it by product.
    """

    name: str
    unit: Unit
    better: Better
    group: str
    text: str
    over: Weights
    under: Weights = field(default_factory=dict)
    scale: float = 1.0
    not_by: frozenset[str] = frozenset()
    over_web: Weights = field(default_factory=dict)
    under_web: Weights = field(default_factory=dict)

    @property
    def additive(self) -> bool:
        """Whether the values of a dimension's members sum to the overall value, the web's share apart."""
        return bool(self.over) and not self.under

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures the KPI cannot do without, where it is not told of the web alone."""
        return (*self.over, *self.under)

    def sides(self, known: Collection[str]) -> tuple[Weights, Weights] | None:
        """Numerator and denominator out of the figures that are known; None where they do not suffice.

        Examples
        --------
        >>> fill = Kpi("fill", "ratio", "higher", "service", "Met.", {"sold": 1}, {"demanded": 1},
        ...            over_web={"filled": 1}, under_web={"ordered": 1})
        >>> fill.sides({"sold", "demanded"})
        ({'sold': 1}, {'demanded': 1})
        >>> fill.sides({"sold", "demanded", "filled", "ordered"})
        ({'sold': 1, 'filled': 1}, {'demanded': 1, 'ordered': 1})
        >>> fill.sides({"filled", "ordered"})
        ({'filled': 1}, {'ordered': 1})
        """
        over = {name: weight for name, weight in self.over_web.items() if name in known}
        under = {name: weight for name, weight in self.under_web.items() if name in known}
        if all(name in known for name in self.figures):
            return {**self.over, **over}, {**self.under, **under}
        of_the_web = len(over) == len(self.over_web) and len(under) == len(self.under_web)
        both_sides = bool(self.over_web) and bool(self.under_web) == bool(self.under)
        return (over, under) if of_the_web and both_sides else None

    def ratio(self, figures: Mapping[str, float]) -> float | None:
        """The KPI of one member, or None where the denominator is zero.

        Parameters
        ----------
        figures : mapping of str to float
            Summed figures by name.

        Raises
        ------
        KeyError
            When a figure the KPI needs is not there.
        ValueError
            When the KPI is not made of sums (a quantile).
        """
        if not self.over:
            raise ValueError(f"{self.name} is not made of sums.")
        sides = self.sides(figures.keys())
        if sides is None:
            raise KeyError(next(name for name in self.figures if name not in figures))
        over = sum(weight * figures[name] for name, weight in sides[0].items())
        if not self.under:
            return self.scale * over
        under = sum(weight * figures[name] for name, weight in sides[1].items())
        return self.scale * over / under if under != 0 else None
