"""Means, standard deviations and natural parameters of the families, from whichever parameters were given.

Only exactly rounded operations and `policies.elementary` are used, so that the figures have the same bits
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from policies.elementary import exp, log

Given: TypeAlias = "Mapping[str, float]"
Z95: Final = 1.6448536269514722  # the .95 quantile of the standard normal
LN2: Final = 0.6931471805599453


class Impossible(ValueError):
    """Parameters that no law of the family has; `key` is the one to blame."""

    def __init__(self, key: str, message: str, expected: str) -> None:
        super().__init__(message)
        self.key, self.message, self.expected = key, message, expected


def need(condition: bool, key: str, expected: str, message: str = "out of range") -> None:
    if not condition:
        raise Impossible(key, message, expected)


def _mean_sd(given: Given) -> tuple[float, float]:
    mean = given["mean"]
    sd = given["sd"] if "sd" in given else given["cv"] * abs(mean)
    return mean, sd


def constant(given: Given) -> dict[str, float]:
    value = given["value"] if "value" in given else given["mean"]
    return {"value": value, "mean": value, "sd": 0.0}


def exponential(given: Given) -> dict[str, float]:
    mean = given["mean"] if "mean" in given else given["median"] / LN2
    need(mean > 0, "mean" if "mean" in given else "median", "above 0")
    return {"mean": mean, "sd": mean}


def lognormal(given: Given) -> dict[str, float]:
    if "mu" in given:
        mu, sigma = given["mu"], given["sigma"]
        need(abs(mu) + sigma * sigma < 300, "sigma", "a law with a finite mean")
    elif "median" in given:
        median, p95 = given["median"], given["p95"]
        need(median > 0, "median", "above 0")
        need(p95 > median, "p95", "above the median")
        mu, sigma = log(median), log(p95 / median) / Z95
    else:
        mean, sd = _mean_sd(given)
        need(mean > 0, "mean", "above 0")
        need(sd > 0, "sd", "above 0; a law without spread is `constant`")
        variance = log(1.0 + (sd / mean) * (sd / mean))
        return {"mean": mean, "sd": sd, "mu": log(mean) - variance / 2.0, "sigma": math.sqrt(variance)}
    mean = exp(mu + sigma * sigma / 2.0)
    return {"mean": mean, "sd": mean * math.sqrt(exp(sigma * sigma) - 1.0), "mu": mu, "sigma": sigma}


def gamma(given: Given) -> dict[str, float]:
    if "shape" in given:
        shape, scale = given["shape"], given["scale"]
        need(scale > 0, "scale", "above 0")
        return {"mean": shape * scale, "sd": math.sqrt(shape) * scale, "shape": shape, "scale": scale}
    mean, sd = _mean_sd(given)
    need(mean > 0, "mean", "above 0")
    need(sd > 0, "sd", "above 0; a law without spread is `constant`")
    return {"mean": mean, "sd": sd, "shape": (mean / sd) * (mean / sd), "scale": sd * sd / mean}


def erlang(given: Given) -> dict[str, float]:
    mean, shape = given["mean"], given["shape"]
    need(mean > 0, "mean", "above 0")
    need(float(shape).is_integer() and shape >= 1, "shape", "a whole number of at least 1")
    return {"mean": mean, "sd": mean / math.sqrt(shape), "scale": mean / shape}


def uniform(given: Given) -> dict[str, float]:
    if "low" in given:
        low, high = given["low"], given["high"]
        need(high >= low, "high", "at least `low`")
        return {"mean": (low + high) / 2.0, "sd": (high - low) / math.sqrt(12.0)}
    mean, sd = _mean_sd(given)
    half = sd * math.sqrt(3.0)
    return {"mean": mean, "sd": sd, "low": mean - half, "high": mean + half}


def triangular(given: Given) -> dict[str, float]:
    low, mode, high = given["low"], given["mode"], given["high"]
    need(high > low, "high", "above `low`")
    need(low <= mode <= high, "mode", "from `low` to `high`")
    mean = (low + mode + high) / 3.0
    spread = (low - mode) * (low - mode) + (mode - high) * (mode - high) + (high - low) * (high - low)
    return {"mean": mean, "sd": math.sqrt(spread / 36.0)}


def normal(given: Given) -> dict[str, float]:
    if "median" in given:
        need(given["p95"] > given["median"], "p95", "above the median")
        return {"mean": given["median"], "sd": (given["p95"] - given["median"]) / Z95}
    mean, sd = _mean_sd(given)
    return {"mean": mean, "sd": sd}


def poisson(given: Given) -> dict[str, float]:
    need(given["mean"] >= 0, "mean", "at least 0")
    return {"mean": given["mean"], "sd": math.sqrt(given["mean"])}


def negative_binomial(given: Given) -> dict[str, float]:
    if "r" in given:
        r, p = given["r"], given["p"]
        need(p <= 1, "p", "at most 1")
        return {"mean": r * (1 - p) / p, "sd": math.sqrt(r * (1 - p)) / p}
    mean, sd = _mean_sd(given)
    need(mean > 0, "mean", "above 0")
    need(sd * sd > mean, "sd" if "sd" in given else "cv", "a variance above the mean (else it is `poisson`)")
    return {"mean": mean, "sd": sd, "r": mean * mean / (sd * sd - mean), "p": mean / (sd * sd)}


def geometric(given: Given) -> dict[str, float]:
    if "p" in given:
        need(given["p"] <= 1, "p", "at most 1")
        mean = 1.0 / given["p"]
    else:
        mean = given["mean"]
        need(mean >= 1, "mean", "at least 1: it starts at 1")
    return {"mean": mean, "sd": math.sqrt(mean * (mean - 1.0)), "p": 1.0 / mean}


def empirical(values: tuple[float, ...], weights: tuple[float, ...] | None) -> dict[str, float]:
    """Mean and standard deviation of a list of values with weights."""
    need(len(values) > 0, "values", "at least one value")
    shares = weights if weights is not None else (1.0,) * len(values)
    need(len(shares) == len(values), "weights", f"as many as values ({len(values)})")
    total = math.fsum(shares)
    need(total > 0, "weights", "a sum above 0")
    mean = math.fsum(value * share for value, share in zip(values, shares, strict=True)) / total
    square = (
        math.fsum((value - mean) ** 2 * share for value, share in zip(values, shares, strict=True)) / total
    )
    return {"mean": mean, "sd": math.sqrt(square)}


COMPLETE: Final[dict[str, Callable[[Given], dict[str, float]]]] = {
    "constant": constant,
    "exponential": exponential,
    "lognormal": lognormal,
    "gamma": gamma,
    "erlang": erlang,
    "uniform": uniform,
    "triangular": triangular,
    "normal": normal,
    "poisson": poisson,
    "negative_binomial": negative_binomial,
    "geometric": geometric,
}
