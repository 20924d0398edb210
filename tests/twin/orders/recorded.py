"""Scenarios of a few recorded orders, and what the book counted and noted of them: figures that one can work out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.twin.orders.book_checks import BookChecks, orders_of
from tests.twin.scenes import Ran, plan_of, run
from twin.kpis.orders import NODE, ORDER
from twin.orders.state import Life
from twin.plan.build import Plan

CENTERS = """
name: test
time: {start: 2026-03-02, days: 6}
catalog: {items: [{sku: A, cost: 1, price: 2}, {sku: B, cost: 1, price: 2}]}
network:
  locations: [{id: F1, kind: fc, at: [40, -75]}, {id: F2, kind: fc, at: [41, -75]}, {id: S1, kind: store, at: [42, -75]},
              {id: V1, kind: supplier}]
  lanes: [{from: V1, to: F1, transit: 5h}, {from: V1, to: S1, transit: 5h}]
  zones: [{id: Z1, at: [40, -75]}]
assortment: [{where: {kind: [fc, store]}, top: 2}]
"""
"""Customers live at F1; F2 is the next one, and S1 is where they collect."""


@dataclass
class Told:
    """A run, what it counted of its orders over all days, and the lives of orders."""

    ran: Ran
    orders: dict[str, int]
    nodes: np.ndarray
    lives: np.ndarray

    def counted(self, *fields: str) -> dict[str, int]:
        """Some of what was counted."""
        return {field: self.orders[field] for field in fields}

    def shipped(self, location: str) -> list[int]:
        """Units that left a location, by day."""
        units: list[int] = self.nodes[:, self.ran.plan.network.index[location], NODE["shipped_units"]].tolist()
        return units

    def happened(self, kind: Life) -> list[tuple[int, str | None, str | None]]:
        """Number of the order, location and SKU of what was noted of a kind, in order."""
        plan = self.ran.plan
        rows = self.lives[self.lives["kind"] == kind]
        names = [place.id for place in plan.network.locations]
        return [
            (
                int(row["number"]),
                names[row["location"]] if row["location"] >= 0 else None,
                plan.items.skus[row["sku"]] if row["sku"] >= 0 else None,
            )
            for row in rows
        ]


def planned(folder: Path, orders: str, stock: str, *more: str, web: str = "", unmet: str = "lost") -> Plan:
    """The plan of CENTERS with recorded orders (``day hour:minute order sku units [pickup]``) and opening stock
    (``location sku units``), each in lines."""
    rows = [line.split() for line in orders.strip().splitlines()]
    feed = [f"2026-03-0{day}T{time}:00,{order},{sku},{n},{(at or [''])[0]}" for day, time, order, sku, n, *at in rows]
    (folder / "orders.csv").write_text("\n".join(["time,order,sku,quantity,pickup", *feed]) + "\n")
    held = [",".join(line.split()) for line in stock.strip().splitlines()]
    (folder / "stock.csv").write_text("\n".join(["location,sku,units", *held]) + "\n")
    web_text = f"demand: {{web: [{{replay: {folder / 'orders.csv'}{web}}}], unmet: {{web: {unmet}}}}}"
    parts = list(more)
    if not any("demand:" in part for part in parts):
        parts.append(web_text)
    if not any("inventory:" in part for part in parts):
        parts.append("inventory: {opening: {file: STOCK}}")
    text = [part.replace("STOCK", str(folder / "stock.csv")).replace("ORDERS", str(folder / "orders.csv")) for part in parts]
    return plan_of(CENTERS, *text)


def told(plan: Plan) -> Told:
    """Run a plan; at every step the counters of the book agree with its rows."""
    checks = BookChecks(tills_owe=plan.scenario.demand.unmet.pos == "backorder")
    ran = run(plan, checks, logs=True)
    checks.at_the_end(ran)
    assert ran.result is not None
    web = ran.result.ledger.web
    assert web is not None
    orders = dict(zip(ORDER, web.orders.sum(axis=0).tolist(), strict=True))
    lives = orders_of(ran).lives
    return Told(ran, orders, web.nodes, np.concatenate(lives) if lives else np.zeros(0, [("kind", np.int64)]))
