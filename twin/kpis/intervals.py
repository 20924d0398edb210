"""How sure a number is: intervals over replications, differences of two variants, and the end of a warm-up.

Sources: A. M. Law, *Simulation Modeling and Analysis*, 5th ed., ch. 9 and 10 (t, paired-t and Welch
intervals); K. P. White, M. J. Cobb and S. C. Spratt, "A comparison of five steady-state truncation heuristics
for simulation", WSC 2000 (MSER-5); H. A. David and H. N. Nagaraja, *Order Statistics*, 3rd ed., section 7.1
(quantile intervals).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bounds: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """Mean of ``n`` independent values; ``sd`` and ``interval`` are None for a single one."""

    mean: float
    sd: float | None
    interval: Bounds | None
    n: int

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval."""
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2


@dataclass(frozen=True)
class Difference:
    """Mean of candidate less baseline; ``paired`` when replications were matched one to one."""

    mean: float
    interval: Bounds | None
    n: int
    paired: bool

    @property
    def half_width(self) -> float | None:
        """Half the length of the interval."""
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2

    @property
    def significant(self) -> bool | None:
        """Whether the interval leaves out zero; None without an interval."""
        return None if self.interval is None else not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class QuantileInterval:
    """Interval between two order statistics, and the confidence it has: at least what was asked for."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class WarmUp:
    """MSER-5's advice: leave out the first ``observations``.

    ``settled`` is False when the best cut lies beyond half of the series, which is then too short to say.
    """

    observations: int
    settled: bool


def t_quantile(p: float, degrees: float) -> float:
    """Quantile of Student's t distribution."""
    from scipy.special import stdtrit  # scipy.stats takes five times as long to import

    return float(stdtrit(degrees, p))


