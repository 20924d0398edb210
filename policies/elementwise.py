"""Functions of :mod:`policies.elementary` over arrays, compiled where these are long; the same bits either way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.elementary import exp, normal_quantile, power
from policies.kernel import FEW, kernel


@kernel
def _fill_powers(x: NDArray[np.float64], y: float, out: NDArray[np.float64]) -> None:
    for i in range(x.size):
        out[i] = power(x[i], y)


@kernel
def _fill_lognormal(center: float, spread: float, p: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(p.size):
        out[i] = exp(center + spread * normal_quantile(p[i]))


def powers(x: NDArray[np.float64], y: float) -> NDArray[np.float64]:
    """Return each ``x`` to the power of ``y``.

    Parameters
    ----------
    x : array of float, shape (n,)
        Above 0.

    Examples
    --------
    >>> powers(np.array([1.0, 2.0, 4.0]), 0.5).round(12).tolist()
    [1.0, 1.414213562373, 2.0]
    """
    out = np.empty(x.size)
    fill = _fill_powers.compiled if x.size > FEW else _fill_powers
    fill(x, y, out)
    return out


def lognormal_quantiles(center: float, spread: float, p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quantiles of e^(center + spread Z), Z standard normal, at each probability ``p``.

    Parameters
    ----------
    center, spread : float
        Mean and standard deviation of the logarithm.
    p : array of float, shape (n,)
        Strictly between 0 and 1.

    Examples
    --------
    >>> lognormal_quantiles(0.0, 1.0, np.array([0.5, 0.95])).round(12).tolist()
    [1.0, 5.180251602233]
    """
    out = np.empty(p.size)
    fill = _fill_lognormal.compiled if p.size > FEW else _fill_lognormal
    fill(center, spread, p, out)
    return out
