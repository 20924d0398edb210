"""Reading a run folder, finished or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from twin.runs.errors import RunError
from twin.runs.folder import KPI_SUMMARY, RUN, RUNNING, read_run, status_of
from twin.runs.parquet import labelled
from twin.runs.replication import DECISIONS, EVENTS, KPIS, REPLICATIONS, TIMELINE, read_finished

if TYPE_CHECKING:
    import pyarrow as pa

    from twin.runs.lives import OrderLife
    from twin.runs.notable import NotableOrders

Kpis = dict[str, dict[str, dict[str, Any]]]


class Run:
    """A run on disk.

    Parameters
    ----------
    folder
        Its run folder. That of a run that is going on, was interrupted or was killed can be read too: it
        holds the replications that have finished, and `state` and `status` say so.

    Raises
    ------
    RunError
        When `folder` is not a run folder.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.info: dict[str, Any] = read_run(self.folder)

    def __repr__(self) -> str:
        return f"<Run {self.folder.name}: {self.status}>"

    @property
    def state(self) -> str:
        """``running`` (or killed outright), ``complete``, ``interrupted`` or ``failed``."""
        return str(self.info["state"])

    @property
    def status(self) -> str:
        """The state and, unless complete, how many replications have finished: ``interrupted: 3 of 10``."""
        total = len(self.info["variants"]) * int(self.info["replications"])
        finished = sum(self.info["finished"].values()) if self._joined else len(read_finished(self.folder))
        return status_of(self.state, finished, total, self.info.get("reason") or "")

    @property
    def variants(self) -> tuple[str, ...]:
        """Variants that were asked for, in order."""
        return tuple(self.info["variants"])

    def summary(self) -> dict[str, Any]:
        """What ``kpis.json`` says; of a run under way, what it would say of what has finished so far."""
        path = self.folder / KPI_SUMMARY
        if self._joined and path.is_file():
            return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        from twin.kpis.summary import summarise

        return summarise(self.values(), run=self.folder.name, scenario=str(self.info["scenario"]))

    def kpis(self) -> Kpis:
        """KPIs over replications: ``run.kpis()["base"]["fill_rate"]`` has ``mean, sd, ci95, n, unit``."""
        return cast("Kpis", self.summary()["variants"])

    def values(self) -> dict[str, dict[str, dict[int, float]]]:
        """Overall KPIs of every replication: ``run.values()["base"]["fill_rate"][1]``."""
        from twin.kpis.summary import values_of_rows

        return values_of_rows(self.kpi_rows())

    def kpi_rows(self) -> pa.Table:
        """All KPIs of all replications: variant, replication, kpi, dimension, member, value."""
        return self._table(KPIS)

    def timeline(self) -> pa.Table:
        """By day: variant, replication, time, interval_us, kind, location, measure, value."""
        return self._table(TIMELINE)

    def decisions(self) -> pa.Table:
        """All decisions of all replications, in order."""
        return self._table(DECISIONS)

    def explain(self, order: int, *, variant: str | None = None, replication: int = 1) -> OrderLife:
        """Why a web order went where it went, and all that became of it; the replication is simulated again.

        Parameters
        ----------
        order
            Its number, from 1 in the order in which carts come.
        variant
            Of which variant; the first of the run when left out.
        replication
            Of which replication.

        Raises
        ------
        RunError
            When there is no such order, it never was one, or the run has none.
        """
        from twin.runs.explaining import explain

        return explain(self, order, variant=variant, replication=replication)

    def notable_orders(self, *, variant: str | None = None, replication: int = 1) -> NotableOrders:
        """Some web orders to look at: split, rejected, backordered, cancelled, late; arguments as in `explain`."""
        from twin.runs.explaining import notable

        return notable(self, variant=variant, replication=replication)

    def events(self) -> list[Path]:
        """Files of the event log, where it was kept."""
        inside = (self.folder / REPLICATIONS).glob(f"[!.]*/{EVENTS}/*.parquet")
        return sorted([*(self.folder / EVENTS).glob("*.parquet"), *inside])

    @property
    def _joined(self) -> bool:
        """Whether what has finished stands in the files of the run, and no longer in folders of its own."""
        return self.state != RUNNING and not (self.folder / REPLICATIONS).is_dir()

    def _table(self, name: str) -> pa.Table:
        """A table of the run; of one that was not brought to its end, joined from what has finished."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._joined:
            path = self.folder / name
            return pq.read_table(path) if path.is_file() else pa.table({})
        rank = {variant: i for i, variant in enumerate(self.variants)}
        finished = sorted(read_finished(self.folder), key=lambda one: (rank[one.variant], one.replication))
        sources = [
            (self.folder / REPLICATIONS / one.key / name, one.variant, one.replication) for one in finished
        ]
        schema, tables = labelled(sources)
        return (
            pa.Table.from_batches((b for t in tables for b in t.to_batches()), schema)
            if schema
            else pa.table({})
        )


def load_run(folder: str | Path) -> Run:
    """Open a run folder, or the only run in a folder of runs.

    Raises
    ------
    RunError
        When there is no run, or more than one.
    """
    path = Path(folder)
    if not path.is_dir():
        raise RunError(f"{path}: no such run folder")
    if (path / RUN).is_file():
        return Run(path)
    inside = sorted(one.parent for one in path.glob(f"*/{RUN}"))
    if len(inside) == 1:
        return Run(inside[0])
    if inside:
        raise RunError(f"{path}: holds {len(inside)} runs; name one of them, for instance {inside[-1]}")
    raise RunError(f"{path}: not a run folder (it has no {RUN})")
