"""The question that routing is asked: the lines of an order that nobody ships yet, and what each candidate could promise."""

from __future__ import annotations

import numpy as np

from policies.reservation.deciding import PARTIAL
from policies.routing.choosing import decide_by, splits_last
from policies.routing.columns import FROM, GRAMS, LOCATION, MORE, ORDERS_LEFT, SPLIT_LINES, UNITS, UNITS_LEFT, VOLUME_GRAMS
from policies.routing.filters import excluded, room_left, ships_today
from twin.intrinsics import prefetch
from twin.memory import Row
from twin.opened import rows_from
from twin.orders.clocks import shown_at
from twin.orders.state import NONE, UNROUTED, Book, Control
from twin.orders.stock import cell_of, first_ranging, safety_of, spare_units
from twin.orders.tables import Tables, book_of, record_of
from twin.parts import inlined, part
from twin.record.state import Record

_NOW, _ASK, _ASKED = int(Control.NOW), int(Control.ASK), int(Control.ASKED_LINES)
_FIRST, _MANY, _STRICT = int(Control.FIRST_CANDIDATE), int(Control.CANDIDATES), int(Control.STRICT)
_LATER, _COOLDOWN, _RULE, _WATCHED = (
    int(c) for c in (Control.LATER_WOULD_DO, Control.COOLDOWN, Control.RULE, Control.WATCHED)
)
_HONOURS, _WANTED, _PLACING, _BACKORDERS = (
    int(c) for c in (Control.HONOURS_SOFT, Control.WANTED_LINES, Control.PLACED, Control.BACKORDERS)
)
FEW, MORE_EACH_TIME = 1, 4
"""Candidates that are looked up at first (by the lane, from the first on that may have all); times as many after each look."""


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
            book.question_lines[n, GRAMS] = np.int64(goods.grams) * wanted.units
            book.question_lines[n, VOLUME_GRAMS] = np.int64(goods.volume_grams) * wanted.units
            book.question_rows[n] = line
            n += 1
        line = wanted.next
    control = book.control
    control[_ASK], control[_ASKED], control[_WANTED], control[_STRICT], control[_LATER] = order, n, n, strict, 0
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
def look_at_node(book: Book, c: int, collected: bool) -> bool:
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
def has_failed(line: Row, location: int) -> bool:
    """Whether a location failed a line before."""
    return location in (line.failed, line.failed_before, line.failed_earlier, line.failed_first)


@inlined()
def _promisable(book: Book, record: Record, location: int, line: Row, cell: int, now: int) -> int:
    """Units of a line's SKU that a location may promise to it, whose cell is known."""
    if has_failed(line, location):
        return 0
    if book.control[_COOLDOWN] and excluded(book.rejected[cell], now, book.control[_COOLDOWN]):
        return 0
    there = spare_units(record, cell) - safety_of(book, cell)
    if book.control[_HONOURS]:
        there -= np.int64(record.cells[cell].soft)
    return max(0, there)


@inlined()
def _write_cells(book: Book, record: Record, first: int, end: int) -> None:
    """Write the cells of candidates where their stock will stand, and ask for all of them before any is read."""
    for i in range(book.control[_ASKED]):
        sku = np.int64(book.lines[book.question_rows[i]].sku)
        for c in range(first, end):
            cell = cell_of(book, candidate_at(book, c), sku)
            book.stock[c, i] = cell
            if cell != NONE:
                prefetch(record.cells, cell)


@inlined()
def _ranges_any(book: Book, c: int) -> bool:
    found = False
    for i in range(book.control[_ASKED]):
        found = found or book.stock[c, i] != NONE
    return found


@inlined()
def needs_asking(book: Book) -> bool:
    """Whether the question in hand is answered in Python."""
    slot = book.control[_ASK]
    return book.control[_RULE] < 0 or book.orders[slot].number == book.control[_WATCHED]


@part()
def look_up(w: Tables, first: int, end: int) -> None:
    """Fill in what candidates from ``first`` to ``end`` can take on and have; a compiled rule asks nothing of who ranges none."""
    book = book_of(w)
    record = record_of(w)
    collected = book.orders[book.control[_ASK]].pickup != NONE
    now, all_told = book.control[_NOW], needs_asking(book)
    _write_cells(book, record, first, end)
    for c in range(first, end):
        if all_told or _ranges_any(book, c):
            serves = look_at_node(book, c, collected)
        else:
            serves = False
            book.left[c, ORDERS_LEFT] = book.left[c, UNITS_LEFT] = 0
        location = candidate_at(book, c)
        for i in range(book.control[_ASKED]):
            cell = book.stock[c, i]
            line = book.lines[book.question_rows[i]]
            book.stock[c, i] = _promisable(book, record, location, line, cell, now) if serves and cell != NONE else 0


