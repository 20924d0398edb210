"""``twin run``: a scenario and its variants, with a progress bar, assumptions and a table of KPIs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twin.cli import options
from twin.cli.errors import reported, stopped_like_ctrl_c

if TYPE_CHECKING:
    from cProfile import Profile

    from scenarios import Resolved
    from twin.runs.execute import How
    from twin.runs.results import Run

TOP_FUNCTIONS = 15


def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario file, or a name of the library.")
    ],
    replications: options.ReplicationsOption = None,
    seed: options.SeedOption = None,
    days: options.DaysOption = None,
    sets: options.SetOption = None,
    variants: options.VariantOption = None,
    out: options.OutOption = Path("runs"),
    events: options.EventsOption = False,
    jobs: options.JobsOption = 1,
    engine: options.EngineOption = "local",
    profile: options.ProfileOption = False,
    as_json: options.JsonOption = False,
    strict: options.StrictOption = False,
) -> None:
    """Run a scenario and its variants."""
    options.check_engine(engine)
    with reported():
        from twin.runs.execute import How, resolve

        resolved = resolve(
            scenario, replications=replications, seed=seed, days=days, sets=sets or (), option="--"
        )
        how = How(out=out, jobs=jobs, keep_events=events, variants=variants or None, strict=strict)
        run_and_show(resolved, how, as_json=as_json, profile=profile)


def run_and_show(resolved: Resolved, how: How, *, as_json: bool, profile: bool) -> None:
    """Run, and print assumptions, KPIs and where they are; or only ``kpis.json``."""
    from zoneinfo import ZoneInfo

    from twin.runs.execute import execute
    from twin.runs.progress import display_for

    profiler = _profiler() if profile else None

    def on_assumptions(assumptions: Mapping[str, Sequence[str]]) -> None:
        if not as_json:
            show_assumptions(assumptions)

    display = display_for(sys.stderr, ZoneInfo(resolved.scenario.time.timezone))
    with stopped_like_ctrl_c():
        finished = execute(resolved, how, display=display, on_assumptions=on_assumptions, profiler=profiler)
    if as_json:
        typer.echo((finished.folder / "kpis.json").read_text(encoding="utf-8"), nl=False)
    else:
        _show_kpis(finished)
    if profiler is not None:
        show_profile(finished, profiler, to_stderr=as_json)


def show_assumptions(assumptions: Mapping[str, Sequence[str]]) -> None:
    """Say what the model takes for granted: all of it for the first variant, for others what differs."""
    first, *others = assumptions
    lines = list(assumptions[first]) or ["none beyond the scenario"]
    for variant in others:
        lines += [f"{variant}: {line}" for line in assumptions[variant] if line not in assumptions[first]]
    if not sys.stdout.isatty():
        typer.echo("assumptions:")
        for line in lines:
            typer.echo(f"  - {line}")
        return
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    text = Text("\n".join(f"• {line}" for line in lines))
    Console().print(Panel(text, title="assumptions", title_align="left", border_style="dim"))


def show_profile(finished: Run, profiler: Profile, *, to_stderr: bool) -> None:
    """Print the phases of the first replication and the functions that took longest."""
    import io
    from pstats import SortKey, Stats

    first = finished.info["results"][0]
    text = io.StringIO()
    text.write(f"phases of {first['variant']}-{first['replication']}, seconds (kernels count where called)\n")
    for name, seconds in sorted(first["timings"].items(), key=lambda item: -item[1]):
        text.write(f"  {name:<24}{seconds:10.3f}\n")
    Stats(profiler, stream=text).strip_dirs().sort_stats(SortKey.TIME).print_stats(TOP_FUNCTIONS)
    typer.echo(text.getvalue().rstrip(), err=to_stderr)


def _show_kpis(finished: Run) -> None:
    from twin.runs.table import print_kpis

    typer.echo()
    print_kpis(finished.values(), title=finished.folder.name)
    typer.echo(f"run folder: {finished.folder}")


def _profiler() -> Profile:
    from cProfile import Profile

    return Profile()
