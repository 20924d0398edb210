"""The command line ``twin``. Whatever takes long to import is imported by the command that needs it."""

from __future__ import annotations

import atexit
import gc
import sys


def main() -> None:
    """Entry point of the console script."""
    from twin import _guard

    _guard.check()
    collect_seldom()
    from twin.cli.app import app

    app()


def collect_seldom() -> None:
    """Look for garbage seldom, and at the end not at all.

    What imports make stays. To look through it again and again takes a tenth of every start; to take it apart at the end, a
    quarter of a second.
    """
    gc.set_threshold(50_000)
    atexit.register(_leave_as_it_is)


def _leave_as_it_is() -> None:
    if "duckdb" not in sys.modules:  # which tells of everything that it still finds at the end
        gc.freeze()
