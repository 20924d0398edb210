"""Stocktwin: a digital twin of a retailer's stock.

Truth, record and decision are kept apart: what is on the shelves, what systems believe, what policies do.

Examples
--------
>>> import twin
>>> run = twin.run("two-stores", replications=2)  # doctest: +SKIP
>>> run.kpis()["base"]["fill_rate"]["mean"]  # doctest: +SKIP
0.97
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scenarios import Resolved
    from twin.runs.compare import Comparison
    from twin.runs.results import Run

__all__ = ["__version__", "compare", "load_run", "replay", "run", "validate"]


def run(
    source: str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    days: float | None = None,
    sets: Sequence[str] | Mapping[str, object] = (),
    variants: Sequence[str] | None = None,
    out: str | Path = "runs",
    events: bool = False,
    jobs: int = 1,
    strict: bool = False,
) -> Run:
    """Run a scenario and its variants and return the finished run.

    Parameters
    ----------
    source
        A scenario file, or the name of one in the library.
    replications, seed, days
        Instead of the scenario's own.
    sets
        Changes by key path: text as after ``--set``, ``["policies.routing.use=cost"]``, or values as they are,
        ``{"policies.routing.use": "cost", "inventory.count": None}``; None takes away.
    variants
        Which to run, ``base`` among them if wanted; all of them when left out.
    out
        Folder in which the run folder is made.
    events
        Whether to keep the event log.
    jobs
        Processes; 1 runs in this one, 0 takes as many as there are processors. With several, a script must
        start from under ``if __name__ == "__main__":``, since each process reads it again.
    strict
        Whether a feed with any bad row is refused.

    Raises
    ------
    scenarios.errors.ScenarioError
        When the scenario is not valid.
    twin.runs.errors.RunError
        When the run cannot be started or finished; what has finished stays readable.
    twin.runs.errors.RunInterrupted
        On Ctrl-C, once the run folder is in order.
    """
    from twin.runs.execute import How, execute, resolve

    resolved = resolve(source, replications=replications, seed=seed, days=days, sets=sets)
    return execute(resolved, How(out=out, jobs=jobs, keep_events=events, variants=variants, strict=strict))


def replay(
    feed: str | Path,
    scenario: str | Path,
    taken_as: str,
    *,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    replications: int | None = None,
    seed: int | None = None,
    days: float | None = None,
    sets: Sequence[str] | Mapping[str, object] = (),
    variants: Sequence[str] | None = None,
    out: str | Path = "runs",
    events: bool = False,
    jobs: int = 1,
) -> Run:
    """Put a recorded feed through a scenario and return the finished run.

    Parameters
    ----------
    feed
        A file of sales (``"demand"``) or of events (``"events"``).
    scenario
        A scenario file, or the name of one in the library.
    taken_as
        ``"demand"``: the world reacts to it, and it takes the place of the scenario's tills; ``"events"``: the
        record and the policies alone see it, once, and only what they decide is told.
    columns
        Our name of a column → the feed's, where they differ.
    strict
        Refuse a feed with any bad row.

    All else is as in :func:`run`, and so are the errors; `adapters.problems.FeedError` for a feed that cannot be
    read.
    """
    from twin.runs.execute import How, execute
    from twin.runs.replaying import prepare

    resolved, how = prepare(
        feed, scenario, taken_as, How(out=out, jobs=jobs, keep_events=events, variants=variants), columns=columns,
        strict=strict, replications=replications, seed=seed, days=days, sets=sets,
    )  # fmt: skip
    return execute(resolved, how)


def validate(source: str | Path) -> Resolved:
    """Check a scenario with all its variants, up to their plans, and return it resolved.

    Raises
    ------
    scenarios.errors.ScenarioError
        All that is wrong with the file, each fault with its line and key.
    """
    from twin.runs.checking import check

    return check(source).resolved


def compare(runs: Sequence[str | Path], *, baseline: str | None = None, level: float = 0.95) -> Comparison:
    """Compare run folders, or the variants of one; see :func:`twin.runs.compare.compare`.

    What comes back prints itself (``.print()``) and writes a report (``.write_html("report.html")``).
    """
    from twin.runs.compare import compare as compare_runs

    return compare_runs(runs, baseline=baseline, level=level)


def load_run(folder: str | Path) -> Run:
    """Open a run folder, or the only run in a folder of runs."""
    from twin.runs.results import load_run

    return load_run(folder)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from twin.runs.versions import version

        return version()
    raise AttributeError(f"module 'twin' has no attribute {name!r}")
