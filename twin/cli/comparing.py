"""``twin compare``: the KPIs of runs side by side, with differences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.errors import fail, reported


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Run folders; the first is the baseline.")
    ],
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Also write a report: one file, nothing fetched."),
    ] = None,
) -> None:
    """Show the KPIs of runs side by side, with differences.

    Differences are taken replication by replication where seeds are the same. One run alone: its variants.
    """
    with reported():
        from twin.runs.compare import compare as compare_runs

        if html is not None and not html.parent.is_dir():
            raise fail(f"--html: {html.parent}: no such folder")
        comparison = compare_runs(runs)
        comparison.print()
        if html is not None:
            comparison.write_html(html)
            typer.echo(f"report: {html}")
