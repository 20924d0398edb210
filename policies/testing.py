"""The contract of a reorder rule, as a check that anyone can run on theirs.

In a test of your own::

    from policies.testing import check_reorder_policy
    from acme.policies import OurReorder

    def test_contract():
        check_reorder_policy(lambda cells: OurReorder(cells, boost=2.0))

It raises ``AssertionError`` saying which promise is broken and where.
"""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from policies.reorder.base import ALWAYS, NEVER, CellFacts, ReorderPolicy, ReorderState

Kind = TypeVar("Kind", bound=np.generic)
Factory = Callable[[CellFacts], ReorderPolicy]


def sample_cells(n: int = 40, seed: int = 1) -> CellFacts:
    """Return ``n`` varied cells: slow and fast, steady and lumpy, near and far, one without any demand.

    Examples
    --------
    >>> len(sample_cells(7))
    7
    """
    draw = np.random.default_rng(seed)
    mean = draw.lognormal(0.0, 1.5, n)
    mean[:1] = 0.0
    return _frozen(
        CellFacts(
            demand_mean=mean,
            demand_variance=mean * draw.choice([0.5, 1.0, 1.0, 2.5], n),
            lead_time_mean=draw.choice([0.0, 1.0, 3.5, 14.0], n),
            lead_time_variance=draw.choice([0.0, 0.0, 4.0], n),
            review_days=draw.choice([0.5, 1.0, 7.0], n),
            unit_cost=draw.uniform(0.5, 30.0, n),
            price=draw.uniform(30.0, 60.0, n),
        )
    )


def sample_states(rule: ReorderPolicy, cells: int, seed: int = 2, size: int = 400) -> ReorderState:
    """Return states scattered around the order points of ``rule``, backorders and overstock included."""
    draw = np.random.default_rng(seed)
    index = draw.integers(0, cells, size)
    points = rule.order_points().astype(np.int64)[index]
    around = np.where((points == ALWAYS) | (points == NEVER), 0, points)
    position = around + draw.integers(-60, 60, size) * draw.choice([0, 1, 1, 20], size)
    position = position + draw.choice([-1, 0, 0, 1], size)
    inbound = draw.integers(0, 50, size)
    backordered = draw.choice([0, 0, 3, 11], size)
    return ReorderState(index, position, position - inbound + backordered, inbound, backordered)


def check_reorder_policy(
    factory: Factory,
    cells: CellFacts | None = None,
    states: Callable[[ReorderPolicy], ReorderState] | None = None,
    *,
    settles: bool = True,
) -> None:
    """Check that a reorder rule keeps the contract.

    Parameters
    ----------
    factory : callable
        Builds the rule for the cells it is given; called more than once.
    cells : CellFacts, optional
        To build it for; varied ones by default (:func:`sample_cells`).
    states : callable, optional
        Gives the states (arrays) to ask it about; scattered around its order points by default.
    settles : bool
        Whether, once its order is on the way, it orders no more: forgetting what is on order is the classic
        bug. Switch it off for a rule that orders in instalments on purpose.

    Raises
    ------
    AssertionError
        Says which promise is broken.
    """
    facts = _frozen(cells if cells is not None else sample_cells())
    rule = factory(facts)
    _check_point_array(rule, len(facts))
    asked = _frozen_state(states(rule) if states else sample_states(rule, len(facts)))
    with no_dice():
        decided = _check_answers(rule, asked)
        _check_purity(rule, asked, decided)
        _check_scalar(rule, asked, decided)
        _check_order_points(rule, asked, decided)
        _check_copies(rule, factory(facts), asked, decided)
        if settles:
            _check_settles(rule, asked, decided)


def _check_answers(rule: ReorderPolicy, asked: ReorderState) -> NDArray[np.int64]:
    decided = rule.quantities(asked)
    assert isinstance(decided, np.ndarray), f"quantities returned {type(decided).__name__}, not an array"
    assert decided.dtype == np.int64, f"quantities returned {decided.dtype}, not int64"
    shape = np.shape(asked.index)
    assert decided.shape == shape, f"quantities returned shape {decided.shape} for states of shape {shape}"
    assert (decided >= 0).all(), _where("a negative order", asked, decided, decided < 0)
    nothing = rule.quantities(_rows(asked, np.arange(0)))
    assert nothing.shape == (0,), "no states must give no orders"
    return decided.copy()


