"""The plain SimPy model that the twin is measured against comes to the same results: a yardstick, and a second opinion."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.against_simpy import Size, TwinRun, assert_equal, given_by, plan_of
from tests.bench.plain_model import PlainModel, Results

SMALL = Size(stores=4, skus=12, lines=150, days=12, room=400, lot=240, late=0.1)


def both(size: Size) -> tuple[Results, Results]:
    plan = plan_of(size)
    with tempfile.TemporaryDirectory() as folder:
        twin = TwinRun(plan, Path(folder))
        twin.run()
        return PlainModel(given_by(plan)).run(), twin.results()


@pytest.mark.parametrize("size", [SMALL, replace(SMALL, seed=2), replace(SMALL, room=90), replace(SMALL, lot=24)])
def test_the_plain_model_and_the_twin_come_to_the_same(size: Size) -> None:
    plain, twin = both(size)
    assert_equal(plain, twin)
    assert sum(plain.sold) > 1000
    assert {order[1] for order in plain.orders} == {-1, 0, 1, 2, 3}


def test_the_comparison_would_see_a_difference() -> None:
    """Stock runs out, trucks are full, and the record is so late at times that a review decides otherwise."""
    given = given_by(plan_of(replace(SMALL, room=90)))
    plain = PlainModel(given).run()
    roomy = PlainModel(replace(given, room=400)).run()
    at_once = PlainModel(replace(given, lines=[(t, cell, units, t) for t, cell, units, _ in given.lines])).run()
    assert sum(plain.lost) > sum(roomy.lost) > 0
    assert plain.orders != at_once.orders
