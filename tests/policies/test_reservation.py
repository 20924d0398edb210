"""Reservations: the life of one, what carts and orders may take, and many of them interleaved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.elementary import log
from policies.reservation import (
    BACKORDERED,
    GRANTED,
    PARTLY,
    REFUSED,
    ReservationFacts,
    Standard,
    Wanted,
    life,
)
from policies.reservation.base import MINUTE
from policies.reservation.stock import available, promisable, soft_cap

EVENTS = range(len(life.EVENTS))
STATES = range(len(life.STATES))


def test_no_event_leads_out_of_an_end() -> None:
    for state in STATES:
        ended = state in life.ENDS
        assert life.has_ended(state) == ended
        for event in EVENTS:
            after = life.follow(state, event)
            assert after == life.follow.compiled(state, event)
            assert after == life.REFUSED if ended else after in (*STATES, life.REFUSED)


def test_every_state_can_be_reached_and_left() -> None:
    reached = set(life.BEGINS) | {life.follow(state, event) for state in STATES for event in EVENTS}
    assert reached - {life.REFUSED} == set(STATES)
    for state in life.BEGINS:
        assert any(life.has_ended(life.follow(state, event)) for event in EVENTS if life.follow(state, event) >= 0)


@given(begin=st.sampled_from(life.BEGINS), events=st.lists(st.sampled_from(EVENTS)), units=st.integers(1, 9))
def test_it_ends_at_most_once_and_leaves_nothing_behind(begin: int, events: list[int], units: int) -> None:
    changes = (life.soft_change, life.reserved_change, life.backordered_change)
    counters = [change(life.REFUSED, begin, units) for change in changes]
    assert sum(counters) == units
    state, ends = begin, 0
    for event in [*events, life.ALLOCATE, life.SHIP, life.EXPIRE]:  # the last two end whatever is open
        after = life.follow(state, event)
        if after == life.REFUSED:
            continue
        counters = [n + change(state, after, units) for n, change in zip(counters, changes, strict=True)]
        assert sum(counters) == (0 if life.has_ended(after) else units)
        ends += life.has_ended(after)
        state = after
    assert ends == 1 and counters == [0, 0, 0]


def test_a_payment_at_the_instant_of_expiry_counts() -> None:
    """Conversions come before expiries in one instant; the expiry then finds nothing to end."""
    assert life.converts(100, 100) and life.is_due(100, 100)
    paid = life.follow(life.HELD, life.CONVERT)
    assert paid == life.CONVERTED and life.follow(paid, life.EXPIRE) == life.REFUSED
    late = life.follow(life.HELD, life.EXPIRE)
    assert not life.converts(101, 100) and life.follow(late, life.CONVERT) == life.REFUSED


def test_holds_that_expire_before_the_payment() -> None:
    """Checkout Exp(10 min) against 15 minutes: 22.313 % expire, and 12 holds an hour keep 1.55374 open."""
    ttl, n = 15 * MINUTE, 20_000
    times = [round(-10 * MINUTE * log((i + 0.5) / n)) for i in range(n)]
    assert sum(not life.converts(t, ttl) for t in times) / n == pytest.approx(0.22313, abs=1e-4)
    assert sum(min(t, ttl) for t in times) / n * 12 / (60 * MINUTE) == pytest.approx(1.55374, abs=1e-3)


def test_ten_units_and_fifteen_carts() -> None:
    rule, soft, reserved = Standard(ReservationFacts(backorders=True), backorder_limit=1), 0, 0
    held = []
    for cart in range(15):
        if rule.hold(Wanted(0, 1, free=10, soft=soft)):
            held.append(cart)
            soft += 1
    assert held == list(range(11))
    outcomes = []
    for _ in held:
        outcomes.append(rule.promise([Wanted(0, 1, free=10 - reserved)]).outcome)
        reserved += outcomes[-1] == GRANTED
    assert outcomes == [GRANTED] * 10 + [BACKORDERED]


def test_two_skus_are_promised_together_or_not_at_all() -> None:
    """All combinations of stock 0 and 1 of two SKUs: filled whole exactly where both are there."""
    rule = Standard(ReservationFacts())
    for a in (0, 1):
        for b in (0, 1):
            found = rule.promise([Wanted(0, 1, free=a), Wanted(1, 1, free=b)])
            both = a and b
            assert found.outcome == (GRANTED if both else REFUSED)
            assert found.lines == ((GRANTED,) * 2 if both else (REFUSED,) * 2)


def test_a_partial_order_drops_whole_lines() -> None:
    rule = Standard(ReservationFacts(), partial=True)
    found = rule.promise([Wanted(0, 2, free=1), Wanted(1, 2, free=2)])
    assert (found.outcome, found.lines) == (PARTLY, (REFUSED, GRANTED))


def test_backorders_stop_at_their_limit() -> None:
    for limit, promised in ((0, 0), (3, 3), (None, 9)):
        rule, backordered = Standard(ReservationFacts(backorders=True), backorder_limit=limit), 0
        for _ in range(9):
            outcome = rule.promise([Wanted(0, 1, free=0, backordered=backordered)]).outcome
            backordered += outcome == BACKORDERED
        assert backordered == promised
    none = Standard(ReservationFacts(backorders=False), backorder_limit=3)
    assert none.promise([Wanted(0, 1, free=0)]).outcome == REFUSED


def test_safety_units_are_kept_from_carts_and_orders() -> None:
    rule = Standard(ReservationFacts(), oversell=0)
    assert rule.hold(Wanted(0, 8, free=10, safety=2)) and not rule.hold(Wanted(0, 9, free=10, safety=2))
    assert rule.promise([Wanted(0, 8, free=10, safety=2)]).outcome == GRANTED
    assert rule.promise([Wanted(0, 9, free=10, safety=2)]).outcome == REFUSED


def test_an_order_leaves_to_carts_what_they_hold_where_that_is_wanted() -> None:
    wanted = [Wanted(0, 3, free=5, soft=3)]
    assert Standard(ReservationFacts()).promise(wanted).outcome == GRANTED
    assert Standard(ReservationFacts(honours_soft=True)).promise(wanted).outcome == REFUSED


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"soft_ttl": 0}, r"soft_ttl\(=0\) must be a whole number >= 1"),
        ({"hard_ttl": 1.5}, r"hard_ttl\(=1.5\)"),
        ({"oversell": 1.2}, r"oversell\(=1.2\) must be a share"),
        ({"oversell": float("nan")}, r"oversell\(=nan\)"),
        ({"backorder_limit": -1}, r"backorder_limit\(=-1\)"),
    ],
)
def test_impossible_parameters_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Standard(ReservationFacts(), **given)


@given(free=st.integers(-50, 10**9), safety=st.integers(0, 50), points=st.integers(0, 10_000))
def test_the_cap_is_whole_and_within_the_share(free: int, safety: int, points: int) -> None:
    there, cap = max(0, free - safety), soft_cap(free, safety, points)
    assert there <= cap and (cap - there) * 10_000 <= there * points < (cap - there + 1) * 10_000
    assert cap == soft_cap.compiled(free, safety, points)


@dataclass
class Cell:
    """What the record has of a cell."""

    on_hand: int
    soft: int = 0
    reserved: int = 0
    backordered: int = 0

    @property
    def free(self) -> int:
        return available(self.on_hand, 0, self.reserved)

    def wanted(self, cell: int, units: int) -> Wanted:
        return Wanted(cell, units, self.free, SAFETY, self.soft, self.backordered)


@dataclass
class One:
    """A reservation, and how often it ended."""

    cell: int
    units: int
    state: int
    ends: int = 0


SAFETY = 1


@dataclass
class Shop:
    """Two cells whose reservations begin, change and end in any order, while stock comes and goes."""

    rule: Standard
    cells: list[Cell] = field(default_factory=lambda: [Cell(8), Cell(3)])
    all: list[One] = field(default_factory=list)

    def begin(self, cell: int, units: int, state: int) -> One:
        one = One(cell, units, state)
        self.all.append(one)
        self._count(one, life.REFUSED, state)
        return one

    def change(self, one: One, event: int) -> bool:
        after = life.follow(one.state, event)
        if after == life.REFUSED:
            return False
        self._count(one, one.state, after)
        if after == life.SHIPPED:
            self.cells[one.cell].on_hand -= one.units
        one.state, one.ends = after, one.ends + life.has_ended(after)
        return True

    def _count(self, one: One, before: int, after: int) -> None:
        cell = self.cells[one.cell]
        cell.soft += life.soft_change(before, after, one.units)
        cell.reserved += life.reserved_change(before, after, one.units)
        cell.backordered += life.backordered_change(before, after, one.units)

    def cart(self, cell: int, units: int) -> None:
        state, points = self.cells[cell], int(self.rule.settings[0])
        if self.rule.hold(state.wanted(cell, units)):
            self.begin(cell, units, life.HELD)
            assert state.soft <= soft_cap(state.free, SAFETY, points)

    def order(self, lines: list[tuple[int, int]], held: One | None = None) -> None:
        if held is not None and not self.change(held, life.CONVERT):
            return
        before = [promisable(cell.free, 0, False, SAFETY) for cell in self.cells]
        found = self.rule.promise([self.cells[cell].wanted(cell, units) for cell, units in lines])
        assert found.outcome in (REFUSED, GRANTED, BACKORDERED)
        for (cell, units), outcome in zip(lines, found.lines, strict=True):
            assert (outcome == REFUSED) == (found.outcome == REFUSED)  # all or none
            if outcome != REFUSED:
                self.begin(cell, units, life.RESERVED if outcome == GRANTED else life.BACKORDERED)
                assert self.cells[cell].backordered <= LIMIT
        for cell, there in enumerate(before):
            granted = sum(u for (c, u), out in zip(lines, found.lines, strict=True) if c == cell and out == GRANTED)
            assert granted <= max(0, there)

    def check(self) -> None:
        for number, cell in enumerate(self.cells):
            mine = [one for one in self.all if one.cell == number]
            assert cell.soft == sum(one.units for one in mine if one.state == life.HELD)
            assert cell.reserved == sum(one.units for one in mine if one.state == life.RESERVED)
            assert cell.backordered == sum(one.units for one in mine if one.state == life.BACKORDERED)
        assert all(one.ends == life.has_ended(one.state) for one in self.all)


LIMIT = 4
STEP = st.one_of(
    st.tuples(st.just("cart"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("order"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("both"), st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.just("pay"), st.integers(0, 99), st.just(0)),
    st.tuples(st.just("event"), st.integers(0, 99), st.sampled_from(EVENTS)),
    st.tuples(st.just("stock"), st.integers(0, 1), st.integers(-4, 6)),
)


@settings(max_examples=300, deadline=None)
@given(steps=st.lists(STEP, max_size=60), oversell=st.sampled_from([0.0, 0.1, 0.5]), backorders=st.booleans())
def test_any_interleaving(steps: list[tuple[str, int, int]], oversell: float, backorders: bool) -> None:
    facts = ReservationFacts(backorders=backorders)
    shop = Shop(Standard(facts, oversell=oversell, backorder_limit=LIMIT))
    for what, a, b in steps:
        chosen = shop.all[a % len(shop.all)] if shop.all else None
        if what == "cart":
            shop.cart(a, b)
        elif what == "order":
            shop.order([(a, b)])
        elif what == "both":
            shop.order([(0, a), (1, b)])
        elif what == "pay" and chosen is not None and chosen.state == life.HELD:
            shop.order([(chosen.cell, chosen.units)], held=chosen)
        elif what == "event" and chosen is not None:
            shop.change(chosen, b)
        elif what == "stock":
            shop.cells[a].on_hand += b  # sales at the till take units whatever is reserved
        shop.check()
    for one in shop.all:
        for event in (life.ALLOCATE, life.SHIP, life.EXPIRE, life.RELEASE):
            shop.change(one, event)
    shop.check()
    assert all(one.ends == 1 for one in shop.all)
    assert all(cell.soft == cell.reserved == cell.backordered == 0 for cell in shop.cells)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(60)), expiring=st.lists(st.booleans(), min_size=60, max_size=60))
def test_a_flash_sale_promises_what_there_is(order: list[int], expiring: list[bool]) -> None:
    """Sixty checkouts for ten units over two cells, some of whose holds expire first: ten promised, none leaked."""
    shop = Shop(Standard(ReservationFacts(), oversell=0.1), [Cell(7), Cell(5)])  # less one safety unit each
    for number in order:
        cell = number % 2
        if expiring[number]:
            held = len(shop.all)
            shop.cart(cell, 1)
            for one in shop.all[held:]:
                shop.change(one, life.EXPIRE)
        shop.order([(cell, 1)])
        shop.check()
    assert sum(one.state == life.RESERVED for one in shop.all) == 10
    assert all(cell.soft == 0 for cell in shop.cells)
