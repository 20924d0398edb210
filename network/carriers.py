"""What a carrier charges: by zone, which follows from distance, and by billable weight.

Defaults are facts of public order data, not any carrier's price list: give your own where you have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KM_PER_MILE = 1.609344

ZONE_CUTS_MILES = (50, 150, 300, 600, 1000, 1400, 1800)
"""Distances at which US carriers' zones 1 to 8 part. Between centroids of ZIP-3 areas these cuts give the
published zone for 85 % of pairs, and within one zone for 99.9 %."""

ZONE_CUTS_M = tuple(int(miles * KM_PER_MILE * 1000 + 0.5) for miles in ZONE_CUTS_MILES)
"""The same in whole metres."""

DIVISOR = 5000
"""cm³ that count as a kilogram, the usual one of express carriers."""

MILLIONTHS = 1_000_000
"""To one unit of the currency."""

# Of a Brazilian marketplace in 2017: ln freight = 1.77 + .19 ln(1 + km) + .19 ln(kg), in its currency. Written out, so that
# no processor's logarithm has a say: e^1.77 (1 + km)^.19 at the middle of each zone's distances (2,200 miles for the
# last), and kg^.19 for 1 to 30 kg. tests/network/test_carriers.py computes them again.
FREIGHT_BY_ZONE = (11.9014, 15.4339, 17.9931, 20.5205, 22.8884, 24.7202, 26.1083, 27.7363)
FREIGHT_BY_KG = (
    1.0, 1.140764, 1.23212, 1.301342, 1.357702, 1.405558, 1.447334, 1.484524, 1.51812, 1.548817,
    1.57712, 1.603409, 1.627981, 1.651066, 1.672851, 1.693491, 1.71311, 1.731816, 1.749698, 1.766834,
    1.783289, 1.799121, 1.81438, 1.829111, 1.843353, 1.857141, 1.870506, 1.883476, 1.896075, 1.908328,
)  # fmt: skip

# Of the same marketplace: median days in transit up to so many km; further than the last, as the last.
TRANSIT_DAYS = ((50, 2.1), (200, 4.0), (500, 7.0), (1000, 9.0), (2000, 12.2))


def carrier_zone(metres: int, cuts: Sequence[int] = ZONE_CUTS_M) -> int:
    """Return the zone of a distance, from 1 on; a cut belongs to the zone below it.

    Parameters
    ----------
    metres : int
        Distance.
    cuts : sequence of int
        Where zones part, metres, ascending.

    Examples
    --------
    >>> [carrier_zone(km * 1000) for km in (0, 80, 81, 500, 4000)]
    [1, 1, 2, 4, 8]
    """
    return int(np.searchsorted(np.asarray(cuts), metres, side="left")) + 1


def volume_grams(cubic_cm: float, divisor: float = DIVISOR) -> int:
    """Return the grams that a volume is taken for (dimensional weight), rounded up.

    Examples
    --------
    A box of 40 × 30 × 20 cm:

    >>> volume_grams(40 * 30 * 20)
    4800
    """
    if not (divisor > 0 and cubic_cm >= 0):
        raise ValueError(f"cubic_cm(={cubic_cm}) must be >= 0 and divisor(={divisor}) above 0")
    return -int(-cubic_cm * 1000 // divisor)


def billable_grams(grams: int, cubic_cm: float, divisor: float = DIVISOR) -> int:
    """Return the grams that a parcel is billed for: the larger of its weight and its dimensional weight.

    Examples
    --------
    >>> billable_grams(900, 24_000), billable_grams(6000, 24_000)
    (4800, 6000)
    """
    return max(grams, volume_grams(cubic_cm, divisor))


def median_transit_days(km: float) -> float:
    """Return the days that a parcel is on its way, as the median of public order data by distance.

    Examples
    --------
    >>> median_transit_days(10), median_transit_days(300), median_transit_days(5000)
    (2.1, 7.0, 12.2)
    """
    for up_to, days in TRANSIT_DAYS:
        if km < up_to:
            return days
    return TRANSIT_DAYS[-1][1]


@dataclass(frozen=True, eq=False)
class RateTable:
    """A carrier's rates, and where its zones part.

    Attributes
    ----------
    rates : array of int, shape (zones, steps)
        Millionths of the currency by zone and begun weight step; neither falls with distance nor with weight. Beyond
        the last step each further one costs as much as the last did.
    step_grams : int
        Width of a weight step.
    cuts : tuple of int
        Where zones part, metres, ascending; one fewer than zones.

    Examples
    --------
    >>> table = RateTable.of([[5, 6, 7.5], [8, 10, 12]], step_grams=500, cuts=(100_000,))
    >>> table.rate(1, 500) / MILLIONTHS, table.rate(2, 501) / MILLIONTHS, table.rate(2, 2000) / MILLIONTHS
    (5.0, 10.0, 14.0)
    """

    rates: NDArray[np.int64]
    step_grams: int = 1000
    cuts: tuple[int, ...] = ZONE_CUTS_M

    def __post_init__(self) -> None:
        shape = self.rates.shape
        if len(shape) != 2 or shape[0] != len(self.cuts) + 1 or not shape[1]:
            raise ValueError(f"rates have shape {shape}, expected ({len(self.cuts) + 1} zones, steps)")
        if self.step_grams < 1:
            raise ValueError(f"step_grams(={self.step_grams}) must be >= 1")
        if list(self.cuts) != sorted(set(self.cuts)) or (self.cuts and self.cuts[0] < 0):
            raise ValueError(f"cuts(={self.cuts}) must ascend from 0 or more")
        falls = (np.diff(self.rates, axis=0) < 0).any() or (np.diff(self.rates, axis=1) < 0).any()
        if falls or self.rates.min() < 0 or self.rates.max() > 10**9 * MILLIONTHS:
            raise ValueError("rates must be between 0 and 1e9, and not fall with distance or weight")

    @classmethod
    def of(
        cls,
        rates: Sequence[Sequence[float]],
        *,
        step_grams: int = 1000,
        cuts: Sequence[int] = ZONE_CUTS_M,
        times: float = 1.0,
    ) -> RateTable:
        """Build a table from rates in the currency, all ``times`` a number."""
        money = np.floor(np.asarray(rates, np.float64) * times * MILLIONTHS + 0.5)
        return cls(money.astype(np.int64), step_grams, tuple(cuts))

    @classmethod
    def default(cls, times: float = 1.0) -> RateTable:
        """Return the rates of public order data by US zones, in that marketplace's currency ``times`` a number.

        Examples
        --------
        A kilogram next door, and ten across the country:

        >>> table = RateTable.default()
        >>> round(table.rate(1, 1000) / MILLIONTHS, 2), round(table.rate(8, 10_000) / MILLIONTHS, 2)
        (11.9, 42.96)
        """
        rates = [[zone * weight for weight in FREIGHT_BY_KG] for zone in FREIGHT_BY_ZONE]
        return cls.of(rates, times=times)

    def rate(self, zone: int, grams: int) -> int:
        """Return what a parcel costs, millionths of the currency.

        Parameters
        ----------
        zone : int
            From 1 on.
        grams : int
            Billable weight.
        """
        steps = self.rates.shape[1]
        step = max(0, -(-grams // self.step_grams) - 1)
        row = [int(rate) for rate in self.rates[zone - 1, -2:]]
        if step < steps:
            return int(self.rates[zone - 1, step])
        return int(row[-1] + (step - steps + 1) * (row[-1] - row[0]))

    def first(self) -> NDArray[np.int64]:
        """Return what the lightest parcel costs by zone, shape (zones,)."""
        return self.rates[:, 0].copy()

    def tariff(self) -> NDArray[np.int64]:
        """Return what each weight step costs above the first by zone, shape (zones, steps)."""
        return np.ascontiguousarray(self.rates - self.rates[:, :1])
