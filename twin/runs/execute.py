"""A scenario, its variants and their replications, from a file to a run folder."""

from __future__ import annotations

import importlib
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from twin.runs.errors import DiskFull, RunError, RunInterrupted, is_disk_full
from twin.runs.folder import COMPLETE, FAILED, INTERRUPTED, Asked, RunFolder, check_out
from twin.runs.progress import Display, on_compiling
from twin.runs.replication import BASE, SIMULATOR, Built, Finished, Plans, Task, perform
from twin.runs.results import Run
from twin.runs.versions import policy_digests, versions

if TYPE_CHECKING:
    from cProfile import Profile

    from scenarios import Edit, Resolved

OUT = Path("runs")
Overrides = Sequence[str] | Mapping[str, object]
Assumptions = Mapping[str, Sequence[str]]


class Instead(Protocol):
    """What is done with a plan in place of simulating it."""

    def prepare(self, plan: Any) -> list[str]:
        """Raise where it cannot be done; return what is taken for granted. Called before anything is written."""

    def __call__(self, plan: Any, replication: int, **options: Any) -> Any:
        """Do it; see ``twin.simulate.simulate``."""


@dataclass(frozen=True)
class How:
    """How a scenario is run; what is run is the scenario's own.

    Attributes
    ----------
    out
        The folder in which the run folder is made.
    jobs
        Processes; 1 runs in this one, 0 takes as many as there are processors.
    keep_events
        Whether the event log is kept.
    variants
        Names; None: base and all variants of the scenario.
    simulator
        The module that simulates.
    instead
        Called in place of its ``simulate``, in this process and once a variant: a feed has no replications.
    replay
        Of a run on a feed: its name, how it is taken and the digest of what is in it.
    strict
        Whether feeds with any bad row are refused.
    """

    out: str | Path = OUT
    jobs: int = 1
    keep_events: bool = False
    variants: Sequence[str] | None = None
    simulator: str = SIMULATOR
    instead: Instead | None = None
    replay: Mapping[str, str] | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        if self.jobs < 0:
            raise RunError(f"jobs: found {self.jobs}; expected 0 (as many as there are processors) or more")


def resolve(
    source: str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    days: float | None = None,
    sets: Overrides = (),
    before: Sequence[Edit] = (),
    option: str = "",
) -> Resolved:
    """Load a scenario with its overrides, which become part of it: resolved, it gives the same run again.

    Parameters
    ----------
    before
        Edits that come first.
    option
        What stands before the name of an override in messages: ``--`` on the command line.
    """
    import scenarios
    from scenarios import Edit
    from scenarios.edits import read_assignment

    edits = [*before]
    if isinstance(sets, Mapping):
        edits += [Edit(path, value, f"sets[{path!r}]") for path, value in sets.items()]
    else:
        for text in sets:
            label = f"{option}set {text}" if option else f"sets: {text}"
            edits.append(Edit(*read_assignment(text, label), label))
    for path, name, value in (
        ("replications", "replications", replications), ("seed", "seed", seed), ("time.days", "days", days),
    ):  # fmt: skip
        if value is not None:
            whole = int(value) if math.isfinite(value) and value == int(value) else value
            edits.append(Edit(path, whole, f"{option}{name} {value}" if option else f"{name}={value}"))
    return scenarios.load(source, sets=edits)


def execute(
    resolved: Resolved,
    how: How,
    *,
    display: Display | None = None,
    on_assumptions: Callable[[Assumptions], None] | None = None,
    profiler: Profile | None = None,
) -> Run:
    """Run a resolved scenario.

    Parameters
    ----------
    resolved, how
        What to run, and how.
    display
        Is told of progress.
    on_assumptions
        Called with the assumptions of each variant, once all variants are known to be sound.
    profiler
        Switched on during the first replication, which then runs in this process whatever the jobs.

    Raises
    ------
    scenarios.errors.ScenarioError
        When a variant is not valid; nothing has been written then.
    RunError
        When the run cannot be started or finished; what has finished stays readable.
    RunInterrupted
        On Ctrl-C, once the run folder is in order.
    """
    display = display or Display()
    with _watched(display):
        chosen = choose_variants(resolved, how.variants)
        check_out(Path(how.out))
        began = time.perf_counter()
        display.building(resolved.scenario.name)
        first, assumptions = _build_all(resolved, chosen, how)
        built_s = time.perf_counter() - began
        _check_memory(first.plan, _jobs(how, len(chosen) * resolved.scenario.replications))
        if on_assumptions is not None:
            on_assumptions(assumptions)
        folder = _create(resolved, chosen, assumptions, how)
        plans = Plans()
        plans.keep(str(folder.path), chosen[0], first)
        del first  # kept by `plans` alone, which lets go of it when the next variant begins
        tasks = [
            Task(str(folder.path), variant, n, how.keep_events, how.simulator)
            for variant, n in folder.tasks()
        ]
        display.start(resolved.scenario.name, len(tasks), resolved.scenario.end_us)
        with _finishing(folder, {"build": built_s}):
            _run_all(tasks, plans, how, display, profiler)
    return Run(folder.path)


