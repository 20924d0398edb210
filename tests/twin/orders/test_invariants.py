"""Whatever happens to web orders, units are conserved, counters are what the rows say, and nothing is left over."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import event as note

from policies.reservation.life import BACKORDERED
from tests.twin.orders.book_checks import BookChecks, orders_of
from tests.twin.orders.made_up import texts
from tests.twin.scenes import Ran, plan_of, run
from tests.twin.world.test_conservation import Books
from twin.kpis.orders import ORDER
from twin.orders.state import Parcel, Stage


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_orders_add_up(text: str) -> None:
    books, checks = Books(), BookChecks()

    def look(ran: Ran) -> None:
        books(ran)
        checks(ran)

    ran = run(plan_of(text), look)
    note(f"steps: {checks.steps // 100}00")
    left = checks.at_the_end(ran)
    book = orders_of(ran).book
    waiting = set(book.lines["order"][(book.lines["stamp"] > 0) & (book.lines["state"] == BACKORDERED)].tolist())
    still = set(np.flatnonzero(book.orders["stage"] != Stage.FREE).tolist())
    away = set(book.shipments["order"][book.shipments["stage"] == Parcel.SHIPPED].tolist())  # with a slow carrier
    assert still <= waiting | away, f"{left} orders never ended"
    note(f"orders: {int(book.tally[:, ORDER['orders']].sum()) // 100}00")
    assert not book.soft.any()
    if not still:
        assert not ran.simulation.brain.record.cells["reserved"].any()
