"""The built-in reservation rule keeps the contract, compiled and plain, for any settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import registry
from policies.reservation import GRANTED, Promise, ReservationFacts, ReservationPolicy, Standard, Wanted
from policies.reservation.testing import check_reservation_policy

SETTINGS: list[dict[str, Any]] = [
    {},
    {"oversell": 0.0},
    {"oversell": 1.0, "partial": True},
    {"backorder_limit": 0},
    {"backorder_limit": 5, "partial": True, "soft_ttl": 1, "hard_ttl": 1},
]
FACTS = [ReservationFacts(backorders, honours) for backorders in (False, True) for honours in (False, True)]


@pytest.mark.parametrize("use", registry.names("reservation"))
@pytest.mark.parametrize("parameters", SETTINGS, ids=str)
@pytest.mark.parametrize("facts", FACTS, ids=str)
def test_contract(use: str, parameters: dict[str, Any], facts: ReservationFacts) -> None:
    check_reservation_policy(partial(registry.make_reservation, use, given=parameters), facts)


@st.composite
def orders(draw: st.DrawFn) -> tuple[Wanted, ...]:
    """Any order over three cells, more wanted than there is."""
    small = st.integers(0, 12)
    states = [(draw(st.integers(-5, 12)), draw(small), draw(small), draw(small)) for _ in range(3)]
    lines = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), min_size=1, max_size=5))
    return tuple(Wanted(cell, units, *states[cell]) for cell, units in lines)


@settings(max_examples=200, deadline=None)
@given(
    parameters=st.sampled_from(SETTINGS), facts=st.sampled_from(FACTS), asked=st.lists(orders(), min_size=1, max_size=5)
)
def test_contract_for_any_order(
    parameters: dict[str, Any], facts: ReservationFacts, asked: list[tuple[Wanted, ...]]
) -> None:
    check_reservation_policy(partial(registry.make_reservation, "standard", given=parameters), facts, asked)


class Oversells(Standard):
    def promise(self, lines: Sequence[Wanted]) -> Promise:
        return Promise(GRANTED, (GRANTED,) * len(lines))


class SaysTwoThings(Standard):
    def promise(self, lines: Sequence[Wanted]) -> Promise:
        return Promise(GRANTED, super().promise(lines).lines)


class Remembers(Standard):
    asked = 0

    def hold(self, wanted: Wanted) -> bool:
        self.asked += 1
        return self.asked % 7 == 0


class NeverLasts(Standard):
    def __init__(self, facts: ReservationFacts) -> None:
        super().__init__(facts)
        self.hard_ttl = 0


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (Oversells, "units promised from stock of"),
        (SaysTwoThings, "outcome 1 for lines"),
        (Remembers, "decides otherwise"),
        (NeverLasts, "must last"),
    ],
)
def test_each_broken_promise_is_found(broken: type[ReservationPolicy], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_reservation_policy(broken)
