"""Which locations may serve a zone of customers, in the order in which they are worth a look; computed once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from network.carriers import RateTable
from network.geography import EARTH_KM
from network.locations import Point

SCORE, BAND, LOCATION = 0, 1, 2
"""Columns of :attr:`Candidates.rows`."""

Column = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """The candidates of every zone, one after the other.

    Attributes
    ----------
    first : array of int, shape (zones + 1,)
        Zone z has the rows from ``first[z]`` to ``first[z + 1]``.
    rows : array of int, shape (n, 3)
        Score of the lightest shipment, row of the tariff, location number; of a zone by ascending score.
    metres : array of int, shape (n,)
        Distance of each.
    """

    first: Column
    rows: Column
    metres: Column

    def __len__(self) -> int:
        """How many zones there are."""
        return len(self.first) - 1

    def of(self, zone: int) -> Column:
        """Return the rows of a zone, a view."""
        return self.rows[self.first[zone] : self.first[zone + 1]]


def distances_m(origin: Point, places: Sequence[Point]) -> Column:
    """Return the distances from a point to others in whole metres.

    Notes
    -----
    As :func:`network.geography.great_circle_km`, many at once; rounded, so that the last bits of the machine's sines
    never show.

    Examples
    --------
    >>> distances_m((0, 0), [(0, 90), (0, 0)]).tolist()
    [10007557, 0]
    """
    at = np.radians(np.asarray(places, np.float64).reshape(-1, 2))
    phi, length = math.radians(origin[0]), math.radians(origin[1])
    half = np.sin((at[:, 0] - phi) / 2) ** 2
    half += math.cos(phi) * np.cos(at[:, 0]) * np.sin((at[:, 1] - length) / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    metres: Column = np.floor(km * 1000 + 0.5).astype(np.int64)
    return metres


def by_distance(
    zones: Sequence[Point | None],
    locations: Sequence[int],
    places: Sequence[Point | None],
    *,
    transit: Sequence[Sequence[int]] | None = None,
    most: int | None = None,
    within_km: float | None = None,
) -> Candidates:
    """Return the candidates of each zone by distance, then transit time, then location number.

    Parameters
    ----------
    zones : sequence of (latitude, longitude) or None
        Where customers live; None: anywhere, at distance 0 from every location.
    locations : sequence of int
        Numbers of the locations that may serve.
    places : sequence of (latitude, longitude) or None
        Where these are; None: at distance 0 from every zone.
    transit : sequence of sequences of int, optional
        Transit times by zone and location, µs.
    most : int, optional
        Candidates of a zone at most, the first ones.
    within_km : float, optional
        Further ones are no candidates.

    Returns
    -------
    Candidates
        Scores are metres, the row of the tariff is 0.

    Examples
    --------
    >>> found = by_distance([(0, 0)], [3, 1, 2], [(0, 2), (0, 1), (0, -1)])
    >>> found.of(0)[:, LOCATION].tolist(), found.of(0)[0].tolist()
    ([1, 2, 3], [111195, 0, 1])
    """
    numbers = np.asarray(locations, np.int64)
    found = []
    for z, zone in enumerate(zones):
        metres = _metres(zone, places)
        times = np.zeros(len(numbers), np.int64) if transit is None else np.asarray(transit[z], np.int64)
        order = _first(np.lexsort((numbers, times, metres)), metres, most, within_km)
        rows = np.stack([metres, np.zeros_like(metres), numbers], axis=1)
        found.append((rows[order], metres[order]))
    return _joined(found)


def by_cost(
    zones: Sequence[Point | None],
    locations: Sequence[int],
    places: Sequence[Point | None],
    rates: RateTable,
    *,
    handling: Sequence[int] | None = None,
    most: int | None = None,
    within_km: float | None = None,
) -> Candidates:
    """Return the candidates of each zone by the cost of the lightest shipment, then distance, then location number.

    Parameters
    ----------
    zones, locations, places, most, within_km
        As for :func:`by_distance`.
    rates : RateTable
        The carrier's; its ``tariff()`` goes with the result.
    handling : sequence of int, optional
        What a shipment costs at each location besides, millionths of the currency.

    Returns
    -------
    Candidates
        Scores are millionths of the currency, the row of the tariff is the carrier's zone, from 0 on.

    Examples
    --------
    A store round the corner whose handling is dear, and a fulfilment centre:

    >>> rates = RateTable.of([[4.0], [6.0]], cuts=(80_000,))
    >>> by_cost([(0, 0)], [0, 1], [(0, 0.1), (0, 3)], rates, handling=[3_000_000, 0]).of(0).tolist()
    [[6000000, 1, 1], [7000000, 0, 0]]
    """
    numbers = np.asarray(locations, np.int64)
    extra = np.zeros(len(numbers), np.int64) if handling is None else np.asarray(handling, np.int64)
    if len(extra) and extra.min() < 0:
        raise ValueError(f"handling(={extra.min()}) must be >= 0")
    cuts, first = np.asarray(rates.cuts, np.int64), rates.first()
    found = []
    for zone in zones:
        metres = _metres(zone, places)
        bands = np.searchsorted(cuts, metres, side="left").astype(np.int64)
        scores = first[bands] + extra
        order = _first(np.lexsort((numbers, metres, scores)), metres, most, within_km)
        found.append((np.stack([scores, bands, numbers], axis=1)[order], metres[order]))
    return _joined(found)


def _metres(zone: Point | None, places: Sequence[Point | None]) -> Column:
    if zone is None:
        return np.zeros(len(places), np.int64)
    return distances_m(zone, [zone if place is None else place for place in places])


def _first(
    order: NDArray[np.intp], metres: Column, most: int | None, within_km: float | None
) -> NDArray[np.intp]:
    if within_km is not None:
        order = order[metres[order] <= within_km * 1000]
    return order[:most]


def _joined(found: Sequence[tuple[Column, Column]]) -> Candidates:
    first = np.zeros(len(found) + 1, np.int64)
    np.cumsum([len(rows) for rows, _ in found], out=first[1:])
    rows = [rows for rows, _ in found] or [np.zeros((0, 3), np.int64)]
    metres = [metres for _, metres in found] or [np.zeros(0, np.int64)]
    return Candidates(first, np.ascontiguousarray(np.concatenate(rows)), np.concatenate(metres))