def _check_purity(rule: ReorderPolicy, asked: ReorderState, decided: NDArray[np.int64]) -> None:
    _same("the same question twice", decided, rule.quantities(asked))
    rule.quantities(replace(asked, position=asked.position - 7, on_hand=asked.on_hand - 7))
    again = rule.quantities(asked)
    _same("the same question after another one", decided, again)
    for field in fields(asked):
        part = getattr(asked, field.name)
        assert not np.shares_memory(again, part), f"the answer is a view of the state's {field.name}"
    if again.flags.writeable:
        again[...] = -77
        _same("a caller who wrote into the last answer", decided, rule.quantities(asked))
    order = np.random.default_rng(3).permutation(len(decided))
    _same("the same states in another order", decided[order], rule.quantities(_rows(asked, order)))


def _check_scalar(rule: ReorderPolicy, asked: ReorderState, decided: NDArray[np.int64]) -> None:
    for one, expected in zip(asked.each(), decided.tolist(), strict=True):
        quantity = rule.quantity(one)
        assert type(quantity) is int, f"quantity returned {type(quantity).__name__}, not int"
        assert quantity == expected, f"quantity says {quantity} and quantities {expected} for {one}"


def _check_point_array(rule: ReorderPolicy, n: int) -> None:
    points = rule.order_points()
    assert points.dtype == np.int32, f"order_points returned {points.dtype}, not int32"
    assert points.shape == (n,), f"order_points returned shape {points.shape} for {n} cells"
    kept = points.copy()
    if points.flags.writeable:
        points[...] = 77
    assert (rule.order_points() == kept).all(), "order_points changes when its last answer is written to"


def _check_order_points(rule: ReorderPolicy, asked: ReorderState, decided: NDArray[np.int64]) -> None:
    kept = rule.order_points()
    of_state = kept[asked.index].astype(np.int64)
    above = (np.asarray(asked.position) > of_state) & (decided > 0)
    assert not above.any(), _where("an order above the order point", asked, decided, above)
    finite = np.flatnonzero((kept != ALWAYS) & (kept != NEVER))
    at_point = kept[finite].astype(np.int64)
    zero = np.zeros(len(finite), np.int64)
    state = ReorderState(finite, at_point, np.maximum(at_point, 0), zero, np.maximum(-at_point, 0))
    there = rule.quantities(state)
    assert (there > 0).all(), _where("no order at the order point", state, there, there == 0)


def _check_copies(
    rule: ReorderPolicy, twin: ReorderPolicy, asked: ReorderState, decided: NDArray[np.int64]
) -> None:
    _same("a rule built again", decided, twin.quantities(asked))
    _same("a rule pickled and read back", decided, pickle.loads(pickle.dumps(rule)).quantities(asked))
    _same("a deep copy", decided, copy.deepcopy(rule).quantities(asked))


def _check_settles(rule: ReorderPolicy, asked: ReorderState, decided: NDArray[np.int64]) -> None:
    after = replace(asked, position=asked.position + decided, inbound=asked.inbound + decided)
    more = rule.quantities(after)
    assert (more == 0).all(), _where("an order for what is on order", after, more, more > 0)


@contextmanager
def no_dice() -> Iterator[None]:
    """Hold that the shared random generators stay as they were: a rule draws nothing by itself."""
    ours, numpys = random.getstate(), pickle.dumps(np.random.get_state())
    yield
    assert random.getstate() == ours, "the rule draws from the module random"
    assert pickle.dumps(np.random.get_state()) == numpys, "the rule draws from numpy.random"


def _rows(state: ReorderState, rows: NDArray[np.intp]) -> ReorderState:
    size = np.shape(state.index)
    parts = (np.broadcast_to(np.asarray(getattr(state, field.name)), size) for field in fields(state))
    return ReorderState(*(part[rows] for part in parts))


def _same(what: str, first: NDArray[np.int64], second: NDArray[np.int64]) -> None:
    assert second.shape == first.shape, f"{what}: shape {second.shape} instead of {first.shape}"
    differs = first != second
    assert not differs.any(), f"{what}: {int(differs.sum())} of {len(first)} decisions differ"


def _where(what: str, asked: ReorderState, decided: NDArray[np.int64], bad: NDArray[np.bool_]) -> str:
    row = int(np.argmax(bad))
    return f"{what}: {int(decided[row])} units for {_rows(asked, np.array([row])).each()[0]}"


def _frozen(cells: CellFacts) -> CellFacts:
    return CellFacts(*(_read_only(getattr(cells, field.name)) for field in fields(cells)))


def _frozen_state(state: ReorderState) -> ReorderState:
    size = np.shape(state.index)
    parts = (np.broadcast_to(np.asarray(getattr(state, field.name)), size) for field in fields(state))
    return ReorderState(*(_read_only(part) for part in parts))


def _read_only(values: NDArray[Kind]) -> NDArray[Kind]:
    """A copy that refuses to be written to."""
    kept = values.copy()
    kept.flags.writeable = False
    return kept
