"""``twin replay``: a recorded feed, as demand for the world or as events for record and policies alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twin.cli import options
from twin.cli.errors import fail, reported
from twin.cli.running import run_and_show

if TYPE_CHECKING:
    from scenarios import Resolved

LISTED = 10  # bad rows named one by one


class As(StrEnum):
    """How a feed is taken."""

    demand = "demand"
    events = "events"


def replay(
    feed: Annotated[Path, typer.Argument(metavar="FEED", help="A recorded feed: .parquet, .csv or .jsonl.")],
    scenario: Annotated[
        str,
        typer.Option("--scenario", metavar="S", help="The scenario that it is put into: a file, or a name."),
    ],
    taken_as: Annotated[
        As,
        typer.Option(
            "--as", help="demand: the world reacts to it; events: the record and policies alone see it."
        ),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="OURS=THEIRS", help="A column of the feed with another name; many times."
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a feed with bad rows.")] = False,
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
        from twin.runs.execute import How, resolve

        if not feed.is_file():
            raise fail(f"{feed}: no such feed")
        edits = list(sets or ())
        how = How(out=out, jobs=jobs, keep_events=events, variants=variants or None)
        if taken_as is As.demand:
            edits += _only(variants, scenario, edits)
            edits.append(f"demand.pos={_as_demand(feed, mapping)}")
            resolved = resolve(scenario, replications=replications, seed=seed, days=days, sets=edits)
            _tell_bad_rows(feed, mapping, resolved, strict)
        else:
            if replications not in (None, 1):
                raise fail(f"--replications: found {replications}; a feed of events is replayed once")
            resolved = resolve(scenario, replications=1, seed=seed, days=days, sets=edits)
            how = How(
                out=out,
                keep_events=events,
                variants=variants or ["base"],
                instead=partial(_replay_events, feed, mapping, strict),
            )
        run_and_show(resolved, how, as_json=as_json, profile=False)


def _only(variants: list[str] | None, scenario: str, edits: list[str]) -> list[str]:
    """Edits that leave no variants but those named: one that changes demand of old does not fit a feed."""
    if not variants:
        return []
    from twin.runs.execute import choose_variants, resolve

    resolved = resolve(scenario, sets=edits)
    chosen = choose_variants(resolved, variants)
    every = resolved.tree.get("variants")
    kept = {name: every[name] for name in chosen if name in every} if isinstance(every, dict) else {}
    return ["variants=", *([f"variants={json.dumps(kept)}"] if kept else [])]


def _as_demand(feed: Path, columns: Mapping[str, str]) -> str:
    """The value of ``demand.pos`` that replays the feed; JSON is YAML."""
    source: dict[str, object] = {"replay": str(feed.resolve())}
    if columns:
        source["columns"] = dict(columns)
    return json.dumps([source], ensure_ascii=False)


def _tell_bad_rows(feed: Path, columns: Mapping[str, str], resolved: Resolved, strict: bool) -> None:
    """Read the feed by itself: count its bad rows and name the first; in strict mode it is refused."""
    from adapters.feeds import read_feed

    read = read_feed(feed, columns, strict=strict, timezone=resolved.scenario.time.timezone)
    if not read.bad_count:
        return
    typer.echo(f"{feed}: {read.bad_count:,} of {read.rows_read:,} rows are bad and left out", err=True)
    for row in read.bad_rows[:LISTED]:
        typer.echo(f"  {row}", err=True)
    if read.bad_count > LISTED:
        typer.echo(f"  … and {read.bad_count - LISTED:,} more", err=True)


def _replay_events(
    feed: Path, columns: Mapping[str, str], strict: bool, plan: Any, replication: int, **options: Any
) -> Any:
    """What is done with a plan in place of simulating it: no world, the record and the policies alone."""
    from twin.body.replay import replay_events

    options.pop("keep_events")  # the feed is the event log
    return replay_events(plan, feed, columns=columns, strict=strict, **options)


def _mapping(columns: list[str]) -> dict[str, str]:
    mapping = {}
    for column in columns:
        ours, equals, theirs = column.partition("=")
        if not (ours and equals and theirs):
            raise fail(f"--column: found {column}; expected OURS=THEIRS, for instance sku=article")
        mapping[ours] = theirs
    return mapping
