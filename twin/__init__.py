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

    from twin.runs.results import Run

__all__ = ["__version__", "load_run", "run"]


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
) -> Run:
    """Run a scenario and its variants and return the finished run.

    Parameters
    ----------
    source
        A scenario file, or the name of one in the library.
    replications, seed, days
        Instead of the scenario's own.
    sets
        Changes by key path, as ``["policies.routing.use=cost"]`` or ``{"policies.routing.use": "cost"}``.
    variants
        Which to run, ``base`` among them if wanted; all of them when left out.
    out
        Folder in which the run folder is made.
    events
        Whether to keep the event log.
    jobs
        Processes; 1 runs in this one, 0 takes as many as there are processors. With several, a script must
        start from under ``if __name__ == "__main__":``, since each process reads it again.

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
    return execute(resolved, How(out=out, jobs=jobs, keep_events=events, variants=variants))


def load_run(folder: str | Path) -> Run:
    """Open a run folder, or the only run in a folder of runs."""
    from twin.runs.results import load_run

    return load_run(folder)


def __getattr__(name: str) -> str:
    if name == "__version__":
        from twin.runs.versions import version

        return version()
    raise AttributeError(f"module 'twin' has no attribute {name!r}")
