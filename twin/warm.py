"""The first run on a machine: compiling the kernels once, and saying so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from numba.core import event

from twin.compiled import PREFIX, kernels_folder
from twin.runs.progress import compiling

KEPT = 3  # folders of compiled kernels, the last used ones
IN_USE_S = 86_400.0  # a folder used within a day is not taken from under whoever runs another checkout
KERNELS = 400  # about how many functions are compiled on a first run; for the bar only

# Every kernel of a run has something to do here: a sale that waits, a truck, a supplier, a count, shrink, an outage.
_SMALL = """
name: warm-up
time: {start: 2026-01-01, days: 3}
catalog: {items: [{sku: A, cost: 1, price: 2}, {sku: B, cost: 1, price: 2}]}
network:
  locations: [{id: S, kind: store}, {id: F, kind: fc}, {id: V, kind: supplier}]
  lanes: [{from: V, to: F, transit: 1h}, {from: F, to: S, transit: {dist: exponential, mean: 1h}, departs: "12:00"}]
demand:
  pos: [{at: {ids: [S]}, sku: A, rate: 30/d, size: {dist: geometric, mean: 2}}, {at: {ids: [S]}, sku: B, every: 6h}]
  unmet: {pos: backorder}
inventory: {opening: {units: 3}, shrink: {where: {kind: store}, rate: 1/d}, count: {where: {kind: store}, every: 1d}}
streams: {pos: {latency: 5s, late: {share: .1, delay: 2h}, duplicates: .1, loss: .01}, warehouse: {latency: 1m}}
policies:
  reorder: [{where: {kind: store}, use: base_stock, level: auto, review: 1d}, {where: {kind: fc}, use: r_Q, r: 9, Q: 10}]
disruptions: [{at: 2026-01-02, offline: {ids: [S]}, for: 2h}]
"""

# And every kernel of web orders: what is said in the scenario only chooses among them.
_ORDERS = """
name: warm-up-orders
time: {start: 2026-01-01, days: 1}
catalog: {items: [{sku: A, cost: 1, price: 2}]}
network: {locations: [{id: F, kind: fc}, {id: S, kind: store}]}
demand: {web: [{orders_per_day: 20, checkout: 5m, abandon: .3, pickup_share: .3, views: {}}]}
inventory: {opening: {units: 9}}
operations: {stations: {pick: {at: {kind: fc}, time: 1m, shifts: [{from: "08:00", to: "20:00", servers: 1}]}}}
"""

PARTS = {"tills": _SMALL, "orders": _ORDERS}


class _Teller(event.Listener):  # type: ignore[misc]
    """Passes on which kernel is being compiled, and how many that makes, here or in another process."""

    def __init__(self, tell: Callable[[str, int], None]) -> None:
        self._tell, self._count, self._lock = tell, 0, Lock()

    def say(self, name: str) -> None:
        """A kernel is being compiled."""
        with self._lock:
            self._count += 1
            self._tell(name, self._count)

    def read(self, names: Iterable[str]) -> None:
        """Say what another process compiles, a line each, until it ends."""
        for name in names:
            self.say(name.strip())

    def on_start(self, found: Any) -> None:
        self.say(getattr(found.data.get("dispatcher"), "__name__", "kernel").lstrip("_"))

    def on_end(self, found: Any) -> None:
        pass


def warm_up() -> None:
    """Compile all kernels of a run, unless that was done before: run a tiny scenario and leave a mark in the cache."""
    mark = kernels_folder() / "complete"
    if mark.exists():
        with suppress(OSError):  # of somebody else's, or on a file system that is read only
            os.utime(mark)  # in use: not one of the old ones
        return
    teller = _Teller(lambda name, count: compiling(name, count, max(KERNELS, count)))
    with event.install_listener("numba:compile", teller):
        _beside(teller)
        for part in PARTS:
            _compile(part)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    if mark.parent.name.startswith(PREFIX):
        forget_old(mark.parent.parent)


def _compile(part: str) -> None:
    """Compile a part of all kernels, or take it from the cache: run a tiny scenario that uses all of them."""
    import scenarios
    from twin.body.simulation import Simulation
    from twin.plan.build import build_plan

    Simulation(build_plan(scenarios.loads(PARTS[part])), 1, folder=None).run()
    if part == "tills":
        _warm_large()


def _beside(teller: _Teller) -> None:
    """Have each part compiled by a process of its own, which takes half the time; what one of them fails at is compiled here."""
    if (os.cpu_count() or 1) < len(PARTS):
        return
    command = [sys.executable, "-m", "twin.warm"]
    with ExitStack() as stack:
        workers = [
            stack.enter_context(subprocess.Popen([*command, part], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True))
            for part in PARTS
        ]
        for worker in workers:
            stack.callback(worker.kill)  # where this process is stopped; one that has ended does not mind
        with ThreadPoolExecutor(len(workers)) as readers:
            list(readers.map(teller.read, [worker.stdout for worker in workers]))


def _warm_large() -> None:
    """The kernels that only large models use: those over arrays that are too long for plain Python, or for what is rare."""
    import numpy as np

    from policies.elementwise import lognormal_quantiles, powers
    from policies.kernel import FEW
    from policies.reorder.levels import base_stock_level
    from twin.record.state import new_record, widen
    from twin.world.goods import Load, divided
    from twin.world.measure import add_opening

    many = np.linspace(0.1, 0.9, FEW + 1)
    powers(many, 0.5)
    lognormal_quantiles(0.0, 1.0, many)
    base_stock_level(many, 1.5 * many, 0.9)
    two = np.ones(2, np.int32)
    divided([Load(0, two, two, two, two, 2)], np.arange(2, dtype=np.int32))  # goods that were short
    record = new_record(1, locations=1, window=1, folds_counts=False)
    widen(record, record.senders["size"] * 2)
    for kind in (np.int16, np.int32):
        add_opening(np.zeros(1, kind), np.zeros(1, np.int16), many[:1], np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1))


def forget_old(base: Path, now_s: float | None = None) -> None:
    """Remove the folders of kernels in ``base`` but for the last used `KEPT`, and those used within a day."""
    folders = [folder for folder in base.glob(f"{PREFIX}*") if folder.is_dir()]
    used = {folder: _used_s(folder) for folder in folders}
    now = time.time() if now_s is None else now_s
    for folder in sorted(folders, key=lambda one: used[one], reverse=True)[KEPT:]:
        if now - used[folder] > IN_USE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _used_s(folder: Path) -> float:
    """When a folder of kernels was last used, as far as one can tell, in seconds since the epoch."""
    mark = folder / "complete"
    try:
        return (mark if mark.exists() else folder).stat().st_mtime
    except OSError:  # gone in the meantime
        return 0.0


def main() -> None:
    """``python -m twin.warm``: what set-up calls, so that no first run has to wait.

    With the name of a part: compile that part only, and print the name of each kernel.
    """
    if sys.argv[1:]:
        with event.install_listener("numba:compile", _Teller(lambda name, _: print(name, flush=True))):
            _compile(sys.argv[1])
        return
    from twin.runs.progress import display_for, on_compiling

    display = display_for(sys.stderr)
    on_compiling(display.compiling)
    try:
        warm_up()
    finally:
        on_compiling(None)
        display.stop()


if __name__ == "__main__":
    main()
