"""Whatever happens to web orders, units are conserved, counters are what the rows say, and nothing is left over."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import event as note

from policies.reservation.life import BACKORDERED
from tests.twin.orders.book_checks import BookChecks, live_lines, orders_of, orders_there
from tests.twin.orders.made_up import texts
from tests.twin.scenes import Ran, plan_of, run
from tests.twin.world.test_conservation import Books
from twin.kpis.orders import ORDER
from twin.orders.state import Book, Parcel

AT_MOST = """
lines_filled lines, units_filled units, orders_filled orders, orders checkouts, checkouts carts, holds_expired holds,
refused orders, backordered orders, delivered orders, delivered_24h delivered, promised orders, on_time promised, perfect on_time,
perfect delivered, cancelled_customer orders, cancelled_retailer orders, cancelled_stockout cancelled_retailer, pickups orders,
pickups_cancelled pickups, no_shows pickups_cancelled, lost_units units, split shipped, shipped orders, shipped shipments
"""


def check_tally(book: Book) -> None:
    """Nothing is counted twice, nor taken off twice; no location takes on more in a day than it can."""
    placed = dict(zip(ORDER, book.tally.T, strict=True))
    del placed["hold_us"], placed["backorder_us"]  # which lack the level at the start of the day
    assert all((column >= 0).all() for column in placed.values()), "taken off twice"
    for pair in AT_MOST.split(","):
        part, whole = pair.split()
        if part not in ("checkouts", "holds_expired"):  # which belong to carts of an earlier day
            assert (placed[part] <= placed[whole]).all(), pair
        assert placed[part].sum() <= placed[whole].sum(), pair
    lines = book.lines[live_lines(book)]
    waits = lines[lines["state"] == BACKORDERED]
    assert book.owed_net.sum() == waits["units"].sum(), "units that wait"
    nodes = book.nodes
    assert (nodes["units"] <= nodes["most_units"]).all() and (nodes["orders"] <= nodes["most_orders"]).all(), "capacity"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts())
def test_orders_add_up(text: str) -> None:
    books, checks = Books(), BookChecks()

    def look(ran: Ran) -> None:
        books(ran)
        checks(ran)
        check_tally(orders_of(ran).book)

    ran = run(plan_of(text), look)
    note(f"steps: {checks.steps // 100}00")
    left = checks.at_the_end(ran)
    book = orders_of(ran).book
    lines = book.lines[live_lines(book)]
    waiting = set(lines["order"][lines["state"] == BACKORDERED].tolist())
    still = set(orders_there(book).tolist())
    away = set(book.shipments["order"][book.shipments["stage"] == Parcel.SHIPPED].tolist())  # with a slow carrier
    assert still <= waiting | away, f"{left} orders never ended"
    note(f"orders: {int(book.tally[:, ORDER['orders']].sum()) // 100}00")
    assert not ran.simulation.brain.record.cells["soft"].any()
    if not still:
        assert not ran.simulation.brain.record.cells["reserved"].any()
