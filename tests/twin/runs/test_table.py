from __future__ import annotations

import io
import random

import pytest

from twin.kpis.definitions import KPIS
from twin.kpis.summary import Series, Values, series_of
from twin.runs.table import plain_text, print_kpis, print_series


def several(variants: int = 2, replications: int = 8) -> dict[str, dict[str, dict[int, float]]]:
    """Variant i fills i/100 better, and costs the same."""
    rng = random.Random(4)
    noise = {r: rng.gauss(0, 0.002) for r in range(1, replications + 1)}
    names = ["base", "cheaper-routing", "no-shrink", "late-supplier"][:variants]
    return {
        name: {
            "fill_rate": {r: 0.95 + i / 100 + e for r, e in noise.items()},
            "lost_units": {r: 100.0 - 20 * i + rng.gauss(0, 100) for r in noise},
            "on_hand_mean": {r: 12345.0 + 500 * i + 1000 * e for r, e in noise.items()},
            "backorders_mean": dict.fromkeys(noise, 0.0),
            "cost_total": dict.fromkeys(noise, 9876.5),
        }
        for i, name in enumerate(names)
    }


def printed(values: Values, **options: str) -> list[str]:
    out = io.StringIO()
    print_kpis(values, file=out, **options)  # type: ignore[arg-type]
    return out.getvalue().splitlines()


def line(lines: list[str], kpi: str) -> str:
    return next(text for text in lines if text.split()[:1] == [kpi])


def test_variants_stand_side_by_side_with_their_difference_from_the_baseline() -> None:
    lines = printed(several(), title="two-stores")
    assert lines[0] == "two-stores"
    head = next(text for text in lines if "base" in text)
    assert head.split() == ["base", "cheaper-routing", "difference"]
    assert line(lines, "fill_rate").endswith("better")
    assert "+1.000 pts" in line(lines, "fill_rate")
    assert line(lines, "lost_units").endswith("not significant")
    assert line(lines, "on_hand_mean").endswith("higher")
    assert line(lines, "cost_total").endswith("same")
    assert "Differences are paired by replication: both sides share their random numbers." in lines
    assert "± is half of the 95% interval over 8 replications." in lines


def test_a_small_difference_beside_a_large_one_keeps_its_digits() -> None:
    """Digits come from a difference's own interval, in every layout: what is better is never `0 ± 0`."""
    random.seed(3)
    noise = {r: random.gauss(0, 0.1) for r in range(1, 9)}
    base = {"fill_rate": {r: 0.5 + e for r, e in noise.items()}}
    tiny = {"fill_rate": {r: 0.5 + e + 2e-6 + e * 1e-7 for r, e in noise.items()}}
    wild = {"fill_rate": {r: 0.5 + random.gauss(0, 0.3) for r in noise}}
    lines = printed({"base": base, "wild": wild, "tiny": tiny})
    assert "+0.00020037 pts ± 0.00000078 better" in line(lines, "fill_rate")
    assert line(lines, "fill_rate").endswith("better")


def test_orders_have_a_group_of_their_own_where_there_are_any() -> None:
    orders = {"order_cycle_p95": 70.25, "split_rate": 0.125, "orders": 1200.0, "pick_wait_mean": 0.01}
    values = {"base": several(1)["base"] | {name: {1: value} for name, value in orders.items()}}
    lines = printed(values)
    assert [text for text in lines if text in ("Service", "Orders", "Stock", "Money")] == ["Service", "Orders", "Stock", "Money"]
    assert line(lines, "split_rate").split()[1:3] == ["12.50", "%"]
    assert line(lines, "order_cycle_p95").split()[1:3] == ["70.25", "h"]
    assert line(lines, "pick_wait_mean").split()[1:3] == ["36.00", "s"]
    assert "Orders" not in printed(several())


def test_groups_come_in_their_order_and_zeros_are_gathered() -> None:
    lines = printed(several())
    heads = [text for text in lines if text in ("Service", "Stock", "Record", "Money")]
    assert heads == ["Service", "Stock", "Money"]
    assert "Zero throughout: backorders_mean." in lines
    assert not any(text.split()[:1] == ["backorders_mean"] for text in lines)


def test_columns_are_aligned() -> None:
    lines = printed(several())
    rows = [line(lines, kpi) for kpi in ("fill_rate", "lost_units", "on_hand_mean", "cost_total")]
    assert len({text.index("±") for text in rows}) == 1
    assert len({len(text[: text.index("±")].rstrip()) for text in rows}) == 1  # values end in one column


def test_one_replication_says_that_it_is_one() -> None:
    lines = printed(several(variants=1, replications=1))
    assert not any("±" in text for text in lines)
    assert any(text.startswith("One replication: no interval.") for text in lines)


def test_two_variants_of_one_replication_show_a_difference_without_a_verdict() -> None:
    lines = printed(several(replications=1))
    assert line(lines, "fill_rate").endswith("+1.000 pts")
    assert line(lines, "cost_total").endswith("same")


def test_another_baseline() -> None:
    lines = printed(several(), baseline="cheaper-routing")
    assert line(lines, "fill_rate").endswith("worse")


def test_a_kpi_that_some_replications_cannot_tell_is_named() -> None:
    values = several()
    del values["base"]["fill_rate"][3]
    assert "Not told by every replication: fill_rate (7 of 8)." in printed(values)


def test_nothing_finished() -> None:
    assert printed({}) == ["No replication is finished: there is nothing to show."]
    assert "No replication is finished" in printed({"base": {}})[0]


def test_other_seeds_are_not_called_paired() -> None:
    values = several()
    series = [Series("a", values["base"]), Series("b", values["cheaper-routing"], "a", matched=False)]
    text = plain_text(series)
    assert "Seeds differ" in text
    assert "Differences are paired" not in text


def test_plain_lines_are_never_wrapped_nor_coloured() -> None:
    text = plain_text(series_of(several(variants=4)))
    assert "\x1b" not in text
    assert all(not line.endswith(" ") for line in text.splitlines())
    heads = [line.split() for line in text.splitlines() if "no-shrink" in line]
    assert heads == [
        ["base", "cheaper-routing", "difference", "no-shrink", "difference", "late-supplier", "difference"]
    ]


def test_an_encoding_without_the_sign_gets_another() -> None:
    text = plain_text(series_of(several()), encoding="ascii")
    assert text.isascii()
    assert "+- " in text


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [78, 110, 200])
def test_a_terminal_keeps_to_its_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    print_series(series_of(several(variants=4)), file=out)
    assert "\x1b[" in out.getvalue()
    lines = _without_colour(out.getvalue()).splitlines()
    assert max(len(text.rstrip()) for text in lines) <= width
    assert not any("…" in text for text in lines if text.startswith("  "))
    tables = [text for text in lines if "base" in text.split()]
    assert [name for text in tables for name in text.split() if name == "difference"] == ["difference"] * 3
    assert (len(tables) == 1) is (width == 200)  # what does not fit goes into another table
    shown = [text for text in lines if text.strip().startswith("fill_rate")]
    assert all("better" in text for text in shown)


def test_every_kpi_can_be_shown() -> None:
    values = {"base": {name: {1: 1.5, 2: 2.5} for name in KPIS}}
    lines = printed(values)
    for name in KPIS:
        assert line(lines, name)


def _without_colour(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)
