"""From a distribution in a scenario to the integer table it is drawn from (`twin.random.tables`)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.elementary import exp, log, log1p, normal_quantile
from policies.kernel import kernel
from twin.random.gamma import gamma_quantile
from twin.random.tables import STEPS

if TYPE_CHECKING:
    from scenarios.schema.distributions import Distribution

ONE = 1 << 32  # a uniform draw is below it
_EXPONENTIAL, _LOGNORMAL, _NORMAL, _UNIFORM, _TRIANGULAR, _GAMMA = range(6)
_LEAST = 2.0**-26  # probability of what lies beyond the outermost quantile


@dataclass(frozen=True)
class Whole:
    """A law of whole numbers: ``first + i`` with cumulative thresholds on [0, 2**32); hashable by its bytes."""

    first: int
    thresholds: bytes

    @property
    def array(self) -> NDArray[np.int64]:
        """The thresholds as int64."""
        return np.frombuffer(self.thresholds, np.int64)


@kernel
def _quantile(family: int, a: float, b: float, c: float, p: float) -> float:
    if family == 0:
        return -a * log1p(-p)
    if family == 1:
        return exp(a + b * normal_quantile(max(p, 1.4901161193847656e-08)))
    if family == 2:
        return a + b * normal_quantile(max(p, 1.4901161193847656e-08))
    if family == 3:
        return a + (b - a) * p
    if family == 4:
        rising = (b - a) / (c - a)
        if p < rising:
            return a + math.sqrt(p * (c - a) * (b - a))
        return c - math.sqrt((1.0 - p) * (c - a) * (c - b))
    return b * gamma_quantile(a, p)


@kernel
def _quantiles(
    family: int, a: float, b: float, c: float, at: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for i in range(at.size):
        out[i] = _quantile(family, a, b, c, at[i])


def _parameters(law: Distribution) -> tuple[int, float, float, float]:
    """Family and up to three parameters of a continuous law."""
    mean, sd = float(law.mean or 0.0), float(law.sd or 0.0)
    if law.dist == "exponential":
        return _EXPONENTIAL, mean, 0.0, 0.0
    if law.dist == "lognormal":
        variance = log1p((sd / mean) * (sd / mean))
        return _LOGNORMAL, log(mean) - variance / 2.0, math.sqrt(variance), 0.0
    if law.dist == "normal":
        return _NORMAL, mean, sd, 0.0
    if law.dist == "uniform":
        return _UNIFORM, float(law.low or 0.0), float(law.high or 0.0), 0.0
    if law.dist == "triangular":
        return _TRIANGULAR, float(law.low or 0.0), float(law.mode or 0.0), float(law.high or 0.0)
    shape = (mean / sd) * (mean / sd)
    return _GAMMA, shape, mean / shape, 0.0


def _probabilities() -> NDArray[np.float64]:
    """Where the quantiles of a table lie: the body, then the first and the last step of the body again."""
    steps = np.arange(STEPS + 1) / STEPS
    return np.concatenate([steps, steps / STEPS, 1.0 - (1.0 - steps) / STEPS])


def quantiles_at(law: Distribution, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles of a law at probabilities ``at``, before any rounding."""
    if law.dist == "constant":
        return np.full(at.size, float(law.value or 0.0))
    if law.dist == "empirical":
        values = np.asarray(law.values, np.float64)
        order = np.argsort(values, kind="stable")
        weights = np.asarray(law.weights or [1.0] * values.size)[order]
        cumulative = np.cumsum(weights) / np.cumsum(weights)[-1]
        return values[order][np.minimum(np.searchsorted(cumulative, at, side="right"), values.size - 1)]
    family, a, b, c = _parameters(law)
    if b == 0.0 and family in (_LOGNORMAL, _NORMAL):
        return np.full(at.size, float(law.mean or 0.0))
    out = np.empty(at.size)
    _quantiles.compiled(family, a, b, c, np.clip(at, 0.0, 1.0 - _LEAST), out)
    return out


def duration_table(law: Distribution, times: float = 1.0) -> NDArray[np.int64]:
    """Quantiles, in µs, of a law of durations (negative ones become 0), for ``twin.random.tables.quantile_draw``.

    ``times`` stretches the law: a supplier that takes twice as long.
    """
    return np.rint(np.maximum(quantiles_at(law, _probabilities()), 0.0) * times).astype(np.int64)


def _from_weights(first: int, weights: NDArray[np.float64]) -> Whole:
    cumulative = np.cumsum(weights)
    thresholds = np.minimum(np.rint(cumulative / cumulative[-1] * ONE), ONE).astype(np.int64)
    thresholds[-1] = ONE
    last = int(np.argmax(thresholds >= ONE))
    return Whole(first, thresholds[: last + 1].tobytes())


@lru_cache(maxsize=100_000)
def poisson(mean: float) -> Whole:
    """A Poisson law, from the ratios of its probabilities: no exponential is taken."""
    if mean <= 0.0:
        return Whole(0, np.array([ONE], np.int64).tobytes())
    spread = int(9.0 * math.sqrt(mean)) + 20
    mode = int(mean)
    low = max(0, mode - spread)
    falling = np.cumprod(np.arange(mode, low, -1.0) / mean)[::-1]
    rising = np.cumprod(mean / np.arange(mode + 1.0, mode + spread + 1))
    return _from_weights(low, np.concatenate([falling, [1.0], rising]))


@lru_cache(maxsize=100_000)
def negative_binomial(mean: float, variance: float) -> Whole:
    """A negative binomial law by mean and variance (above the mean), from the ratios of its probabilities."""
    if variance <= mean * (1.0 + 1e-12):
        return poisson(mean)
    keep = 1.0 - mean / variance
    r = mean * (1.0 - keep) / keep
    # The tail falls by keep a unit, which for rare bursts is slower than the standard deviation says.
    spread = int(16.0 * math.sqrt(variance) + 25.0 * variance / mean) + 60
    mode = max(0, int((r - 1.0) * keep / (1.0 - keep)))
    low = max(0, mode - spread)
    down = np.arange(float(mode), low, -1.0)
    falling = np.cumprod(down / ((down - 1.0 + r) * keep))[::-1]
    up = np.arange(float(mode), mode + spread)
    rising = np.cumprod((up + r) * keep / (up + 1.0))
    return _from_weights(low, np.concatenate([falling, [1.0], rising]))


def whole_law(law: Distribution) -> Whole:
    """The law of a number of units. A continuous law is rounded to whole numbers, and below 0 to 0."""
    mean, sd = float(law.mean or 0.0), float(law.sd or 0.0)
    if law.dist == "poisson":
        return poisson(mean)
    if law.dist == "negative_binomial":
        return negative_binomial(mean, sd * sd)
    if law.dist == "geometric":
        rest = negative_binomial(mean - 1.0, (mean - 1.0) * mean)
        return Whole(1, rest.thresholds)
    count = 1 << 16
    middle = (np.arange(count) + 0.5) / count
    values = np.maximum(np.rint(quantiles_at(law, middle)), 0.0).astype(np.int64)
    return _from_weights(int(values.min()), np.bincount(values - values.min()).astype(np.float64))


def moments(law: Whole) -> tuple[float, float]:
    """Mean and second moment of a law of whole numbers."""
    weights = np.diff(law.array, prepend=0) / ONE
    values = law.first + np.arange(weights.size)
    return float(np.sum(weights * values)), float(np.sum(weights * values * values))
