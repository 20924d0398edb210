"""A new book of orders for a plan, and room for more of them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from policies.routing.built_in import BuiltIn
from policies.routing.columns import SPLIT_LINES
from twin.clock import NEVER
from twin.kpis.orders import ORDER_FIELDS
from twin.memory import longer, rows_of, spread
from twin.orders.ranging import ranging_of
from twin.orders.rows import link
from twin.orders.state import (
    ASKED,
    ENTRY,
    GOODS,
    LINE,
    MESSAGE,
    NODE,
    NONE,
    ORDER,
    SHIPMENT,
    TIMER,
    Book,
    Control,
)
from twin.plan.build import Plan
from twin.plan.web import WebPlan

_Kind = TypeVar("_Kind", bound=np.generic)
ROWS = 1 << 14  # of a pool at first
_LOG = 1 << 15
MOST_GRAMS = (1 << 31) - 1  # 2,147 t, of a unit


def new_book(plan: Plan, *, logs: bool = False, records: bool = False) -> Book:
    """An empty book for a plan with web orders."""
    web = plan.web
    assert web is not None
    most_lines = max(1, web.carts.most_lines)
    candidates = int(np.diff(web.candidate_first).max(initial=1))
    cut = isinstance(web.routing, BuiltIn) and bool(web.routing.settings[SPLIT_LINES])
    rows = most_lines * max(1, candidates) if cut or not isinstance(web.routing, BuiltIn) else most_lines
    sheets, nodes = _nodes(plan, web, plan.local_days.clock)
    backorders = plan.scenario.demand.unmet.web == "backorder"
    goods = np.zeros(len(plan.items.skus), GOODS)
    goods["grams"], goods["volume_grams"], goods["price"] = _billed(plan, web)
    goods["margin"] = goods["price"] - np.rint(plan.items.cost * 1e6).astype(np.int64)
    numbers = np.arange(len(nodes), dtype=np.int64)
    ranging = ranging_of(nodes, sheets, len(goods), web.candidate_first, web.candidates)
    orders = new_pool(ORDER)
    book = Book(
        orders=orders, lines=orders.view(LINE), shipments=new_pool(SHIPMENT),
        waiting=_of_cells(plan, backorders, np.int32, NONE), last_waiting=_of_cells(plan, backorders, np.int32, NONE),
        safety=web.safety,
        rejected=_of_cells(plan, web.routing.reject_cooldown > 0, np.int64, -(1 << 62)),
        nodes=nodes, places=sheets, candidate_first=web.candidate_first, candidates=web.candidates,
        alone=np.stack([np.zeros_like(numbers), np.zeros_like(numbers), numbers], axis=1),
        tariff=web.routing.tariff if isinstance(web.routing, BuiltIn) else np.zeros((1, 1), np.int64),
        routing=web.routing.settings if isinstance(web.routing, BuiltIn) else np.zeros(5, np.int64),
        reservation=web.reservation.settings,
        soft_timers=_new_ring(), hard_timers=_new_ring(),
        asked=np.zeros(4 * ROWS, ASKED),
        question_lines=np.zeros((most_lines, 3), np.int64), question_rows=np.zeros(most_lines, np.int64),
        left=np.zeros((candidates, 2), np.int64), stock=np.zeros((candidates, most_lines), np.int64),
        plan=np.zeros((rows, 3), np.int64), promised=np.zeros((7, max(rows, most_lines)), np.int64),
        goods=goods, midnights=plan.local_days.midnights,
        tally=np.zeros((plan.days, len(ORDER_FIELDS)), np.int64), hold_net=np.zeros(plan.days, np.int64),
        log=np.zeros(_LOG, ENTRY), messages=np.zeros(_LOG, MESSAGE), control=np.zeros(len(Control), np.int64),
        jumps=plan.local_days.jumps, owed_net=np.zeros(plan.days, np.int64),
        kinds=ranging.kinds, nearest=ranging.nearest,
    )  # fmt: skip
    _set_control(book, plan, web, logs)
    book.control[Control.RECORDS] = records
    return book


def _of_cells(plan: Plan, needed: bool, kind: type[_Kind], value: int) -> NDArray[_Kind]:
    """A number for each cell, or a single one where nobody looks."""
    found = spread(plan.cells if needed else 1, kind)
    found[:] = value
    return found


def new_pool(kind: np.dtype[np.void]) -> NDArray[np.void]:
    """The rows of a pool at first, all of them free."""
    rows = rows_of(ROWS, kind)
    link(rows["next"], 0)
    return rows


def _billed(plan: Plan, web: WebPlan) -> tuple[NDArray[np.int64], ...]:
    """Grams, grams by volume (with the divisor of the first carrier: for routing) and price of each SKU."""
    carriers = plan.scenario.carriers
    divisor = carriers[0].divisor if carriers else 5000.0
    volume = np.ceil(web.goods[:, 1] * 1000 / divisor).astype(np.int64)
    return *(np.minimum(each, MOST_GRAMS) for each in (web.goods[:, 0], volume)), web.goods[:, 2]


def _nodes(plan: Plan, web: WebPlan, clocks: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.void]]:
    places, cells = plan.network.locations, plan.ranged
    nodes = np.zeros(len(places), NODE)
    sheets: dict[int, int] = {}
    rows: list[NDArray[np.int32]] = []
    for i, place in enumerate(places):
        ranged, node = cells.skus[i], nodes[i]
        node["first"], node["size"], node["sheet"] = cells.first[i], ranged.size, NONE
        if ranged.size and (ranged[0] != 0 or ranged[-1] != ranged.size - 1):
            if id(ranged) not in sheets:
                sheets[id(ranged)] = len(rows)
                row = np.full(len(plan.items.skus), NONE, np.int32)
                row[ranged] = np.arange(ranged.size, dtype=np.int32)
                rows.append(row)
            node["sheet"] = sheets[id(ranged)]
        node["ships_from"], node["ships_to"] = web.ships[i]
        node["most_orders"], node["most_units"], node["most_shipped"] = web.most[i]
        node["opens"], node["closes"] = place.open or (0, 0)
        node["cut_off"], node["zone"] = -1 if place.cut_off is None else place.cut_off, clocks[i]
    return np.stack(rows) if rows else np.zeros((1, 1), np.int32), nodes


def _set_control(book: Book, plan: Plan, web: WebPlan, logs: bool) -> None:
    control, scenario = book.control, plan.scenario
    ready = scenario.promise.pickup.ready
    control[Control.ORDERS_LEFT] = control[Control.SHIPMENTS_LEFT] = ROWS
    control[Control.ASK] = control[Control.WATCHED] = control[Control.FREE_LINES] = NONE
    control[Control.RULE] = web.routing.code
    control[Control.SOFT_TTL], control[Control.HARD_TTL] = web.reservation.soft_ttl, web.reservation.hard_ttl
    control[Control.DELIVERY] = NEVER if scenario.promise.delivery is None else scenario.promise.delivery
    control[Control.READY] = ready or NEVER
    control[Control.BACKORDERS] = scenario.demand.unmet.web == "backorder"
    control[Control.COOLDOWN], control[Control.LOGS] = web.routing.reject_cooldown, logs
    control[Control.START], control[Control.NOW] = scenario.start_us, scenario.start_us
    control[Control.END] = scenario.end_us
    control[Control.COUNTS] = any(given.after_empty_pick is not None for given in scenario.inventory.count)
    control[Control.HONOURS_SOFT] = web.reservation.facts.honours_soft


def grown_pool(rows: NDArray[np.void], control: NDArray[np.int64], first: int, left: int, least: int) -> NDArray[np.void]:
    """The same rows with at least ``least`` free ones; the new ones are the first to be taken."""
    if control[left] >= least:
        return rows
    more = longer(rows, rows.size + max(least, rows.size // 4))
    link(more["next"], rows.size, int(control[first]))
    control[first] = rows.size
    control[left] += more.size - rows.size
    return more


def _grown_ring(timers: NDArray[np.void], control: NDArray[np.int64], first: int, end: int, least: int) -> NDArray[np.void]:
    if timers.size - int(control[end] - control[first]) > least:
        return timers
    more = np.zeros(1 << (2 * max(timers.size, least) - 1).bit_length(), timers.dtype)  # a ring is indexed by a mask
    at = np.arange(int(control[first]), int(control[end]))
    more[at & (more.size - 1)] = timers[at & (timers.size - 1)]
    more["time"][int(control[end]) & (more.size - 1)] = NEVER
    return more


def _new_ring() -> NDArray[np.void]:
    """No timers; one that is never due closes them."""
    timers = np.zeros(ROWS, TIMER)
    timers["time"][0] = NEVER
    return timers


def with_room(book: Book, least: int) -> Book:
    """The same book with at least ``least`` free rows of each kind."""
    control = book.control
    orders = grown_pool(book.orders, control, Control.FREE_ORDERS, Control.ORDERS_LEFT, least)
    shipments = grown_pool(book.shipments, control, Control.FREE_SHIPMENTS, Control.SHIPMENTS_LEFT, least)
    soft = _grown_ring(book.soft_timers, control, Control.SOFT_FIRST, Control.SOFT_END, least)
    hard = _grown_ring(book.hard_timers, control, Control.HARD_FIRST, Control.HARD_END, least)
    asked = book.asked if book.asked.size >= shipments.size else np.zeros(2 * shipments.size, ASKED)
    asked[: int(control[Control.OUT])] = book.asked[: int(control[Control.OUT])]
    log = book.log if book.log.size >= least else np.zeros(least, ENTRY)  # whoever keeps them has emptied them
    messages = book.messages if book.messages.size >= least else np.zeros(least, MESSAGE)
    return book._replace(
        log=log, messages=messages, orders=orders, lines=orders.view(LINE), shipments=shipments, soft_timers=soft, hard_timers=hard,
        asked=asked,
    )
