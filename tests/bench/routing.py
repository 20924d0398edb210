"""Orders finding their locations: 2.5 lines an order, 20 candidates, compiled and in plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.kernel import Kernel
from policies.routing import Cost, MinSplits, Plan, Proximity, Question, RoutingFacts, RoutingPolicy
from policies.routing.built_in import BuiltIn
from policies.routing.own import Own
from tests.bench.figures import Figure, repeated, wall

ORDERS, TIMES, CANDIDATES = 5_000, 40, 20  # few enough for the cache, where a lane has its tables, and asked about many times
MOST_LINES = 4
LINES = [0.3, 0.2, 0.2, 0.3]  # one to four: 2.5 in the mean
STOCKED = {"plentiful": 0.95, "scarce": 0.6}  # share of cells that have the line

Numbers = NDArray[np.int64]


class NearestWhole(RoutingPolicy):
    """What somebody might write: the nearest that has everything, or nobody."""

    def choose(self, question: Question) -> Plan:
        """Return the first that can send it whole."""
        for candidate in range(question.n_candidates):
            if question.whole(candidate):
                return question.all_from(candidate)
        return []


def orders(stocked: float) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """Lines of each order, their tables, candidates, what these can take on and have; all made outside the timing."""
    draw = np.random.default_rng(1)
    counts = draw.choice(len(LINES), ORDERS, p=LINES) + 1
    lines = np.stack([np.ones((ORDERS, MOST_LINES), np.int64), *draw.integers(100, 3000, (2, ORDERS, MOST_LINES))], axis=2)
    bands = np.sort(draw.integers(0, 8, CANDIDATES))
    floors = 5_000_000 + 1_000_000 * bands
    candidates = np.stack([floors, bands, np.arange(CANDIDATES)], axis=1).astype(np.int64)
    left = np.full((CANDIDATES, 2), 10**6, np.int64)
    stock = (draw.random((ORDERS, CANDIDATES, MOST_LINES)) < stocked) * np.int64(3)
    return counts.astype(np.int64), lines, candidates, left, stock


def _over(decide: Any) -> Any:
    """A kernel that asks a rule about every order; how many could be filled."""
    import numba

    def ask_all(
        counts: Numbers, lines: Numbers, candidates: Numbers, left: Numbers, stock: Numbers, tariff: Numbers,
        settings: Numbers, plan: Numbers,
    ) -> int:  # fmt: skip
        filled = 0
        for i in range(counts.size):
            rows = decide(
                lines[i], counts[i], 0, candidates, candidates.shape[0], left, stock[i], tariff, settings, plan
            )
            filled += rows > 0
        return filled

    return numba.njit(nogil=True)(ask_all)


def _tariff() -> Numbers:
    steps = np.arange(12, dtype=np.int64)
    return np.stack([steps * (100_000 + 20_000 * band) for band in range(8)])


def _rules(facts: RoutingFacts) -> list[BuiltIn]:
    return [kind(facts, max_shipments=3, split_penalty=2) for kind in (Proximity, Cost, MinSplits)]


def _built_in(rule: BuiltIn, made: tuple[Numbers, ...], some: list[Question], words: str) -> list[Figure]:
    counts, lines, candidates, left, stock = made
    assert isinstance(rule.decide, Kernel)
    ask, plan = _over(rule.decide.compiled), np.zeros((MOST_LINES, 3), np.int64)
    given = (counts, lines, candidates, left, stock, rule.tariff, rule.settings, plan)
    filled = sum(bool(rule.choose(one)) for one in some)
    assert ask(*given) == filled
    best, _ = repeated(lambda: wall(lambda: ask(*given)), TIMES)
    plain, _ = repeated(lambda: wall(lambda: [rule.choose(one) for one in some]), 5)
    return [
        Figure(f"{rule.name}, {words} stock: compiled", ORDERS / best / 1e6, "M orders/s", "aim 3.4"),
        Figure(f"{rule.name}, {words} stock: plain Python", ORDERS / plain, "orders/s"),
    ]


def _own(facts: RoutingFacts, some: list[Question], words: str) -> Figure:
    own = Own(NearestWhole(facts), facts)
    best, _ = repeated(lambda: wall(lambda: [own.choose(one) for one in some]), 5)
    return Figure(f"a rule of one's own, {words} stock", ORDERS / best, "orders/s", "at least 50,000")


def _view(table: Any) -> Any:
    return memoryview(table)


def measure() -> list[Figure]:
    """Orders a second of every built-in rule, compiled and plain, and of a rule of one's own."""
    facts = RoutingFacts(_tariff(), 500)
    figures = []
    for words, stocked in STOCKED.items():
        made = counts, lines, candidates, left, stock = orders(stocked)
        some = [
            Question(_view(lines[i]), int(counts[i]), 0, _view(candidates), _view(left), _view(stock[i]))
            for i in range(ORDERS)
        ]
        for rule in _rules(facts):
            figures += _built_in(rule, made, some, words)
        figures.append(_own(facts, some, words))
    return figures
