"""How soon it answers: the command line's help, and two-stores to its first event, both from a warm cache."""

from __future__ import annotations

import json
import statistics

from tests.bench.figures import Figure
from tests.bench.shell import seconds_of, twin_seconds

TIMES = 10


def measure() -> list[Figure]:
    """Medians over fresh processes."""
    helps = [twin_seconds("--help") for _ in range(TIMES)]
    seconds_of("-m", "tests.bench.first_event")  # compiles
    starts = [seconds_of("-m", "tests.bench.first_event") for _ in range(TIMES // 2)]
    parts = [json.loads(output) for _, output in starts]
    return [
        Figure("`twin --help`, median of 10", statistics.median(helps), "s", "under 0.3"),
        Figure("two-stores to its first event, median of 5", statistics.median(s for s, _ in starts), "s", "under 1.5"),
        *(Figure(f"  of it {part}", statistics.median(p[part] for p in parts), "s") for part in parts[0]),
    ]
