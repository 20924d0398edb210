"""Web orders from a feed of a few lines, so that every figure can be computed by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.twin.scenes import Ran, plan_of, run
from twin.fulfilment.orders import WebOrders
from twin.kpis.orders import ORDER, WebLedger
from twin.orders.state import Life

HEAD = """
catalog: {items: [{sku: A, price: 10, cost: 5, weight_kg: 1, volume_l: 12}]}
assortment: [{where: {kind: [store, fc]}, skus: [A]}]
inventory: {opening: {units: 100}}
"""


def fed(folder: Path, time: str, places: str, orders: list[str], *more: str) -> Ran:
    """A run in New York; orders are their time and, after a comma, where they are collected."""
    rows = [f"{order.split(',')[0]},{n},A,1,{order.partition(',')[2]}" for n, order in enumerate(orders, 1)]
    feed = folder / "orders.csv"
    feed.write_text("\n".join(["time,order,sku,quantity,pickup", *rows]) + "\n")
    head = f"name: test\ntime: {{{time}, timezone: America/New_York}}{HEAD}network: {{locations: [{places}]}}\n"
    return run(plan_of(head, f"demand: {{web: [{{replay: {feed}}}]}}", *more), logs=True)


def web_of(ran: Ran) -> WebOrders:
    """The web orders of a run."""
    found = ran.simulation.shelves.orders
    assert found is not None
    return found


def ledger_of(ran: Ran) -> WebLedger:
    """What a run measured of its web orders."""
    assert ran.result is not None
    assert ran.result.ledger.web is not None
    return ran.result.ledger.web


def told(ran: Ran) -> dict[str, int]:
    """What became of its orders, over all days."""
    return dict(zip(ORDER, ledger_of(ran).orders.sum(axis=0).tolist(), strict=True))


def when(ran: Ran, kind: Life) -> dict[int, str]:
    """Local time at which something was noted, by the number of the order."""
    found = {}
    for rows in web_of(ran).lives:
        for row in rows[rows["kind"] == kind]:
            local = datetime.fromtimestamp(int(row["time"]) / 1e6, ZoneInfo("America/New_York"))
            found[int(row["number"])] = local.strftime("%d %H:%M")
    return found
