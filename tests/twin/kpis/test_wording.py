from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.kpis.kpi import Unit
from twin.kpis.wording import wording, wording_of_change

UNITS: list[Unit] = ["ratio", "units", "count", "money", "days", "hours", "seconds", "per_year"]


@pytest.mark.parametrize(
    ("unit", "value", "half", "text"),
    [
        ("ratio", 0.96243, 0.0041, "96.24 %"),
        ("ratio", 0.96243, 0.041, "96.2 %"),
        ("ratio", 0.96243, None, "96.24 %"),
        ("ratio", 1.0, 0.0, "100.0 %"),
        ("units", 12345.6, 123.0, "12,346"),
        ("units", 12345.0, None, "12,345"),
        ("units", 4.18694, None, "4.187"),
        ("count", 25.0, None, "25"),
        ("money", 1234567.891, 0.01, "1,234,567.89"),
        ("days", 12.3456, 0.21, "12.35 d"),
        ("per_year", 18.04, 0.05, "18.040 /y"),
        ("seconds", 0.8, None, "800.0 ms"),
        ("seconds", 20.1, 0.3, "20.10 s"),
        ("seconds", 600.0, 60.0, "10.0 min"),
        ("seconds", 7200.0, 720.0, "2.00 h"),
        ("seconds", 0.0, None, "0 s"),
        ("hours", 70.25, 0.5, "70.25 h"),
        ("hours", 0.01, None, "36.00 s"),
        ("hours", 0.0, None, "0 h"),
    ],
)
def test_values(unit: Unit, value: float, half: float | None, text: str) -> None:
    assert wording(unit, [value], [half]).value(value) == text


def test_changes_have_a_sign_and_percentages_change_by_points() -> None:
    words = wording("ratio", [0.0061, -0.002], [0.0021])
    assert words.change(0.0061) == "+0.61 pts"
    assert words.change(-0.002) == "-0.20 pts"
    assert words.change(0.0) == "0.00 pts"
    assert words.change(-1e-9) == "0.00 pts"
    assert words.half(0.0021) == "0.21"


def test_a_row_shares_its_scale() -> None:
    words = wording("seconds", [30.0, 9000.0], [None, 600.0])
    assert [words.value(30.0), words.value(9000.0)] == ["0.01 h", "2.50 h"]


@given(st.sampled_from(UNITS), st.floats(-1e12, 1e12), st.floats(0, 1e9))
def test_every_figure_has_words_near_it(unit: Unit, value: float, half: float) -> None:
    words = wording(unit, [value], [half])
    number = float(words.value(value).split()[0].replace(",", ""))
    assert abs(number / words.factor - value) <= 0.51 * 10**-words.decimals / words.factor + 1e-9 * abs(value)


@pytest.mark.parametrize(
    ("unit", "mean", "half", "text"),
    [
        ("ratio", 2e-9, 1e-9, "+0.00000020 pts ± 0.00000010"),
        ("ratio", 0.0061, 0.0021, "+0.61 pts ± 0.21"),
        ("money", -0.0002, 0.0001, "-0.00020 ± 0.00010"),
        ("units", 120.0, 3.4, "+120.0 ± 3.4"),
    ],
)
def test_a_difference_has_the_digits_of_its_own_interval(unit: Unit, mean: float, half: float, text: str) -> None:
    words = wording_of_change(unit, mean, half)
    assert f"{words.change(mean)} ± {words.half(half)}" == text
