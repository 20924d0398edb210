"""The run folder: what a run leaves behind, so kept that a half run never looks whole.

While a run is under way its finished replications stand under ``replications/<variant>-<n>/``. At the end,
whichever way it ends, they are joined into the files that everybody reads; until then ``run.json`` says
``running``, and ``complete`` only afterwards. A process killed outright leaves what has finished.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twin.runs.durable import PART, file_name, write_json, write_text
from twin.runs.errors import RunError
from twin.runs.parquet import join
from twin.runs.replication import (
    DECISIONS,
    EVENTS,
    KPIS,
    REPLICATIONS,
    SCENARIO,
    TIMELINE,
    Finished,
    read_finished,
)
from twin.runs.versions import peak_memory_bytes

RUN = "run.json"
KPI_SUMMARY = "kpis.json"
RUNNING, COMPLETE, INTERRUPTED, FAILED = "running", "complete", "interrupted", "failed"


@dataclass(frozen=True)
class Asked:
    """What was asked of a run.

    Attributes
    ----------
    scenario
        Its name.
    digests
        By variant, SHA-256 of the scenario resolved.
    seed, replications, variants
        As resolved; variants in the order in which they are run and shown.
    assumptions
        By variant, what the model takes for granted.
    policies
        SHA-256 of what decides, by name (`versions.policy_digests`).
    feeds
        SHA-256 of what is in each file that is replayed, by the file's name.
    replay
        Of a run on a feed: its name, how it is taken and its digest.
    versions
        Of the packages (`versions.versions`).
    """

    scenario: str
    digests: Mapping[str, str]
    seed: int
    replications: int
    variants: tuple[str, ...]
    assumptions: Mapping[str, Sequence[str]]
    policies: Mapping[str, str]
    versions: Mapping[str, str]
    feeds: Mapping[str, str] = field(default_factory=dict)
    replay: Mapping[str, str] | None = None


class RunFolder:
    """A run folder that is being written."""

    def __init__(self, path: Path, asked: Asked, started: datetime) -> None:
        self.path = path
        self.asked = asked
        self._started = started

    @classmethod
    def create(cls, out: Path, asked: Asked, scenario_yaml: str) -> RunFolder:
        """Make the folder ``<name>-<time>-<digest>`` in `out`, with its scenario and a ``run.json``.

        Raises
        ------
        RunError
            When the folder cannot be made.
        """
        started = datetime.now(UTC)
        name = f"{file_name(asked.scenario)}-{started:%Y%m%dT%H%M%SZ}-{asked.digests[asked.variants[0]][:8]}"
        path = _make(out, name)
        folder = cls(path, asked, started)
        write_text(path / SCENARIO, scenario_yaml)
        folder._write_state(RUNNING, [], {})
        return folder

    def tasks(self) -> list[tuple[str, int]]:
        """All (variant, replication) asked for, a variant's replications together."""
        return [
            (variant, n) for variant in self.asked.variants for n in range(1, self.asked.replications + 1)
        ]

    def finish(self, state: str, *, reason: str = "", timings: Mapping[str, float] | None = None) -> str:
        """Join what has finished into the files of the run and say in ``run.json`` how it ended.

        Parameters
        ----------
        state
            `COMPLETE`, `INTERRUPTED` or `FAILED`.
        reason
            Why it failed.
        timings
            Seconds of the run as a whole, by name.

        Returns
        -------
        str
            The status, for instance ``interrupted: 3 of 10``.
        """
        finished = self.finished()
        self._clear_parts()
        if (
            state != COMPLETE
        ):  # said before the joining: a second Ctrl-C, or a disk still full, leaves the truth
            self._write_state(state, finished, timings or {}, reason)
        if finished:
            self._join(finished)
        self._write_state(state, finished, timings or {}, reason)
        self._drop_parts()
        return status_of(state, len(finished), self._total, reason)

    def _drop_parts(self) -> None:
        """Take the folders of replications away in one step: as long as they stand, they are what is read."""
        parts, gone = self.path / REPLICATIONS, self.path / f".{REPLICATIONS}{PART}"
        if parts.is_dir():
            os.replace(parts, gone)
            shutil.rmtree(gone, ignore_errors=True)

    @property
    def _total(self) -> int:
        return len(self.asked.variants) * self.asked.replications

    def finished(self) -> list[Finished]:
        """Finished replications so far, in the order of `tasks`."""
        rank = {variant: i for i, variant in enumerate(self.asked.variants)}
        return sorted(read_finished(self.path), key=lambda one: (rank[one.variant], one.replication))

    def _join(self, finished: Sequence[Finished]) -> None:
        import pyarrow.parquet as pq

        from twin.kpis.summary import summarise, values_of_rows

        for name in (KPIS, TIMELINE, DECISIONS):
            join(
                [(self._part_of(one) / name, one.variant, one.replication) for one in finished],
                self.path / name,
            )
        for one in finished:
            self._take_events(one)
        values = values_of_rows(pq.read_table(self.path / KPIS))
        summary = summarise(values, run=self.path.name, scenario=self.asked.scenario)
        write_json(self.path / KPI_SUMMARY, summary)

    def _take_events(self, one: Finished) -> None:
        for source in sorted((self._part_of(one) / EVENTS).glob("*.parquet")):
            (self.path / EVENTS).mkdir(exist_ok=True)
            os.replace(source, self.path / EVENTS / f"{one.key}-{source.name}")

    def _part_of(self, one: Finished) -> Path:
        return self.path / REPLICATIONS / one.key

    def _write_state(
        self,
        state: str,
        finished: Sequence[Finished],
        timings: Mapping[str, float],
        reason: str = "",
    ) -> None:
        asked = self.asked
        events = sum(one.events for one in finished)
        seconds = sum(one.seconds for one in finished)
        write_json(
            self.path / RUN,
            {
                "run": self.path.name,
                "scenario": asked.scenario,
                "state": state,
                "reason": reason or None,
                "started": self._started.isoformat(timespec="seconds"),
                "ended": None if state == RUNNING else datetime.now(UTC).isoformat(timespec="seconds"),
                "seed": asked.seed,
                "replications": asked.replications,
                "variants": list(asked.variants),
                "finished": {variant: len(ones) for variant, ones in _by_variant(finished).items()},
                "scenario_digest": dict(asked.digests),
                "policy_digests": dict(asked.policies),
                "feed_digests": dict(asked.feeds),
                "replay": None if asked.replay is None else dict(asked.replay),
                "events_digest": _digests(finished, "events_digest"),
                "decisions_digest": _digests(finished, "decisions_digest"),
                "assumptions": {variant: list(lines) for variant, lines in asked.assumptions.items()},
                "versions": dict(asked.versions),
                "events": events,
                "events_per_second": round(events / seconds) if seconds > 0 else None,
                "peak_memory_bytes": max([peak_memory_bytes(), *(one.peak_memory_bytes for one in finished)]),
                "timings": {name: round(seconds, 6) for name, seconds in timings.items()},
                "results": [asdict(one) for one in finished],
            },
        )

    def _clear_parts(self) -> None:
        """Remove what was begun and not finished; on a full disk this makes room for ``run.json``."""
        for part in (self.path / REPLICATIONS).glob(f".*{PART}"):
            shutil.rmtree(part, ignore_errors=True)


