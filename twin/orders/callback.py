"""Asking a rule that is written in Python: the question in hand, of which no more is looked up than the rule looks at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray

from policies.routing.base import Plan, Question
from policies.routing.columns import ORDERS_LEFT, UNITS, UNITS_LEFT
from twin.compiled import compiled
from twin.memory import pointer
from twin.orders.asking import FEW, MORE_EACH_TIME, ask_for_less, look_up, value_of
from twin.orders.state import NONE, Book, Control
from twin.orders.tables import Tables, book_of

_ASK, _ASKED, _LATER = int(Control.ASK), int(Control.ASKED_LINES), int(Control.LATER_WOULD_DO)
_FIRST, _MANY = int(Control.FIRST_CANDIDATE), int(Control.CANDIDATES)


@compiled()
def look_further(w: Tables, first: int, end: int, whole: int) -> None:
    """Fill in what candidates from ``first`` to ``end`` can take on and have, and behind the address ``whole`` which of them can
    send everything in one shipment."""
    look_up(w, first, end)
    book, units = book_of(w), 0
    lines, n = book.question_lines, book.control[_ASKED]
    can = carray(pointer(whole), (end,), np.bool_)
    for i in range(n):
        units += lines[i, UNITS]
    for c in range(first, end):
        can[c] = book.left[c, ORDERS_LEFT] > 0 and book.left[c, UNITS_LEFT] >= units
        for i in range(n):
            can[c] = can[c] and book.stock[c, i] >= lines[i, UNITS]


@compiled()
def value_in_question(w: Tables) -> int:
    """What the order in question is worth, millionths of the currency."""
    book = book_of(w)
    value: int = value_of(book, book.control[_ASK])
    return value


@compiled()
def less_to_ask(w: Tables) -> bool:
    """Where nobody can do what was asked: put a smaller question; False where nothing is left to ask."""
    return ask_for_less(w) != 0


class LazyQuestion(Question):
    """The question in hand of a book, one object for all of them: it holds while the rule is asked.

    A candidate is looked up when the rule first asks about it or one behind it; whoever reads ``left`` or ``stock`` as a table has
    all of them looked up. Whether one can send everything is worked out as it is looked up, so that a rule that goes from one to
    the next spends little on each.
    """

    __slots__ = (
        "_alone", "_candidates", "_control", "_given", "_known", "_left", "_of_zones", "_orders", "_sender", "_stock", "_table",
        "_whole", "_whole_at", "n_candidates",
    )  # fmt: skip
    n_candidates: int

    def __init__(self, book: Book) -> None:
        views: Any = [memoryview(a) for a in (book.question_lines, book.left, book.stock, book.control)]  # type: ignore[arg-type]
        self.lines, self._left, self._stock, self._control = views
        self._orders, self._of_zones, self._alone = book.orders, book.candidates, book.alone
        can = np.zeros(max(1, len(book.left)), np.bool_)
        self._whole: Any = memoryview(can)  # type: ignore[arg-type]
        self._whole_at = can.ctypes.data
        self._table = self._known = self.n_candidates = self.n_lines = self._sender = 0
        self._candidates: Any = None  # until somebody reads them
        self._given: tuple[Plan, Plan] | None = None  # what ``all_from`` returned last, and a copy of it

    def take(self, table: int) -> None:
        """Be the question that the book behind a table of addresses has in hand."""
        control = self._control
        self._table, self._candidates, self._given = table, None, None
        self.n_lines, self.n_candidates = control[_ASKED], control[_MANY]
        self._known = known = min(FEW, self.n_candidates)
        look_further(table, 0, known, self._whole_at)

    def has_less(self) -> bool:
        """Put a smaller question where nobody can do what was asked (``ask_for_less``); False where nothing is left to ask."""
        self._look(self.n_candidates)
        if not less_to_ask(self._table):
            return False
        self.take(self._table)
        return True

    def _reach(self, candidate: int) -> None:
        """Look up candidates until one is known."""
        if not 0 <= candidate < self.n_candidates:
            raise IndexError(f"there is no candidate {candidate}, they are {self.n_candidates}")
        self._look(min(self.n_candidates, max(candidate + 1, MORE_EACH_TIME * self._known)))

    def _look(self, end: int) -> None:
        """Look up the candidates before ``end`` that are not known yet."""
        look_further(self._table, self._known, end, self._whole_at)
        self._known = end

    @property
    def candidates(self) -> Any:
        """Floor, band and location number of each."""
        if self._candidates is None:
            control = self._control
            first = control[_FIRST]
            table = self._of_zones if self._orders[control[_ASK]]["pickup"] == NONE else self._alone
            self._candidates = memoryview(table[first : first + self.n_candidates])  # type: ignore[arg-type]
        return self._candidates

    @property
    def left(self) -> Any:
        """Orders and units that each can still take on today."""
        if self._known < self.n_candidates:
            self._look(self.n_candidates)
        return self._left

    @property
    def stock(self) -> Any:
        """Units that each may promise of each line."""
        if self._known < self.n_candidates:
            self._look(self.n_candidates)
        return self._stock

    @property
    def value(self) -> int:  # type: ignore[override]
        """What the order is worth, millionths of the currency."""
        return int(value_in_question(self._table))

    def has(self, candidate: int, line: int) -> bool:
        """Whether a candidate may promise a whole line."""
        if not 0 <= candidate < self._known:
            self._reach(candidate)
        return self._stock[candidate, line] >= self.lines[line, UNITS]

    def takes(self, candidate: int, units: int) -> bool:
        """Whether a candidate can take on one more shipment, of so many units."""
        if not 0 <= candidate < self._known:
            self._reach(candidate)
        return self._left[candidate, ORDERS_LEFT] > 0 and units <= self._left[candidate, UNITS_LEFT]

    def whole(self, candidate: int) -> bool:
        """Whether a candidate can send the whole order in one shipment."""
        if not 0 <= candidate < self._known:
            self._reach(candidate)
        return self._whole[candidate]

    def all_from(self, candidate: int) -> Plan:
        """Return the plan that sends the whole order from one candidate."""
        lines, n = self.lines, self.n_lines
        plan = [(candidate, 0, lines[0, UNITS])] if n == 1 else [(candidate, line, lines[line, UNITS]) for line in range(n)]
        self._sender, self._given = candidate, (plan, plan[:])
        return plan

    def gave(self, plan: object) -> bool:
        """Whether a plan is what ``all_from`` returned last, unchanged, of a candidate that can send it."""
        if self._given is None:
            return False
        given, kept = self._given
        if given is not plan or given != kept:
            return False
        sender = self._sender
        return type(sender) is int and 0 <= sender < self._known and self._whole[sender]
