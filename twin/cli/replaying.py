"""``twin replay``: a recorded feed, as demand for the world or as events for record and policies alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twin.cli import options
from twin.cli.errors import fail, reported
from twin.cli.running import run_and_show


def replay(
    feed: Annotated[Path, typer.Argument(metavar="FEED", help="A recorded feed: .parquet, .csv or .jsonl.")],
    scenario: Annotated[
        str,
        typer.Option("--scenario", metavar="S", help="The scenario that it is put into: a file, or a name."),
    ],
    taken_as: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="demand|events",
            help="demand: the world reacts to it; events: the record and policies alone see it.",
        ),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="OURS=THEIRS", help="A column of the feed with another name; many times."
        ),
    ] = None,
    strict: options.StrictOption = False,
    replications: options.ReplicationsOption = None,
    seed: options.SeedOption = None,
    days: options.DaysOption = None,
    sets: options.SetOption = None,
    variants: options.VariantOption = None,
    out: options.OutOption = Path("runs"),
    events: options.EventsOption = False,
    jobs: options.JobsOption = 1,
    as_json: options.JsonOption = False,
) -> None:
    """Put a recorded feed through a scenario, as demand or as events."""
    mapping = _mapping(columns or [])
    with reported():
        from twin.runs.execute import How
        from twin.runs.replaying import prepare

        how = How(out=out, jobs=jobs, keep_events=events, variants=variants or None)
        resolved, how = prepare(
            feed, scenario, taken_as, how, columns=mapping, strict=strict, replications=replications,
            seed=seed, days=days, sets=sets or (), option="--",
        )  # fmt: skip
        run_and_show(resolved, how, as_json=as_json, profile=False)


def _mapping(columns: list[str]) -> dict[str, str]:
    mapping = {}
    for column in columns:
        ours, equals, theirs = column.partition("=")
        if not (ours and equals and theirs):
            raise fail(f"--column: found {column}; expected OURS=THEIRS, for instance sku=article")
        mapping[ours] = theirs
    return mapping
