"""``python -m tests.bounds [pytest arguments]``: the tests with bounds checks inside the kernels.

Compiled as usual, a kernel that reads beyond an array reads whatever lies there. The kernels with checks are kept apart in
``.numba-bounds``, below it in a folder for each state of the sources, so that none is ever stale.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = (
    "random", "demand", "channel", "record", "world", "brain", "plan", "orders", "fulfilment", "test_clock.py",
    "test_order_of_events.py",
)  # fmt: skip


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the tests: checks on, a cache of its own, the project's root importable."""
    kept = {name: value for name, value in given.items() if name != "NUMBA_CACHE_DIR"}
    return {**kept, "NUMBA_BOUNDSCHECK": "1", "XDG_CACHE_HOME": str(ROOT / ".numba-bounds"), "PYTHONPATH": str(ROOT)}


def main(arguments: Sequence[str]) -> None:
    """Become pytest; without arguments, over the tests of the core."""
    chosen = list(arguments) or [f"tests/twin/{name}" for name in CORE]
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *chosen], environment(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
