"""A recorded feed put through a scenario: as demand the world reacts to it, as events the record and policies alone see it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from twin.runs.errors import RunError
from twin.runs.execute import How, Overrides, choose_variants, resolve

if TYPE_CHECKING:
    from scenarios import Edit, Resolved
    from twin.body.feed import EventFeed

TakenAs = Literal["demand", "events"]
WAYS: tuple[TakenAs, ...] = ("demand", "events")


class OpenLoop:
    """What is done with a plan in place of simulating it: no world, the record and the policies alone.

    Parameters
    ----------
    feed
        A recorded feed of events.
    columns
        Our name of a column → the feed's.
    strict
        Refuse a feed with any bad row.
    """

    def __init__(self, feed: Path, columns: Mapping[str, str], strict: bool) -> None:
        self._feed, self._columns, self._strict = feed, columns, strict
        self._read: tuple[Any, EventFeed] | None = None  # the plan it was read for, and the feed

    def prepare(self, plan: Any) -> list[str]:
        """Read the feed for the cells of a plan; returns what is taken for granted."""
        from twin.plan.assumptions import of_open_loop
        from twin.sources import say_bad_rows

        read = self._of(plan)
        bad = say_bad_rows(self._feed.name, read.bad_rows, read.bad_listed)
        return [*of_open_loop(plan), *read.notes, *bad]

    def __call__(self, plan: Any, replication: int, **options: Any) -> Any:
        """Replay; see ``twin.body.replay.replay_events``."""
        from twin.body.replay import replay_events

        options.pop("keep_events", None)  # the feed is the event log
        feed, self._read = self._of(plan), None
        return replay_events(plan, feed, **options)

    def _of(self, plan: Any) -> EventFeed:
        from twin.body.feed import read_event_feed

        if self._read is None or self._read[0] is not plan:
            self._read = None  # two may not fit in memory
            self._read = (plan, read_event_feed(plan, self._feed, self._columns, self._strict))
        return self._read[1]


def prepare(
    feed: str | Path,
    scenario: str | Path,
    taken_as: str,
    how: How,
    *,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    replications: int | None = None,
    seed: int | None = None,
    days: float | None = None,
    sets: Overrides = (),
    option: str = "",
) -> tuple[Resolved, How]:
    """What is run, and how, to put a feed through a scenario; see ``twin.replay``.

    Raises
    ------
    RunError
        For a feed that is not there, or what does not go with it.
    """
    feed = Path(feed)
    if taken_as not in WAYS:
        raise RunError(f"{option or ''}as: found {taken_as}; expected one of {', '.join(WAYS)}")
    if not (feed.is_file() or (feed.is_dir() and taken_as == "events")):
        raise RunError(f"{feed}: no such feed")
    mapping = dict(columns or {})
    how = replace(how, replay={"feed": feed.name, "as": taken_as, "digest": digest_of(feed)}, strict=strict)
    options: dict[str, Any] = {"seed": seed, "days": days, "option": option}
    if taken_as == "demand":
        before = [*_only(how.variants, scenario, str(feed)), _as_demand(feed, mapping)]
        return resolve(scenario, replications=replications, sets=sets, before=before, **options), how
    if replications not in (None, 1):
        raise RunError(f"{option}replications: found {replications}; a feed of events is replayed once")
    how = replace(how, jobs=1, variants=how.variants or ["base"], instead=OpenLoop(feed, mapping, strict))
    return resolve(scenario, replications=1, sets=sets, **options), how


def digest_of(file: Path) -> str:
    """SHA-256 of what is in a file, or in the files of a folder, whatever they are called."""
    digest = hashlib.sha256()
    for one in sorted(file.glob("*.parquet")) if file.is_dir() else [file]:
        with one.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _as_demand(feed: Path, columns: Mapping[str, str]) -> Edit:
    """The edit by which the feed takes the place of the scenario's tills."""
    from scenarios import Edit

    source: dict[str, object] = {"replay": str(feed.resolve())} | ({"columns": dict(columns)} if columns else {})
    return Edit("demand.pos", [source], str(feed))


def _only(variants: Sequence[str] | None, scenario: str | Path, label: str) -> list[Edit]:
    """Edits that leave no variants but those named: one that changes demand of old does not fit a feed."""
    if not variants:
        return []
    from scenarios import Edit

    resolved = resolve(scenario)
    chosen = choose_variants(resolved, variants)
    every = resolved.tree.get("variants")
    kept = {name: every[name] for name in chosen if name in every} if isinstance(every, dict) else {}
    return [Edit("variants", None, label), *([Edit("variants", kept, label)] if kept else [])]


__all__ = ["WAYS", "OpenLoop", "TakenAs", "digest_of", "prepare"]
