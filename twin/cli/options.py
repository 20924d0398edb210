"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli.errors import fail

ReplicationsOption = Annotated[
    int | None, typer.Option("--replications", metavar="N", help="Replications, instead of the scenario's.")
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="Seed, instead of the scenario's.")
]
DaysOption = Annotated[
    float | None, typer.Option("--days", metavar="N", help="Days measured, instead of the scenario's.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY.PATH=VALUE", help="Change one value; may be given many times."),
]
VariantOption = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        metavar="NAME",
        help="Run this variant ('base': the scenario itself); default: all of them.",
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Put the run folder in this folder.", show_default=True)
]
EventsOption = Annotated[bool, typer.Option("--events", help="Keep the event log.")]
JobsOption = Annotated[
    int, typer.Option("--jobs", metavar="N", help="Processes; 0: as many as there are processors.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="local|dask://HOST:PORT", help="Where replications run.")
]
ProfileOption = Annotated[
    bool, typer.Option("--profile", help="Show where the first replication's time goes.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Refuse a feed with bad rows.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print kpis.json and nothing else.")]


def check_engine(engine: str) -> None:
    """Refuse engines that are not there.

    Raises
    ------
    typer.Exit
        With status 2, for anything but ``local``.
    """
    if engine == "local":
        return
    if engine.startswith("dask://"):
        raise fail(f"--engine: {engine}: running on Dask is not built yet; use --engine local with --jobs")
    raise fail(f"--engine: found {engine}; expected local")
