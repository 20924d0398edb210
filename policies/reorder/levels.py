"""How far to order up so that demand is met with a given probability: the ``auto`` of every reorder rule.

Demand over the time that stock must last (the protection interval) is known by its mean and variance. It is
taken to be Poisson where the two agree, negative binomial where the variance is larger, and normal where it
is smaller. Only the exact arithmetic of :mod:`policies.elementary` is used, so that a level is the same on
every machine.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.elementary import exp, log1p, normal_quantile
from policies.kernel import FEW, kernel, numba_available
from policies.reorder.base import ALWAYS, CellFacts, share, within_reach

NEARLY = 1e-9  # relative difference below which variance and mean are taken as equal
ROUNDING = 1e-9  # a normal level this little above a whole number is that number
DEEPEST = 700.0  # -ln P(D = 0) up to which probabilities are summed from 0; e^-700 is still a normal double
LONGEST = 100_000.0  # mean up to which they are, one by one; a larger one goes by a coarser lattice
CHUNK = 1 << 18  # cells whose intermediate figures are held at once
SLOTS = 1 << 17  # most of the table of levels known already; a power of two


@kernel
def _depth(mean: float, excess: float) -> float:
    """-ln P(D = 0); Poisson when ``excess`` (variance - mean) is 0, else negative binomial."""
    if excess <= 0.0:
        return mean
    odds = excess / mean
    return mean / odds * log1p(odds)


@kernel
def _summed_level(mean: float, excess: float, service: float) -> int:
    """Smallest k with P(D <= k) >= service, summing from 0 by P(k + 1) = P(k) (a + b k) / (k + 1)."""
    b = excess / (mean + excess)
    a = mean * (1.0 - b)
    term = exp(-_depth(mean, excess))
    total = term
    k = 0
    while total < service:
        term = term * (a + b * k) / (k + 1.0)
        k += 1
        if k > mean and term < 1e-20:  # all that rounding leaves to be summed
            break
        total += term
    return k


@kernel
def _expanded_level(mean: float, excess: float, z: float) -> int:
    """The same by the expansion of Cornish and Fisher to the fourth moment, for a nearly normal shape."""
    odds = excess / mean
    variance = mean + excess
    spread = math.sqrt(variance)
    skew = (1.0 + 2.0 * odds) / spread
    tails = (1.0 + 6.0 * odds * (1.0 + odds)) / variance  # excess kurtosis
    w = z + (z * z - 1.0) * skew / 6.0 + (z * z * z - 3.0 * z) * tails / 24.0
    w = w - (2.0 * z * z * z - 5.0 * z) * skew * skew / 36.0
    return max(0, math.ceil(mean + spread * w - 0.5))


@kernel
def demand_level(mean: float, variance: float, service: float, z: float) -> int:
    """Return the smallest whole S with P(D <= S) >= service for one cell.

    Parameters
    ----------
    mean, variance : float
        Of demand over the protection interval, in units and units².
    service : float
        Probability, strictly between 0 and 1.
    z : float
        ``normal_quantile(service)``, handed in because it is the same for many cells.

    Returns
    -------
    int
        Units; -1 where the level is beyond what an int32 holds.

    Notes
    -----
    Probabilities are summed exactly where P(D = 0) >= e^-700, which is every mean below 700; beyond, the
    expansion of Cornish and Fisher is within a unit or so.
    """
    if mean <= 0.0:
        return 0
    if mean + 60.0 * math.sqrt(max(variance, mean)) > 2147483000.0:
        return -1
    excess = variance - mean
    if excess < -NEARLY * mean:
        return max(0, math.ceil((mean + z * math.sqrt(max(0.0, variance))) * (1.0 - ROUNDING)))
    if excess <= NEARLY * mean:
        excess = 0.0
    if _depth(mean, excess) > DEEPEST:
        return _expanded_level(mean, excess, z)
    if mean <= LONGEST:
        return _summed_level(mean, excess, service)
    # So long a sum has a shape near a gamma distribution, which scales: sum it in lots of several units.
    lot = mean / LONGEST
    return math.ceil(lot * _summed_level(LONGEST, excess / (lot * lot), service))


@kernel
def _fill_levels(
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    service: float,
    z: float,
    out: NDArray[np.int32],
    known: NDArray[np.float64],
) -> None:
    """Levels of a chunk of cells; ``known`` (slots of mean, variance, level) spares equal cells the sum."""
    mean_bits = mean.view(np.int64)
    variance_bits = variance.view(np.int64)
    for i in range(mean.size):
        mixed = (mean_bits[i] ^ (variance_bits[i] * 31)) * 0x1E3779B97F4A7C15  # wraps, as a hash may
        slot = (mixed >> 40) & (known.shape[0] - 1)
        if known[slot, 0] != mean[i] or known[slot, 1] != variance[i]:
            known[slot, 0] = mean[i]
            known[slot, 1] = variance[i]
            known[slot, 2] = demand_level(mean[i], variance[i], service, z)
        out[i] = int(known[slot, 2])


def _fill_plainly(
    mean: NDArray[np.float64],
    variance: NDArray[np.float64],
    service: float,
    z: float,
    out: NDArray[np.int32],
) -> None:
    """The same in plain Python, each distinct pair once."""
    known: dict[tuple[float, float], int] = {}
    for i, pair in enumerate(zip(mean.tolist(), variance.tolist(), strict=True)):
        if pair not in known:
            known[pair] = demand_level(*pair, service, z)
        out[i] = known[pair]


class _Levels:
    """Levels for one service, chunk by chunk, by whichever way is quicker for so many cells."""

    def __init__(self, service: float, cells: int) -> None:
        self.service = share("service", service)
        self.z = normal_quantile(self.service)
        compile_it = cells > FEW and numba_available()
        self.known = np.full((min(SLOTS, 2 << cells.bit_length()), 3), -1.0) if compile_it else None

    def fill(self, mean: NDArray[np.float64], variance: NDArray[np.float64], out: NDArray[np.int32]) -> None:
        for name, values in (("mean", mean), ("variance", variance)):
            if values.size and not values.min() >= 0:
                raise ValueError(f"{name}(={values.min()}) must be a number >= 0")
        if self.known is None:
            _fill_plainly(mean, variance, self.service, self.z, out)
        else:
            _fill_levels.compiled(mean, variance, self.service, self.z, out, self.known)
        if out.size and out.min() < 0:
            worst = mean[int(np.argmax(out < 0))]
            raise ValueError(f"mean demand {worst:g} asks for a level beyond {ALWAYS:,} units")


def base_stock_level(mean: ArrayLike, variance: ArrayLike, service: float) -> NDArray[np.int32]:
    """Return the smallest whole S with P(D <= S) >= service, per cell.

    Parameters
    ----------
    mean, variance : array of float, or float
        Of demand over the protection interval, in units and units²; broadcast against each other.
    service : float
        Probability that demand over the interval does not exceed S (cycle service), strictly between 0 and 1.

    Returns
    -------
    array of int32
        Units, in the broadcast shape.

    Raises
    ------
    ValueError
        ``service`` out of range, a negative mean or variance, or a level beyond 2,147,483,647 units.

    Notes
    -----
    The critical-fractile rule of the newsvendor, e.g. P. H. Zipkin, *Foundations of Inventory Management*
    (2000), section 6.

    Examples
    --------
    Snyder and Shen, *Fundamentals of Supply Chain Theory*: Poisson demand of 6, h = 1 and p = 4, fractile
    p/(h + p):

    >>> int(base_stock_level(6.0, 6.0, 4 / 5))
    8
    >>> base_stock_level([10.0, 10.0, 10.0], [10.0, 30.0, 0.0], 0.95).tolist()
    [15, 20, 10]
    """
    means, variances = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(variance, np.float64))
    out = np.empty(means.size, np.int32)
    _Levels(service, means.size).fill(means.ravel(), variances.ravel(), out)
    return out.reshape(means.shape)


def demand_over(
    demand_mean: ArrayLike, demand_variance: ArrayLike, time_mean: ArrayLike, time_variance: ArrayLike = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of demand over a random time: d·L and σ_d²·L + d²·σ_L².

    Parameters
    ----------
    demand_mean, demand_variance : array of float
        Per day, in units and units².
    time_mean, time_variance : array of float
        In days and days².

    Examples
    --------
    >>> mean, variance = demand_over(2.0, 2.0, 5.0, 25.0)  # an exponential lead time of 5 days
    >>> float(mean), float(variance)
    (10.0, 110.0)
    """
    d, s, t, u = (np.asarray(x, np.float64) for x in (demand_mean, demand_variance, time_mean, time_variance))
    return d * t, s * t + d * d * u