@inlined()
def value_of(book: Book, order: int) -> int:
    """What an order is worth, millionths of the currency."""
    total, line = 0, book.orders[order].first
    while line != NONE:
        total += book.goods[book.lines[line].sku].price * book.lines[line].units
        line = book.lines[line].next
    return total


@part(seldom=True)
def ask_for_less(w: Tables) -> bool:
    """Nobody can do what was asked: ask whoever can at all where a calendar was in the way, else for a line less where an order
    may be promised in part or wait in part. False where nothing is left to ask."""
    book = book_of(w)
    control = book.control
    if control[_STRICT] and control[_LATER]:
        control[_STRICT] = control[_LATER] = 0
        return True
    in_parts = control[_BACKORDERS] or book.reservation[PARTIAL] or not control[_PLACING]
    if control[_ASKED] < 2 or not in_parts:
        return False
    worst, lacking, has_any = 0, -(1 << 62), False
    for i in range(control[_ASKED]):
        wanted = book.question_lines[i, UNITS]
        there = _most_of(book, i)
        has_any = has_any or there >= wanted
        if wanted - there >= lacking:
            worst, lacking = i, wanted - there
    if has_any:
        control[_ASKED] -= 1
        _swap_lines(book, worst, control[_ASKED])
        control[_STRICT], control[_LATER] = 1, 0
    return has_any


@inlined()
def _most_of(book: Book, i: int) -> int:
    """Units of a line in question that a candidate could send, or all together where lines may be cut."""
    most: int = 0
    for c in range(book.control[_MANY]):
        there: int = min(book.stock[c, i], book.left[c, UNITS_LEFT]) if book.left[c, ORDERS_LEFT] > 0 else 0
        most = most + there if book.routing[SPLIT_LINES] else max(most, there)
    return most


@inlined()
def _swap_lines(book: Book, i: int, j: int) -> None:
    rows, lines = book.question_rows, book.question_lines
    rows[i], rows[j] = rows[j], rows[i]
    for column in range(lines.shape[1]):
        lines[i, column], lines[j, column] = lines[j, column], lines[i, column]


@inlined()
def _first_of_all(book: Book, slot: int) -> int:
    """The first candidate that may have all lines in question; 0 where none has."""
    first: int = 0
    zone = book.orders[slot].zone
    if book.orders[slot].pickup == NONE:
        for i in range(book.control[_ASKED]):
            line = book.lines[book.question_rows[i]]
            first = max(first, line.place if line.place != NONE else first_ranging(book, zone, line.sku))
    return first if first < book.control[_MANY] else 0


@part()
def decide_question(w: Tables) -> int:
    """Ask the compiled rule the question in hand; rows of its plan, 0 where nobody can fill the order.

    Where nobody can, it is put again as ``ask_for_less`` has it.
    """
    book, rows = book_of(w), 0
    slot = book.control[_ASK]
    value = value_of(book, slot)
    while True:
        start = _first_of_all(book, slot) if splits_last(book.control[_RULE]) else 0
        while True:
            rows = _ask_rule(w, book, start, value)
            if start == 0 or _is_sent_whole(book, rows):
                break
            start = 0  # who has not all may send a part
        for row in range(rows if start > 0 else 0):
            book.plan[row, FROM] += start
        if rows > 0 or not ask_for_less(w):
            return max(0, rows)


@inlined()
def _ask_rule(w: Tables, book: Book, start: int, value: int) -> int:
    """Ask the compiled rule about the candidates from ``start`` on, which it numbers from there."""
    control = book.control
    first, many = control[_FIRST] + start, control[_MANY] - start
    table = book.alone if book.orders[control[_ASK]].pickup != NONE else book.candidates
    known, rows = min(FEW, many), MORE
    look_up(w, start, start + known)
    while rows == MORE:
        rows = decide_by(
            control[_RULE], book.question_lines, control[_ASKED], value, rows_from(table, first, many), known,
            rows_from(book.left, start, many), rows_from(book.stock, start, many), book.tariff, book.routing, book.plan,
        )  # fmt: skip
        if rows == MORE:
            more = min(known * MORE_EACH_TIME, many)
            look_up(w, start + known, start + more)
            known = more
    return rows


@inlined()
def _is_sent_whole(book: Book, rows: int) -> bool:
    """Whether a plan of so many rows is one shipment of all lines in question."""
    whole = rows == book.control[_ASKED]
    for row in range(rows):
        whole = whole and book.plan[row, FROM] == book.plan[0, FROM]
    return whole