def estimate(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean with its t interval.

    Parameters
    ----------
    values : array_like, shape (n,)
        One value a replication, n >= 1.
    level : float
        Confidence, in (0, 1).

    Examples
    --------
    >>> e = estimate([1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09], level=0.90)
    >>> round(e.mean, 2), round(e.half_width, 2)  # Law, ch. 4: 1.34 and 0.24
    (1.34, 0.24)
    """
    x = _sample(values, level)
    mean = _mean(x)
    if len(x) == 1:
        return Estimate(mean, None, None, 1)
    sd = math.sqrt(_variance(x, mean))
    half = t_quantile((1 + level) / 2, len(x) - 1) * sd / math.sqrt(len(x)) if sd > 0 else 0.0
    return Estimate(mean, sd, (mean - half, mean + half), len(x))


def paired(candidate: ArrayLike, baseline: ArrayLike, level: float = 0.95) -> Difference:
    """Mean difference of matched replications, with its t interval.

    Raises
    ------
    ValueError
        When the two differ in length.
    """
    x, y = _sample(candidate, level), _sample(baseline, level)
    if len(x) != len(y):
        raise ValueError(f"paired samples must have one length, got {len(x)} and {len(y)}.")
    difference = estimate(x - y, level)
    return Difference(difference.mean, difference.interval, difference.n, paired=True)


def welch(candidate: ArrayLike, baseline: ArrayLike, level: float = 0.95) -> Difference:
    """Difference of the means of two independent samples, with Welch's interval; ``n`` is the smaller one."""
    x, y = _sample(candidate, level), _sample(baseline, level)
    n = min(len(x), len(y))
    mean_x, mean_y = _mean(x), _mean(y)
    mean = mean_x - mean_y
    if n == 1:
        return Difference(mean, None, n, paired=False)
    of_x, of_y = _variance(x, mean_x) / len(x), _variance(y, mean_y) / len(y)
    error = of_x + of_y
    if error == 0:
        return Difference(mean, (mean, mean), n, paired=False)
    degrees = 1 / ((of_x / error) ** 2 / (len(x) - 1) + (of_y / error) ** 2 / (len(y) - 1))
    half = t_quantile((1 + level) / 2, degrees) * math.sqrt(error)
    return Difference(mean, (mean - half, mean + half), n, paired=False)


def quantile_interval(values: ArrayLike, share: float, level: float = 0.95) -> QuantileInterval | None:
    """Interval for a quantile across replications, by order statistics: no assumption on the distribution.

    Parameters
    ----------
    values : array_like, shape (n,)
        Independent values.
    share : float
        Which quantile, in (0, 1).
    level : float
        Least confidence.

    Returns
    -------
    QuantileInterval or None
        None when so few values cannot give that confidence (the median at .95 needs six).

    Notes
    -----
    The number of values at or below the quantile is binomial (n, share), so that X(l) <= quantile < X(u) with
    probability P(l <= B < u). Each tail is kept within (1 - level) / 2.
    """
    from scipy.special import bdtr

    if not 0 < share < 1:
        raise ValueError(f"share(={share}) must be between 0 and 1.")
    x = np.sort(_sample(values, level))
    n, tail = len(x), (1 - level) / 2
    below = bdtr(np.arange(n), n, share)  # P(B <= k) for k < n
    low = int(np.searchsorted(below, tail, side="right"))  # largest l with P(B < l) <= tail
    high = int(np.searchsorted(below, 1 - tail, side="left")) + 1  # smallest u with P(B < u) >= 1 - tail
    if low < 1 or high > n:
        return None
    return QuantileInterval(float(x[low - 1]), float(x[high - 1]), float(below[high - 1] - below[low - 1]))


def mser5(series: ArrayLike) -> WarmUp:
    """Suggest where a warm-up ends: the cut that minimises the marginal standard error of means of five.

    Parameters
    ----------
    series : array_like, shape (n,)
        Successive observations of one replication, or their mean over replications.

    Returns
    -------
    WarmUp
        A suggestion to be shown, not to be obeyed in silence. Fewer than ten observations settle nothing.
    """
    x = np.asarray(series, dtype=np.float64)
    batches = len(x) // 5
    if batches < 2:
        return WarmUp(0, settled=False)
    z = x[: batches * 5].reshape(batches, 5).mean(axis=1)
    z = z - z.mean()  # keeps the two sums below from cancelling
    left = np.arange(batches, 0, -1)
    tail, tail_of_squares = np.cumsum(z[::-1])[::-1], np.cumsum((z * z)[::-1])[::-1]
    squared_error = np.maximum(tail_of_squares - tail * tail / left, 0.0) / left.astype(np.float64) ** 2
    cut = int(np.argmin(squared_error[: batches - 1]))  # one batch alone has no error and says nothing
    half = batches // 2
    if cut <= half:
        return WarmUp(cut * 5, settled=True)
    return WarmUp(int(np.argmin(squared_error[: half + 1])) * 5, settled=False)


def suggest_warmup(replications: Sequence[dict[str, NDArray[np.float64]]]) -> tuple[WarmUp, str]:
    """The longest warm-up that any of several daily series asks for, each averaged over replications.

    Parameters
    ----------
    replications : sequence of dict of arrays, shape (days,)
        For example :func:`twin.kpis.timeline.daily_totals` of each ledger.

    Returns
    -------
    WarmUp, str
        In days, and the name of the series that asks for it (empty when there is none).
    """
    longest, of = WarmUp(0, settled=True), ""
    for name in replications[0] if replications else ():
        advice = mser5(np.mean([series[name] for series in replications], axis=0))
        if (advice.observations, not advice.settled) > (longest.observations, not longest.settled):
            longest, of = advice, name
    return longest, of


def _sample(values: ArrayLike, level: float) -> NDArray[np.float64]:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or len(x) == 0:
        raise ValueError(f"a sample must be a list of at least one value, got shape {x.shape}.")
    if not 0 < level < 1:
        raise ValueError(f"level(={level}) must be between 0 and 1.")
    return x


def _mean(x: NDArray[np.float64]) -> float:
    first = float(x[0])  # taken off and added again: equal values then have exactly their value as mean
    return first + math.fsum((x - first).tolist()) / len(x)


def _variance(x: NDArray[np.float64], mean: float) -> float:
    return math.fsum(((x - mean) ** 2).tolist()) / (len(x) - 1)
