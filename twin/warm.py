"""The first run on a machine: compiling the kernels once, and saying so."""

from __future__ import annotations

from typing import Any

from numba.core import event

from twin.compiled import kernels_folder
from twin.runs.progress import compiling

KERNELS = 60  # about how many functions are compiled on a first run; for the bar only

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


class _Teller(event.Listener):  # type: ignore[misc]
    """Passes on which kernel is being compiled."""

    def __init__(self) -> None:
        self.count = 0

    def on_start(self, found: Any) -> None:
        self.count += 1
        name = getattr(found.data.get("dispatcher"), "__name__", "kernel")
        compiling(name.lstrip("_"), self.count, max(KERNELS, self.count))

    def on_end(self, found: Any) -> None:
        pass


def warm_up() -> None:
    """Compile all kernels of a run, unless that was done before: run a tiny scenario and leave a mark in the cache."""
    mark = kernels_folder() / "complete"
    if mark.exists():
        return
    import scenarios
    from twin.body.simulation import Simulation
    from twin.plan.build import build_plan

    with event.install_listener("numba:compile", _Teller()):
        Simulation(build_plan(scenarios.loads(_SMALL)), 1, folder=None).run()
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def main() -> None:
    """``python -m twin.warm``: what set-up calls, so that no first run has to wait."""
    import sys

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