def status_of(state: str, finished: int, total: int, reason: str = "") -> str:
    """How a run stands, in words: ``complete``, ``interrupted: 3 of 10``, ``failed: 2 of 10 (disk full)``."""
    said = state if state == COMPLETE else f"{state}: {finished} of {total}"
    return f"{said} ({reason})" if reason else said


def check_out(out: Path) -> None:
    """Whether a run folder can be made in ``out``; nothing is written.

    Raises
    ------
    RunError
        When it cannot.
    """
    there = next(folder for folder in (out, *out.absolute().parents) if folder.exists() or folder.is_symlink())
    if there == out and not out.is_dir():
        raise RunError(f"{out}: is a file; expected a folder to put the run in")
    if not there.is_dir():
        raise RunError(f"{out}: part of this path is a file; expected a folder to put the run in")
    if not os.access(there, os.W_OK | os.X_OK):
        raise RunError(f"{out}: no permission to make a run folder here; choose another with --out")


def read_run(path: Path) -> dict[str, Any]:
    """The ``run.json`` of a run folder.

    Raises
    ------
    RunError
        When `path` is not a run folder.
    """
    try:
        value = json.loads((path / RUN).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(f"{path}: not a run folder (it has no {RUN})") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RunError(f"{path / RUN}: not readable as JSON: {error}") from None
    if not isinstance(value, dict) or "state" not in value:
        raise RunError(f"{path / RUN}: not the {RUN} of a run (it has no 'state')")
    return value


def _make(out: Path, name: str) -> Path:
    """Make a folder of that name, or the first free one of ``name-2``, ``name-3`` …"""
    for attempt in range(1, 1000):
        path = out / (name if attempt == 1 else f"{name}-{attempt}")
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            if out.exists() and not out.is_dir():
                raise RunError(f"{out}: is a file; expected a folder to put the run in") from None
            continue
        except NotADirectoryError:
            raise RunError(
                f"{out}: part of this path is a file; expected a folder to put the run in"
            ) from None
        except PermissionError:
            raise RunError(
                f"{out}: no permission to make a run folder here; choose another with --out"
            ) from None
        return path
    raise RunError(f"{out}: too many runs called {name}")


def _by_variant(finished: Iterable[Finished]) -> dict[str, list[Finished]]:
    grouped: dict[str, list[Finished]] = {}
    for one in finished:
        grouped.setdefault(one.variant, []).append(one)
    return grouped


def _digests(finished: Sequence[Finished], name: str) -> dict[str, str]:
    """Per variant, SHA-256 over the digests of its replications in order."""
    return {
        variant: hashlib.sha256("".join(getattr(one, name) for one in ones).encode()).hexdigest()
        for variant, ones in _by_variant(finished).items()
    }
