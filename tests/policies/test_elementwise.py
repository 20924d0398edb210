"""Elementary functions over arrays: the bits of one by one, however many there are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from policies.elementary import exp, normal_quantile, power
from policies.elementwise import lognormal_quantiles, powers
from policies.kernel import FEW

Many = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@pytest.mark.parametrize("count", [0, 7, FEW + 1])
@pytest.mark.parametrize(
    ("many", "one"),
    [
        (lambda p: powers(p, -1.08), lambda p: power(p, -1.08)),
        (lambda p: lognormal_quantiles(1.1, 0.7, p), lambda p: exp(1.1 + 0.7 * normal_quantile(p))),
    ],
)
def test_many_get_what_one_gets(many: Many, one: Callable[[float], float], count: int) -> None:
    p = (np.arange(count) + 0.5) / max(count, 1)
    assert many(p).tolist() == [one(each) for each in p.tolist()]
