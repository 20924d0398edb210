"""The question that routing is asked: the lines of an order that nobody ships yet, and what each candidate could promise."""

from __future__ import annotations

import numpy as np

from policies.routing.choosing import decide_by
from policies.routing.columns import GRAMS, LOCATION, MORE, ORDERS_LEFT, UNITS, UNITS_LEFT, VOLUME_GRAMS
from policies.routing.filters import excluded, room_left, ships_today
from twin.memory import Row
from twin.orders.clocks import shown_at
from twin.orders.state import NONE, UNROUTED, Book, Control
from twin.orders.stock import cell_of, free_units, safety_of
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _ASK, _ASKED = int(Control.NOW), int(Control.ASK), int(Control.ASKED_LINES)
_FIRST, _MANY, _STRICT = int(Control.FIRST_CANDIDATE), int(Control.CANDIDATES), int(Control.STRICT)
_LATER, _COOLDOWN, _RULE = int(Control.LATER_WOULD_DO), int(Control.COOLDOWN), int(Control.RULE)
_HONOURS = int(Control.HONOURS_SOFT)
FEW = 4  # candidates that are looked up before the rule says that it needs more


@part()
def ask_about(w: Tables, order: int, strict: bool) -> None:
    """Put the question about an order; ``look_up`` fills in what candidates have."""
    book = book_of(w)
    row = book.orders[order]
    line, n = row.first, 0
    while line != NONE:
        wanted = book.lines[line]
        if wanted.state == UNROUTED:
            goods = book.goods[wanted.sku]
            book.question_lines[n, UNITS] = wanted.units
            book.question_lines[n, GRAMS] = goods.grams * wanted.units
            book.question_lines[n, VOLUME_GRAMS] = goods.volume_grams * wanted.units
            book.question_rows[n] = line
            n += 1
        line = wanted.next
    control = book.control
    control[_ASK], control[_ASKED], control[_STRICT], control[_LATER] = order, n, strict, 0
    if row.pickup != NONE:
        control[_FIRST], control[_MANY] = row.pickup, 1
    else:
        control[_FIRST] = book.candidate_first[row.zone]
        control[_MANY] = book.candidate_first[row.zone + 1] - control[_FIRST]


@inlined()
def candidate_at(book: Book, c: int) -> int:
    """Location number of the c-th candidate of the question."""
    first = book.control[_FIRST] + c
    if book.orders[book.control[_ASK]].pickup != NONE:
        return first  # a store, as the only candidate of its pickups
    location: int = book.candidates[first, LOCATION]
    return location


@inlined()
def turn_local_day(book: Book, node: Row, time: int) -> None:
    """Turn to the node's local day; what it took on an earlier one no longer counts."""
    midnights = book.midnights
    while node.day + 1 < midnights.shape[1] and midnights[node.zone, node.day + 1] <= time:
        node.day += 1
        node.orders = node.units = node.shipped = 0


@inlined()
def _look_at_node(book: Book, c: int, collected: bool) -> bool:
    """What a candidate can still take on; False where that is nothing."""
    node, now = book.nodes[candidate_at(book, c)], book.control[_NOW]
    turn_local_day(book, node, now)
    serves = collected or node.ships_from <= now < node.ships_to
    if serves and book.control[_STRICT] and not collected:
        shown = shown_at(book.midnights, book.jumps, node.zone, node.day, now)
        today = ships_today(shown, node.opens, node.closes, node.cut_off)
        if not today:
            book.control[_LATER] = 1
        serves = today
    orders = room_left(node.most_orders, node.orders, serves)
    if not collected:
        orders = min(orders, room_left(node.most_shipped, node.shipped, serves))
    book.left[c, ORDERS_LEFT] = orders
    book.left[c, UNITS_LEFT] = room_left(node.most_units, node.units, serves)
    return serves and book.left[c, ORDERS_LEFT] > 0


@inlined()
def _promisable(book: Book, record: Record, location: int, line: Row, now: int) -> int:
    """Units of a line's SKU that a location may promise to it."""
    if location in (line.failed, line.failed_before, line.failed_earlier, line.failed_first):
        return 0
    cell = cell_of(book, location, line.sku)
    if cell == NONE:
        return 0
    if book.control[_COOLDOWN] and excluded(book.rejected[cell], now, book.control[_COOLDOWN]):
        return 0
    there = free_units(record, cell) - safety_of(book, cell)
    if book.control[_HONOURS]:
        there -= np.int64(book.soft[np.uintp(cell)])
    return max(0, there)


@part()
def look_up(w: Tables, first: int, end: int) -> None:
    """Fill in what candidates from ``first`` to ``end`` can take on and have."""
    book = book_of(w)
    record = record_of(w)
    collected = book.orders[book.control[_ASK]].pickup != NONE
    now = book.control[_NOW]
    for c in range(first, end):
        serves = _look_at_node(book, c, collected)
        location = candidate_at(book, c)
        for i in range(book.control[_ASKED]):
            line = book.lines[book.question_rows[i]]
            book.stock[c, i] = _promisable(book, record, location, line, now) if serves else 0


@inlined()
def value_of(book: Book, order: int) -> int:
    """What an order is worth, millionths of the currency."""
    total, line = 0, book.orders[order].first
    while line != NONE:
        total += book.goods[book.lines[line].sku].price * book.lines[line].units
        line = book.lines[line].next
    return total


@part()
def decide_question(w: Tables) -> int:
    """Ask the compiled rule the question in hand; rows of its plan, 0 where nobody can fill the order.

    Where nobody can today, but for their calendars, whoever can at all is asked for.
    """
    book, rows = book_of(w), 0
    slot, strict = book.control[_ASK], True
    value = value_of(book, slot)
    while True:
        first, many = book.control[_FIRST], book.control[_MANY]
        known = min(FEW, many)
        look_up(w, 0, known)
        table = book.alone if book.orders[slot].pickup != NONE else book.candidates
        rows = MORE
        while rows == MORE:
            rows = decide_by(
                book.control[_RULE], book.question_lines, book.control[_ASKED], value, table[first : first + many], known,
                book.left, book.stock, book.tariff, book.routing, book.plan,
            )  # fmt: skip
            if rows == MORE:
                look_up(w, known, many)
                known = many
        if rows > 0 or not strict or not book.control[_LATER]:
            return max(0, rows)
        ask_about(w, slot, False)
        strict = False
