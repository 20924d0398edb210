"""Quantiles of the gamma law, from arithmetic that gives the same bits everywhere."""

from __future__ import annotations

import math

from policies.elementary import exp, log, normal_quantile
from policies.kernel import kernel

_LANCZOS = (
    76.18009172947146,
    -86.50532032941677,
    24.01409824083091,
    -1.231739572450155,
    0.1208650973866179e-2,
    -0.5395239384953e-5,
)


@kernel
def log_gamma(x: float) -> float:
    """ln Γ(x) for x > 0 to 2e-10 (Lanczos 1964)."""
    shifted = x + 5.5
    series = 1.000000000190015
    for i in range(6):
        series += _LANCZOS[i] / (x + 1.0 + i)
    return (x + 0.5) * log(shifted) - shifted + log(2.5066282746310005 * series / x)


@kernel
def gamma_cdf(shape: float, x: float) -> float:
    """Regularised lower incomplete gamma function P(shape, x): series below the mean, continued fraction above."""
    if x <= 0.0:
        return 0.0
    front = exp(shape * log(x) - x - log_gamma(shape))
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        while term > total * 1e-17:
            n += 1.0
            term *= x / n
            total += term
        return total * front
    b = x + 1.0 - shape
    c, d = 1e300, 1.0 / b
    fraction = d
    for i in range(1, 2000):
        a = -i * (i - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        fraction *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return 1.0 - front * fraction


@kernel
def gamma_quantile(shape: float, p: float) -> float:
    """The x with P(shape, x) = p, by bisection from the Wilson-Hilferty guess."""
    if p <= 0.0:
        return 0.0
    z = normal_quantile(p)
    guess = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    high = max(shape * guess * guess * guess, 1e-12) * 2.0 + 1e-12
    while gamma_cdf(shape, high) < p:
        high *= 2.0
    low = 0.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        if gamma_cdf(shape, middle) < p:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
