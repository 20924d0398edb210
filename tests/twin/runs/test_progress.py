"""What is shown while a run goes on."""

from __future__ import annotations

import io
import sys
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from twin.runs import progress
from twin.runs.progress import Bar, Display, Lines, Report

DAY = 86_400_000_000
NOV_2 = 20_759 * DAY  # 2026-11-02T00:00Z


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_share_counts_finished_replications_and_those_under_way() -> None:
    display = Display()
    display.start("two-stores", 4)
    display.done("base-1", 10)
    display.report("base-2", Report(5, 0, 10, 3))
    display.report("base-2", Report(8, 0, 10, 5))
    assert display.share == pytest.approx((1 + 0.8) / 4)
    display.again("base-2", 1)
    assert display.share == pytest.approx(1 / 4)


def test_an_empty_horizon_is_done() -> None:
    assert Report(0, 0, 0, 0).share == 1.0


def test_the_date_is_that_of_the_scenarios_zone() -> None:
    display = Display(ZoneInfo("America/New_York"))
    assert display.date() == ""
    display.report("base-1", Report(NOV_2, NOV_2, NOV_2 + DAY, 0))
    assert display.date() == "2026-11-01"


@pytest.mark.parametrize(
    ("per_second", "text"),
    [
        (0.0, ""),
        (850.4, "850 events/s"),
        (1234.0, "1.2 k events/s"),
        (12_345.0, "12 k events/s"),
        (4.2e6, "4.2 M events/s"),
    ],
)
def test_rates_are_readable(per_second: float, text: str) -> None:
    assert progress.rate(per_second) == text


def test_without_a_terminal_lines_come_now_and_then() -> None:
    out = io.StringIO()
    display = Lines(stream=out, every_s=3600)
    display.start("two-stores", 2)
    for now in range(100):
        display.report("base-1", Report(now, 0, 100, now))
    display.done("base-1", 100)
    assert out.getvalue() == ""
    display.done("base-2", 100)
    assert out.getvalue().startswith("two-stores: 2 of 2")
    assert "\x1b" not in out.getvalue() and "\r" not in out.getvalue()


def test_without_a_terminal_every_report_is_a_line_when_asked() -> None:
    out = io.StringIO()
    display = Lines(stream=out, every_s=0)
    display.start("two-stores", 1)
    display.report("base-1", Report(NOV_2, NOV_2, NOV_2 + DAY, 5))
    assert "two-stores: 0 of 1 · 2026-11-02" in out.getvalue()


def test_compilation_is_said_once_in_lines() -> None:
    out = io.StringIO()
    display = Lines(stream=out)
    display.compiling("a", 1, 3)
    display.compiling("b", 2, 3)
    assert out.getvalue() == "compiling 3 kernels (on the first run only)\n"


def test_on_a_terminal_there_is_a_bar_with_date_and_kernels() -> None:
    out = Terminal()
    display = progress.display_for(out)
    assert isinstance(display, Bar)
    display.compiling("shelf.advance", 2, 9)
    display.start("two-stores", 1)
    display.report("base-1", Report(NOV_2, NOV_2, NOV_2 + DAY, 5))
    display.note("the worker died")
    display.done("base-1", 7)
    display.stop()
    assert "2 of 9 · shelf.advance" in out.getvalue()
    assert "1 of 1 · 2026-11-02" in out.getvalue()
    assert "100 %" in out.getvalue()


def test_the_last_line_shows_the_end() -> None:
    out = io.StringIO()
    shown = Lines(ZoneInfo("America/New_York"), out)
    start, end = 1_793_595_600_000_000, 1_793_595_600_000_000 + 3 * 86_400_000_000
    shown.start("small", 1, end)
    shown.report("base-1", Report(start, start, end, 1))
    shown.done("base-1", 10)
    assert "1 of 1 · 2026-11-05" in out.getvalue()


def test_the_building_of_plans_is_said() -> None:
    out = io.StringIO()
    Lines(UTC, out).building("small")
    assert out.getvalue() == "small: building the plan\n"
    terminal = Terminal()
    bar = Bar(UTC, terminal)
    bar.building("small")
    bar.start("small", 1)
    bar.stop()
    assert "small: building the plan" in terminal.getvalue()


def test_a_file_is_no_terminal() -> None:
    assert isinstance(progress.display_for(io.StringIO()), Lines)


def test_a_listener_hears_of_compilation_until_it_is_taken_away() -> None:
    heard: list[tuple[str, int, int]] = []
    progress.on_compiling(lambda name, i, n: heard.append((name, i, n)))
    progress.compiling("a", 1, 2)
    progress.on_compiling(None)
    progress.compiling("b", 2, 2)
    assert heard == [("a", 1, 2)]


def test_the_module_is_light() -> None:
    import subprocess

    code = "import sys, twin.runs.progress; assert not {'rich', 'numpy', 'numba'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
