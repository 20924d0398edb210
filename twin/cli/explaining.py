"""``twin explain``: an order's life, and why it went where it went."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from twin.cli import options
from twin.cli.errors import reported


def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    order: Annotated[
        int | None,
        typer.Argument(metavar="ORDER", help="Its number, from 1 in the order in which carts come; left out: some to look at."),
    ] = None,
    variant: Annotated[
        str | None, typer.Option("--variant", metavar="NAME", help="Of this variant; default: the first of the run.")
    ] = None,
    replication: Annotated[int, typer.Option("--replication", metavar="N", help="Of this replication.", show_default=True)] = 1,
    as_json: options.JsonOption = False,
) -> None:
    """Tell why an order went where it went, and all that became of it; the replication is simulated again.

    Without ORDER: some orders that were split, rejected, backordered, cancelled or late.
    """
    with reported():
        import json
        from zoneinfo import ZoneInfo

        from twin.runs.explaining import explain as explain_order
        from twin.runs.explaining import notable
        from twin.runs.progress import display_for
        from twin.runs.results import load_run

        opened = load_run(run)
        display = display_for(sys.stderr, ZoneInfo("UTC"))
        told = (
            notable(opened, variant=variant, replication=replication, display=display)
            if order is None
            else explain_order(opened, order, variant=variant, replication=replication, display=display)
        )
        if as_json:
            typer.echo(json.dumps(told.to_dict(), indent=2, ensure_ascii=False))
        else:
            told.print()
