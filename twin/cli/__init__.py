"""The command line ``twin``. Whatever takes long to import is imported by the command that needs it."""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    from twin import _guard

    _guard.check()
    from twin.cli.app import app

    app()
