"""What the ledger of web orders holds, summed over the measured horizon: by day, by location and by station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.kpis.exact import Table, exact_columns, exact_sum
from twin.kpis.ledger import Labels, Ledger
from twin.kpis.orders import NODE_FIELDS, NODE_MONEY_FIELDS, ORDER_FIELDS, STATION_FIELDS, VIEW_FIELDS


@dataclass(frozen=True)
class WebTables:
    """Figures named ``web_…`` (of orders, and money), ``node_…`` and ``station_…``; one array of each table's length."""

    by_day: Table
    by_location: Table
    by_station: Table
    station_names: list[str]  # NAME@LOCATION
    station_at: NDArray[np.int64]  # location of each station

    @classmethod
    def of(cls, ledger: Ledger, labels: Labels) -> WebTables | None:
        """Sum them up; None where there is no web demand."""
        web = ledger.web
        if web is None:
            return None
        warmup = ledger.warmup_days
        orders, nodes, money = web.orders[warmup:], web.nodes[warmup:], web.node_money[warmup:]
        by_day = exact_columns(orders[:, np.newaxis, :], 1, _named("web", ORDER_FIELDS))
        by_day |= exact_columns(nodes, 1, _named("node", NODE_FIELDS))
        if web.views is not None:
            by_day |= exact_columns(web.views[warmup:, np.newaxis, :], 1, _named("web", VIEW_FIELDS))
        names, at = [name for name, _ in web.station_names], [location for _, location in web.station_names]
        return cls(
            by_day | _money(money, 1),
            exact_columns(nodes, 0, _named("node", NODE_FIELDS)) | _money(money, 0),
            dict(zip(_named("station", STATION_FIELDS), web.stations.T, strict=True)),
            [f"{name}@{labels.locations[i]}" for name, i in zip(names, at, strict=True)],
            np.array(at, dtype=np.int64),
        )

    def orders(self) -> dict[str, NDArray[np.float64]]:
        """Figures of orders, which belong to no location, over the whole horizon; shape (1,)."""
        named = _named("web", (*ORDER_FIELDS, *VIEW_FIELDS))
        return _total({name: self.by_day[name] for name in named if name in self.by_day})

    def channel(self) -> dict[str, NDArray[np.float64]] | None:
        """All that the web did over the whole horizon, shape (1,); None where nobody came."""
        total = _total(self.by_day)
        return total if total["web_orders"][0] > 0 else None

    def stations(self) -> dict[str, NDArray[np.float64]] | None:
        """Figures of each station, whose waits are those at the station itself; None where there is none."""
        if not self.station_names:
            return None
        figures = {name: column.astype(np.float64) for name, column in self.by_station.items()}
        return figures | {"node_wait_us": figures["station_wait_us"], "node_waits": figures["station_jobs"]}


def _named(prefix: str, fields: Sequence[str]) -> list[str]:
    return [f"{prefix}_{name}" for name in fields]


def _money(money: NDArray[np.float64], axis: int) -> Table:
    return dict(zip(_named("web", NODE_MONEY_FIELDS), money.sum(axis=axis).T, strict=True))


def _total(table: Table) -> dict[str, NDArray[np.float64]]:
    """Sum each column, exactly where it is of integers."""
    found = {}
    for name, column in table.items():
        whole = exact_sum(column, 0) if column.dtype == np.int64 else column.sum()
        found[name] = np.array([float(whole)])
    return found