def reorder_point(
    demand_mean: float,
    demand_variance: float,
    lead_time_mean: float,
    lead_time_variance: float,
    service: float,
) -> float:
    """Return the classic reorder point d·L + z·sqrt(L·σ_d² + d²·σ_L²), for demand taken as normal.

    Rules set to ``auto`` use :func:`base_stock_level`, which knows that demand is whole; this is the
    textbook's figure.

    Examples
    --------
    50 a day, a lead time of 10 days and 100 units of safety stock (z σ = 100):

    >>> round(reorder_point(50, (100 / 1.6448536269514722) ** 2 / 10, 10, 0, service=0.95), 9)
    600.0
    """
    mean, variance = demand_over(demand_mean, demand_variance, lead_time_mean, lead_time_variance)
    return float(mean) + normal_quantile(share("service", service)) * math.sqrt(float(variance))


def auto_levels(cells: CellFacts, service: float, minimum: int = 0) -> NDArray[np.int32]:
    """Return the level of each cell that covers lead time and review period with probability ``service``.

    Parameters
    ----------
    cells : CellFacts
        The protection interval is lead time plus review period; only the lead time varies.
    service : float
        Strictly between 0 and 1.
    minimum : int
        Floor of the level, in units.

    Raises
    ------
    ValueError
        A level above ``LARGEST``.
    """
    out = np.empty(len(cells), np.int32)
    levels = _Levels(service, len(cells))
    for start in range(0, len(cells), CHUNK):
        part = slice(start, start + CHUNK)
        time = np.add(cells.lead_time_mean[part], cells.review_days[part], dtype=np.float64)
        mean, variance = demand_over(
            cells.demand_mean[part], cells.demand_variance[part], time, cells.lead_time_variance[part]
        )
        levels.fill(np.ascontiguousarray(mean), np.ascontiguousarray(variance), out[part])
    within_reach("an automatic level", out)
    return np.maximum(out, minimum, out=out)