def choose_variants(resolved: Resolved, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The variants to run, in the scenario's order, base first.

    Raises
    ------
    RunError
        For a name that the scenario does not have.
    """
    known = (BASE, *resolved.variants)
    if wanted is None:
        return known
    for name in wanted:
        if name not in known:
            from scenarios.errors import nearest_name

            near = nearest_name(name, known)
            hint = f"; did you mean `{near}`?" if near else ""
            raise RunError(f"variant: found {name}; expected one of {', '.join(known)}{hint}")
    return tuple(name for name in known if name in wanted) or known


def _build_all(
    resolved: Resolved, chosen: Sequence[str], how: How
) -> tuple[Built, dict[str, list[str]]]:
    """Build every variant, so that a mistake in the last shows before the first has run; keep the first."""
    build = importlib.import_module(how.simulator).build
    options = {"strict": True} if how.strict else {}
    assumptions: dict[str, list[str]] = {}
    built: Built | None = None
    for variant in reversed(chosen):
        built = None
        changed = _laid_over(resolved, variant)
        built = Built(changed, build(changed, **options))
        assumptions[variant] = how.instead.prepare(built.plan) if how.instead else list(built.plan.assumptions)
    assert built is not None
    return built, {variant: assumptions[variant] for variant in chosen}


def _laid_over(resolved: Resolved, variant: str) -> Resolved:
    return resolved if variant == BASE else resolved.with_variant(variant)


def _create(resolved: Resolved, chosen: tuple[str, ...], assumptions: Assumptions, how: How) -> RunFolder:
    scenario = resolved.scenario
    asked = Asked(
        scenario=scenario.name,
        digests={variant: _laid_over(resolved, variant).digest for variant in chosen},
        seed=scenario.seed,
        replications=1 if how.instead else scenario.replications,
        variants=chosen,
        assumptions=assumptions,
        policies=policy_digests(_uses(resolved.tree.get("policies"))),
        feeds=_feed_digests(resolved, chosen),
        replay=how.replay,
        versions=versions(),
    )
    try:
        return RunFolder.create(Path(how.out), asked, resolved.to_yaml())
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(f"{how.out}: no room left to begin a run: {error.strerror}") from error
        raise


def _feed_digests(resolved: Resolved, chosen: Sequence[str]) -> dict[str, str]:
    """SHA-256 of what is in each file that a variant replays, by the file's name."""
    from twin.runs.replaying import digest_of

    replayed = (pos.replay for variant in chosen for pos in _laid_over(resolved, variant).scenario.demand.pos)
    files = dict.fromkeys(Path(name) for name in replayed if name and Path(name).is_file())
    return {file.name: digest_of(file) for file in files}


def _run_all(
    tasks: Sequence[Task], plans: Plans, how: How, display: Display, profiler: Profile | None
) -> None:
    def on_finished(finished: Finished) -> None:
        display.done(finished.key, finished.events)

    jobs = _jobs(how, len(tasks))
    here = len(tasks) if jobs == 1 else 1 if profiler is not None else 0
    for i, task in enumerate(tasks[:here]):
        report = partial(display.report, task.key)
        on_finished(perform(task, plans, report, profiler=None if i else profiler, instead=how.instead))
    if tasks[here:]:
        from twin.runs.supervisor import Supervisor

        plans.clear()  # the workers build their own
        Supervisor(jobs, display, on_finished).run(tasks[here:])


def _jobs(how: How, tasks: int) -> int:
    return 1 if how.instead else min(how.jobs or os.cpu_count() or 1, tasks)


def _check_memory(plan: Any, jobs: int) -> None:
    """One process has been found to fit by who built the plan; whether several do is only known here."""
    if jobs == 1 or not hasattr(plan, "ranged"):
        return
    from twin.plan.build import available_memory, memory_needed

    needed, there = memory_needed(plan), available_memory()
    if jobs * needed > there:
        most = max(1, there // needed)
        raise RunError(
            f"jobs: found {jobs} processes of some {needed / 2**30:.1f} GiB each, with {there / 2**30:.1f} GiB available; "
            f"expected at most {most}"
        )


@contextmanager
def _watched(display: Display) -> Iterator[None]:
    """Show progress for as long as the block runs, compilation included."""
    on_compiling(display.compiling)
    try:
        yield
    finally:
        on_compiling(None)
        display.stop()


@contextmanager
def _finishing(folder: RunFolder, timings: dict[str, float]) -> Iterator[None]:
    """Leave the run folder in order whichever way the block ends."""
    began = time.perf_counter()
    try:
        yield
        timings["run"] = time.perf_counter() - began
        folder.finish(COMPLETE, timings=timings)
    except KeyboardInterrupt:
        raise RunInterrupted(folder.path, folder.finish(INTERRUPTED, timings=timings)) from None
    except BaseException as error:
        full = isinstance(error, DiskFull) or is_disk_full(error)
        try:
            status = folder.finish(FAILED, reason="disk full" if full else _one_line(error), timings=timings)
        except OSError as second:
            if not is_disk_full(second):  # if it is, what has finished stands in its own folders
                raise
            status = f"failed: {len(folder.finished())} finished"
        if full:
            raise DiskFull(
                f"disk full: {error}\n{status}; what has finished stays readable in {folder.path}"
            ) from error
        raise


def _one_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__


def _uses(tree: Any) -> list[str]:
    """All values of ``use`` in a tree of mappings and lists."""
    if isinstance(tree, dict):
        own = [tree["use"]] if isinstance(tree.get("use"), str) else []
        return own + [use for value in tree.values() for use in _uses(value)]
    if isinstance(tree, list):
        return [use for value in tree for use in _uses(value)]
    return []
