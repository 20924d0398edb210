"""Start two-stores and stop at the first event that the record hears; prints the seconds of each part as JSON.

A process of its own: ``python -m tests.bench.first_event``.
"""

from __future__ import annotations

import json
import time

_PARTS: dict[str, float] = {}
_last = time.perf_counter()


class FirstEvent(Exception):
    """The record has heard something."""


def _part(name: str) -> None:
    global _last
    now = time.perf_counter()
    _PARTS[name], _last = now - _last, now


def main(scenario: str = "two-stores") -> None:
    """Import, load, build, start, stop."""
    from twin.cli import collect_seldom

    collect_seldom()
    import twin.cli.app  # noqa: F401

    _part("import of the command line")
    import scenarios

    resolved = scenarios.load(scenario)
    _part("load of the scenario, import of its schema")
    from twin.body.simulation import Simulation
    from twin.clock import HOUR, Phase

    _part("import of the simulator")
    from twin.simulate import build

    plan = build(resolved)
    _part("plan")
    simulation = Simulation(plan, 1, folder=None)
    start, tills = plan.scenario.start_us, len(plan.network.locations)

    def look() -> None:
        if simulation.brain.record.senders["heard_to"][:tills].max() > start:
            raise FirstEvent
        simulation.clock.at(simulation.clock.time + HOUR, Phase.MEASURE, look)

    simulation.clock.at(start, Phase.MEASURE, look)
    try:
        simulation.run()
    except FirstEvent:
        _part("first calls, to the first event")
        print(json.dumps(_PARTS))


if __name__ == "__main__":
    main()
