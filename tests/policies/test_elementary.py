"""The elementary functions: right, exact where they must be, and the same bits compiled."""

from __future__ import annotations

import math
import random
import statistics
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import elementary
from policies.elementary import (
    exp,
    log,
    log1p,
    normal_cdf,
    normal_density,
    normal_quantile,
    normal_tail,
    power,
)

TIGHT = 2e-15


def bits(x: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", x))[0])


def relative(found: float, expected: float) -> float:
    return abs(found - expected) / abs(expected)


def spread(low: float, high: float, n: int = 20_000) -> list[float]:
    draw = random.Random(5)
    return [draw.uniform(low, high) for _ in range(n)]


def test_exp_agrees_with_the_c_library() -> None:
    points = spread(-708, 709) + spread(-1, 1) + spread(-1e-9, 1e-9)
    assert max(relative(exp(x), math.exp(x)) for x in points) <= TIGHT


def test_exp_reaches_the_ends_of_a_double() -> None:
    assert exp(709.782712893384) == pytest.approx(sys.float_info.max, rel=1e-12)
    assert exp(709.8) == math.inf
    assert exp(-745.0) == pytest.approx(5e-324, abs=5e-324)
    assert exp(-745.2) == 0.0
    assert exp(math.inf) == math.inf
    assert exp(-math.inf) == 0.0
    assert math.isnan(exp(math.nan))


def test_log_agrees_with_the_c_library() -> None:
    points = [math.exp(x) for x in spread(-708, 709)] + spread(0.5, 2) + [1 + x for x in spread(-1e-6, 1e-6)]
    assert max(relative(log(x), math.log(x)) for x in points if x != 1) <= TIGHT


def test_log_at_its_edges() -> None:
    assert log(0.0) == log(-0.0) == -math.inf
    assert math.isnan(log(-1.0))
    assert math.isnan(log(math.nan))
    assert log(math.inf) == math.inf
    assert log(5e-324) == pytest.approx(math.log(5e-324), rel=TIGHT)


def test_log1p_keeps_tiny_arguments() -> None:
    points = spread(-0.999, 3) + [10**x for x in spread(-300, -1)] + [-(10**x) for x in spread(-300, -1)]
    assert max(relative(log1p(x), math.log1p(x)) for x in points) <= TIGHT
    assert log1p(0.0) == 0.0


def test_power_of_a_popularity_law() -> None:
    # Zipf-Mandelbrot weights: what power is there for.
    assert max(relative(power(r + 100.0, -1.08), (r + 100.0) ** -1.08) for r in range(1, 50_000)) <= 1e-14


def test_normal_tail_agrees_with_the_c_library() -> None:
    # math.erfc(x / sqrt 2) magnifies the rounding of its argument by x²: compare no closer than that.
    for x in spread(0, 25, 5_000):
        assert relative(normal_tail(x), math.erfc(x / math.sqrt(2)) / 2) <= TIGHT + 2.3e-16 * x * x


@pytest.mark.parametrize(
    ("x", "tail"),
    [  # 20 digits by erfc at 50 digits of precision
        (0.5, 0.30853753872598689636),
        (1.0, 0.15865525393145705141),
        (3.0, 0.0013498980316300945267),
        (8.0, 6.2209605742717841235e-16),
        (20.0, 2.7536241186062336951e-89),
    ],
)
def test_normal_tail_to_the_last_digits(x: float, tail: float) -> None:
    assert relative(normal_tail(x), tail) <= TIGHT


def test_normal_cdf_is_symmetric_and_bounded() -> None:
    assert all(abs(normal_cdf(x) + normal_cdf(-x) - 1) <= 2.3e-16 for x in spread(-10, 10, 2_000))
    assert normal_cdf(-50.0) == 0.0
    assert normal_cdf(50.0) == 1.0
    assert math.isnan(normal_cdf(math.nan))


def test_normal_density_agrees_with_the_standard_library() -> None:
    normal = statistics.NormalDist()
    assert max(relative(normal_density(x), normal.pdf(x)) for x in spread(-8, 8, 2_000)) <= 1e-14


def test_normal_quantile_agrees_with_the_standard_library() -> None:
    normal = statistics.NormalDist()
    points = spread(0.001, 0.999) + [10**x for x in spread(-300, -1)]
    assert max(relative(normal_quantile(p), normal.inv_cdf(p)) for p in points if p != 0.5) <= TIGHT


def test_normal_quantile_at_its_edges() -> None:
    assert normal_quantile(0.0) == -math.inf
    assert normal_quantile(1.0) == math.inf
    assert all(math.isnan(normal_quantile(p)) for p in (-0.1, 1.1, math.nan))


@given(st.floats(min_value=1e-12, max_value=1 - 1e-12))
def test_quantile_undoes_the_distribution(p: float) -> None:
    assert normal_cdf(normal_quantile(p)) == pytest.approx(p, rel=1e-13)


EDGES = [0.0, -0.0, 1.0, -1.0, 5e-324, 1e308, -1e308, math.inf, -math.inf, math.nan, 0.425, 0.075, 1 - 1e-16]


@pytest.mark.parametrize("name", ["exp", "log", "log1p", "normal_cdf", "normal_density", "normal_quantile"])
def test_compiled_and_plain_give_the_same_bits(name: str) -> None:
    function = getattr(elementary, name)
    points = EDGES + spread(0, 1, 3_000) + spread(-800, 800, 3_000)
    points += [10**x for x in spread(-300, 300, 3_000)]
    compiled = function.compiled
    for x in points:
        plain, fast = function(x), compiled(x)
        assert bits(plain) == bits(fast) or (math.isnan(plain) and math.isnan(fast)), (name, x)


def test_importing_it_loads_neither_numpy_nor_numba() -> None:
    code = "import sys, policies.elementary; print({'numpy', 'numba'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
