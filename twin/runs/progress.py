"""How far a run is: a bar with the simulated date on a terminal, elsewhere a plain line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LINE_EVERY_S = 10.0
Compiling = Callable[[str, int, int], None]

_listener: Compiling | None = None


def compiling(name: str, i: int, n: int) -> None:
    """Tell whoever watches that kernel `i` of `n` (from 1), called `name`, is about to be compiled."""
    if _listener is not None:
        _listener(name, i, n)


def on_compiling(listener: Compiling | None) -> None:
    """Have `listener` called by `compiling` in this process from now on; None: nobody."""
    global _listener
    _listener = listener


@dataclass(frozen=True)
class Report:
    """How far one replication is. Times in µs since the Unix epoch; ``events`` counted since its start."""

    now_us: int
    start_us: int
    end_us: int
    events: int

    @property
    def share(self) -> float:
        """Share of the horizon that is done, 0 to 1."""
        length = self.end_us - self.start_us
        return min(1.0, max(0.0, (self.now_us - self.start_us) / length)) if length > 0 else 1.0


class Display:
    """Keeps count of a run's replications; shows nothing by itself.

    A replication is known by its key, such as ``base-3``.
    """

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.name = ""
        self.total = 0
        self.finished = 0
        self.events = 0  # of finished replications
        self.now_us: int | None = None
        self.end_us: int | None = None
        self._running: dict[str, Report] = {}
        self._began = time.monotonic()

    def building(self, name: str) -> None:
        """The plans of a run called `name` are being built."""

    def start(self, name: str, total: int, end_us: int | None = None) -> None:
        """A run called `name` of `total` replications begins, each up to `end_us`."""
        self.name, self.total, self.end_us = name, total, end_us
        self._began = time.monotonic()
        self._show()

    def report(self, key: str, report: Report) -> None:
        """A running replication says how far it is."""
        self._running[key] = report
        self.now_us = report.now_us
        self._show()

    def done(self, key: str, events: int) -> None:
        """A replication has finished after `events` events."""
        self._running.pop(key, None)
        self.finished += 1
        self.events += events
        if self.finished == self.total and self.end_us is not None:
            self.now_us = self.end_us
        self._show()

    def again(self, key: str, deaths: int) -> None:
        """The worker of a replication died, for the `deaths`-th time; it is run again."""
        self._running.pop(key, None)
        self.note(f"the worker of {key} died; running it again ({deaths})")

    def compiling(self, name: str, i: int, n: int) -> None:
        """Kernel `i` of `n` is being compiled."""

    def note(self, text: str) -> None:
        """Something to know that is not an error."""

    def stop(self) -> None:
        """The run is over, whichever way."""

    def _show(self) -> None:
        """Bring what is seen up to date."""

    @property
    def share(self) -> float:
        """Share of all replications that is done, those under way included."""
        under_way = sum(report.share for report in self._running.values())
        return (self.finished + under_way) / self.total if self.total else 0.0

    @property
    def events_per_second(self) -> float:
        """Events of all replications over the time since `start`."""
        elapsed = time.monotonic() - self._began
        events = self.events + sum(report.events for report in self._running.values())
        return events / elapsed if elapsed > 0 else 0.0

    def date(self) -> str:
        """Simulated date of the latest report, in the scenario's time zone; empty before the first."""
        if self.now_us is None:
            return ""
        return f"{datetime.fromtimestamp(self.now_us / 1e6, self.zone):%Y-%m-%d}"

    def state(self) -> str:
        """For instance ``3 of 10 · 2026-11-14 · 4.2 M events/s``."""
        parts = [f"{self.finished} of {self.total}", self.date(), rate(self.events_per_second)]
        return " · ".join(part for part in parts if part)


class Lines(Display):
    """Without a terminal: a plain line when something begins or ends, and every ten seconds in between."""

    def __init__(
        self, zone: tzinfo = UTC, stream: TextIO | None = None, every_s: float = LINE_EVERY_S
    ) -> None:
        super().__init__(zone)
        self._stream = stream
        self._every_s = every_s
        self._last = time.monotonic()
        self._compiling = False

    def building(self, name: str) -> None:
        self._print(f"{name}: building the plan")

    def compiling(self, name: str, i: int, n: int) -> None:
        if not self._compiling:
            self._compiling = True
            self._print(f"compiling {n} kernels (on the first run only)")

    def note(self, text: str) -> None:
        self._print(text)

    def _show(self) -> None:
        over = self.total > 0 and self.finished == self.total
        if over or time.monotonic() - self._last >= self._every_s:
            self._print(f"{self.name}: {self.state()}")

    def _print(self, text: str) -> None:
        self._last = time.monotonic()
        print(text, file=self._stream or sys.stderr, flush=True)


class Bar(Display):
    """On a terminal: a bar of all replications, and one of the kernels while a first run compiles them."""

    def __init__(self, zone: tzinfo = UTC, stream: TextIO | None = None) -> None:
        super().__init__(zone)
        self._stream = stream
        self._bars: Progress | None = None
        self._run: TaskID | None = None
        self._kernels: TaskID | None = None
        self._plan: TaskID | None = None

    def building(self, name: str) -> None:
        self._plan = self._progress().add_task(f"{name}: building the plan", total=None, state="")

    def start(self, name: str, total: int, end_us: int | None = None) -> None:
        super().start(name, total, end_us)
        for finished in (self._plan, self._kernels):
            if finished is not None:
                self._progress().remove_task(finished)
        self._plan = self._kernels = None
        self._run = self._progress().add_task(name, total=1.0, state=self.state())

    def compiling(self, name: str, i: int, n: int) -> None:
        bars = self._progress()
        if self._kernels is None:
            self._kernels = bars.add_task("compiling (first run only)", total=n, state="")
        bars.update(self._kernels, completed=i - 1, total=n, state=f"{i} of {n} · {name}", visible=True)
        bars.refresh()  # the compiler keeps the interpreter busy: the bar's own thread may not get to it

    def note(self, text: str) -> None:
        self._progress().console.print(text, highlight=False, markup=False)

    def stop(self) -> None:
        if self._bars is not None:
            if self._plan is not None:  # what is built, or could not be, leaves no line behind
                self._bars.remove_task(self._plan)
                self._plan = None
            self._bars.stop()

    def _show(self) -> None:
        if self._run is None:
            return
        bars = self._progress()
        if self._kernels is not None:
            bars.remove_task(self._kernels)
            self._kernels = None
        bars.update(self._run, completed=self.share, state=self.state())

    def _progress(self) -> Progress:
        if self._bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (
                TextColumn("[bold]{task.description}"),
                BarColumn(bar_width=28),
                TextColumn("{task.percentage:>3.0f} %"),
                TextColumn("{task.fields[state]}"),
                TimeRemainingColumn(),
            )
            self._bars = Progress(
                *columns, console=Console(file=self._stream or sys.stderr), refresh_per_second=8
            )
            self._bars.start()
        return self._bars


def display_for(stream: TextIO, zone: tzinfo = UTC) -> Display:
    """A bar where `stream` is a terminal, plain lines where it is not."""
    return Bar(zone, stream) if stream.isatty() else Lines(zone, stream)


def rate(per_second: float) -> str:
    """Events per second as one reads them: ``850 events/s``, ``12 k events/s``, ``4.2 M events/s``."""
    for size, sign in ((1e6, "M"), (1e3, "k")):
        if per_second >= size:
            figure = per_second / size
            return f"{figure:.1f} {sign} events/s" if figure < 10 else f"{figure:.0f} {sign} events/s"
    return f"{per_second:.0f} events/s" if per_second >= 1 else ""
