"""What a replication measured of its web orders: carts, orders, nodes, stations, and how long things took.

Orders count on the day they were placed, whatever becomes of them later; what happens at a node counts there,
on the day it happens. Lengths of time are kept as histograms, fine enough for a quantile to be 3 % right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Columns of WebLedger.orders (int64), by day of placement; of carts and holds, by day of the cart.
ORDER_FIELDS = (
    "carts",
    "holds",  # lines of carts that were held
    "holds_limited",  # lines of carts that were not: stock is limited
    "holds_expired",  # lines held that ran out before their cart paid
    "hold_us",  # integral of open held lines, by its own day
    "checkouts",
    "orders",  # placed, refused ones included
    "refused",  # orders of which not one unit was promised
    "lines",  # of orders
    "lines_filled",  # all units reserved from stock at placement, and none rejected afterwards; its pieces are one line
    "units",
    "units_filled",
    "orders_filled",
    "backordered",  # orders with units promised that no stock stood behind
    "cancelled_customer",  # orders cancelled, in whole or in part
    "cancelled_retailer",
    "cancelled_stockout",  # of those by the retailer, for want of stock
    "pickups",  # orders to be collected
    "pickups_cancelled",  # of these, by whomever, not collected ones included
    "shipments",  # that left, or stood ready to be collected
    "split",  # orders with more than one of these
    "delivered",  # orders delivered whole, or collected
    "delivered_24h",  # of those judged, within 24 hours of placement
    "promised",  # orders whose first promise falls due before the end of the run, not those their customer cancelled
    "on_time",  # of these, whole at the customer's (or ready to be collected) by then
    "perfect",  # of these, delivered or collected too
    "no_shows",  # orders that were ready and never collected
    "oversold_units",  # reserved for orders, and not there at the pick
    "shipped",  # orders of which a shipment left, or stood ready
    "kept",  # shipments ready to be collected, of which it shows before the end whether anybody comes
    "lost_units",  # that were ordered, and never come: refused, or cancelled by the retailer
    "lost_value",  # the same at price, millionths
    "lost_margin",  # the same at price less cost, millionths
    "backorder_us",  # units that waited for stock, over time
    "delivered_judged",  # orders delivered whole, or collected, that were placed 24 hours or more before the end
)

# Columns of WebLedger.views (int64), by day: of the view; of a session, that of its cart or of its first view.
VIEW_FIELDS = (
    "views",  # of products
    "sessions",  # those that end in a cart, and those that end without one
)

# Columns of WebLedger.nodes (int64), by location and day of the event.
NODE_FIELDS = (
    "assigned",  # orders, or parts of one, given to this location
    "picks",  # lines picked
    "picked_units",
    "rejects",  # lines that were not found, or not whole; not among the picks
    "shipments",
    "shipped_units",
    "delivered",  # shipments of this location that reached their customer
    "collected",  # orders
    "wait_us",  # at the entry station, from arrival to start of service
    "waits",  # services started there
    "returned_units",  # that came to this location
    "restocked_units",  # onto its shelf
)

# Columns of WebLedger.node_money (float64), by location and day of the event, in the scenario's currency.
NODE_MONEY_FIELDS = ("revenue", "cost_of_goods", "shipping")

# Columns of WebLedger.stations (int64), over the measured horizon.
STATION_FIELDS = (
    "jobs",  # services started
    "wait_us",  # of these, from arrival to start
    "busy_us",  # integral of servers at work
    "capacity_us",  # integral of servers on shift
    "in_system_us",  # integral of jobs waiting or in service
    "blocked",  # arrivals that found no room: turned away, or kept waiting at the station before
    "arrivals",  # jobs that came, blocked ones included
    "rework",  # services that were to be done again
)

ORDER = {name: i for i, name in enumerate(ORDER_FIELDS)}
NODE = {name: i for i, name in enumerate(NODE_FIELDS)}
NODE_MONEY = {name: i for i, name in enumerate(NODE_MONEY_FIELDS)}
STATION = {name: i for i, name in enumerate(STATION_FIELDS)}

# Fine histograms: bin b holds lags in [fine_edge_us(b), fine_edge_us(b + 1)), 32 bins an octave.
FINE_BINS = 2048


def fine_edge_us(b: int) -> int:
    """Lower edge, in µs, of bin ``b`` of a fine histogram: exact below 32 µs, then 32 equal steps in each doubling.

    Examples
    --------
    >>> [fine_edge_us(b) for b in (0, 31, 32, 63, 64, 65, 96)]
    [0, 31, 32, 63, 64, 66, 128]
    """
    if b < 32:
        return b
    octave, step = divmod(b, 32)
    return (32 + step) << (octave - 1)


def fine_bin(lag_us: int) -> int:
    """Bin of a lag of whole µs, 0 or more: itself below 32, then by its leading bit and the five that follow.

    Examples
    --------
    >>> [fine_bin(lag) for lag in (0, 31, 32, 63, 64, 65, 66, 128)]
    [0, 31, 32, 63, 64, 64, 65, 96]
    """
    octave = max(lag_us.bit_length() - 5, 1)
    return 32 * (octave - 1) + (lag_us >> (octave - 1))


@dataclass
class WebLedger:
    """All that one replication measured of its web orders.

    ``orders`` has shape (days, len(ORDER_FIELDS)), ``nodes`` (days, locations, len(NODE_FIELDS)) and
    ``node_money`` (days, locations, len(NODE_MONEY_FIELDS)); days are those of the ledger, warm-up included.
    ``stations`` has shape (stations, len(STATION_FIELDS)) and holds the measured horizon alone, as do the
    histograms, of shape (FINE_BINS,): ``cycle`` from placed to delivered, ``collect`` from placed to ready,
    ``wait`` at the entry station from arrival to start of service, each of orders placed in that horizon.
    ``views`` has shape (days, len(VIEW_FIELDS)); None where views are not drawn.
    """

    orders: NDArray[np.int64]
    nodes: NDArray[np.int64]
    node_money: NDArray[np.float64]
    stations: NDArray[np.int64]
    cycle: NDArray[np.int64]
    collect: NDArray[np.int64]
    wait: NDArray[np.int64]
    station_names: list[tuple[str, int]] = field(default_factory=list)  # (name, location) of each station
    views: NDArray[np.int64] | None = None

    @classmethod
    def empty(cls, days: int, locations: int, station_names: Sequence[tuple[str, int]] = ()) -> WebLedger:
        """A ledger in which nothing happened."""
        import numpy as np

        return cls(
            orders=np.zeros((days, len(ORDER_FIELDS)), np.int64),
            nodes=np.zeros((days, locations, len(NODE_FIELDS)), np.int64),
            node_money=np.zeros((days, locations, len(NODE_MONEY_FIELDS)), np.float64),
            stations=np.zeros((len(station_names), len(STATION_FIELDS)), np.int64),
            cycle=np.zeros(FINE_BINS, np.int64),
            collect=np.zeros(FINE_BINS, np.int64),
            wait=np.zeros(FINE_BINS, np.int64),
            station_names=list(station_names),
        )
