"""The contract of a reservation rule, as a check that anyone can run on theirs.

In a test of your own::

    from policies.reservation.testing import check_reservation_policy
    from acme.policies import OurReservation

    def test_contract():
        check_reservation_policy(lambda facts: OurReservation(facts))
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence

import numpy as np

from policies.kernel import Kernel
from policies.reservation.base import Promise, ReservationFacts, ReservationPolicy, Wanted
from policies.reservation.deciding import BACKORDERED, GRANTED, PARTLY, REFUSED
from policies.reservation.standard import Standard
from policies.testing import no_dice

Factory = Callable[[ReservationFacts], ReservationPolicy]


def sample_orders(seed: int = 1, size: int = 300) -> list[tuple[Wanted, ...]]:
    """Return varied orders of one to four lines, some with two lines of one cell, many of scarce stock.

    Examples
    --------
    >>> len(sample_orders(size=5))
    5
    """
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        state = draw.integers(0, [12, 4, 6, 6], (3, 4)) - [2, 0, 0, 0]  # of three cells
        chosen = draw.integers(0, 3, int(draw.integers(1, 5))).tolist()
        found.append(
            tuple(Wanted(cell, int(draw.integers(1, 5)), *(int(n) for n in state[cell])) for cell in chosen)
        )
    return found


def check_reservation_policy(
    factory: Factory,
    facts: ReservationFacts | None = None,
    orders: Sequence[Sequence[Wanted]] | None = None,
) -> None:
    """Check that a reservation rule keeps the contract.

    Parameters
    ----------
    factory : callable
        Builds the rule from the facts it is given; called more than once.
    facts : ReservationFacts, optional
        To build it from.
    orders : sequence of sequences of Wanted, optional
        To ask it about (:func:`sample_orders` by default); each line is asked about as a hold, too.

    Raises
    ------
    AssertionError
        Says which promise is broken.
    """
    given = facts if facts is not None else ReservationFacts()
    asked = [tuple(order) for order in (orders if orders is not None else sample_orders())]
    rule, twin = factory(given), factory(given)
    copy = pickle.loads(pickle.dumps(rule))
    assert rule.soft_ttl > 0 and rule.hard_ttl > 0, "a reservation must last"
    with no_dice():
        answers = [(rule.promise(order), [rule.hold(line) for line in order]) for order in asked]
        for order, (promise, _) in zip(asked, answers, strict=True):
            _check_promise(order, promise)
        for again, whose in ((rule, "asked in another order"), (twin, "built again"), (copy, "pickled")):
            for order, answer in reversed(list(zip(asked, answers, strict=True))):
                other = (again.promise(order), [again.hold(line) for line in order])
                assert other == answer, f"a rule {whose} decides otherwise for {order}: {other}, {answer}"
        if isinstance(rule, Standard):
            for order, (promise, holds) in zip(asked, answers, strict=True):
                assert compiled_promise(rule, order) == promise, f"compiled, it promises otherwise: {order}"
                assert [compiled_hold(rule, line) for line in order] == holds, f"compiled, it holds otherwise: {order}"


def compiled_hold(rule: Standard, wanted: Wanted) -> bool:
    """Return what the compiled form of ``hold`` decides."""
    assert isinstance(rule.decide_hold, Kernel)
    answer = rule.decide_hold.compiled(wanted.units, wanted.free, wanted.safety, wanted.soft, rule.settings)
    return bool(answer == GRANTED)


def compiled_promise(rule: Standard, lines: Sequence[Wanted]) -> Promise:
    """Return what the compiled form of ``promise`` decides."""
    assert isinstance(rule.decide_promise, Kernel)
    names = ("cell", "units", "free", "safety", "soft", "backordered")
    columns = [np.array([getattr(line, name) for line in lines], np.int64) for name in names]
    outcome = np.full(len(lines), -7, np.int64)
    answer = rule.decide_promise.compiled(len(lines), *columns, rule.settings, outcome)
    return Promise(int(answer), tuple(outcome.tolist()))


def _check_promise(order: Sequence[Wanted], promise: Promise) -> None:
    assert isinstance(promise, Promise), f"promise returned {type(promise).__name__}, not a Promise"
    lines = promise.lines
    assert len(lines) == len(order), f"{len(lines)} outcomes for {len(order)} lines"
    refused = sum(line == REFUSED for line in lines)
    if refused == len(lines):
        expected = REFUSED
    elif refused:
        expected = PARTLY
    else:
        expected = GRANTED if all(line == GRANTED for line in lines) else BACKORDERED
    assert promise.outcome == expected, f"outcome {promise.outcome} for lines {lines}"
    for cell in sorted({line.cell for line in order}):
        of_cell = [line for line in order if line.cell == cell]
        granted = sum(line.units for line, out in zip(order, lines, strict=True) if line.cell == cell and out == GRANTED)
        there = max(0, of_cell[0].free - of_cell[0].safety)
        assert granted <= there, f"{granted} units promised from stock of {there}: {order}"
