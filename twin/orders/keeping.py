"""The book of orders as Python sees it: its table, its room, and asking a rule that is written in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import Plan as Sendings
from policies.routing.base import Question
from twin.memory import table_of
from twin.orders.callback import LazyQuestion
from twin.orders.new import new_book, with_room
from twin.orders.state import Control
from twin.parts import load_parts
from twin.plan.build import Plan

Table = NDArray[np.int64]


class BookKeeper:
    """Keeps a book; who runs it sets ``table`` to the addresses of record and book."""

    def __init__(self, plan: Plan, *, logs: bool = False, records: bool = False) -> None:
        assert plan.web is not None
        load_parts()
        self.routing = plan.web.routing
        self.book = new_book(plan, logs=logs, records=records)
        self._table: Table = np.zeros((0, 4), np.int64)
        self.table = 0  # its address, which is what kernels take
        self.watches = False
        self.see()

    def put_table(self, table: Table) -> None:
        """Have kernels work on what lies behind ``table``: record, book and what else they need."""
        self._table, self.table = table, table.ctypes.data
        self.control[Control.TABLE] = self.table

    def see(self) -> None:
        """Look at the book's arrays anew, after some have grown."""
        book = self.book
        self.book_table = table_of(book)
        self._question = LazyQuestion(book)
        self._flat_plan: Any = memoryview(book.plan.reshape(-1))  # type: ignore[arg-type]
        self.control = book.control.data

    def digests(self) -> tuple[int, int]:
        """Digests of what the book heard, and of what was decided about orders."""
        return self.control[Control.DIGEST_HEARD], self.control[Control.DIGEST_DECIDED]

    def grow(self, least: int) -> None:
        """See to it that there are so many free rows of each kind."""
        self.book = with_room(self.book, least)
        self.see()

    def ask(self) -> int:
        """Ask the rule in Python; returns the rows of its plan, which it leaves in the book."""
        question = self._question
        question.take(self.table)
        plan = self.routing.choose(question)
        while not plan and question.has_less():
            plan = self.routing.choose(question)
        if self.watches:
            self.answered(question, plan, bool(self.control[Control.STRICT]))
        flat, i = self._flat_plan, 0
        if len(plan) > len(flat) // 3:
            raise ValueError(f"{self.routing}: a plan of {len(plan)} rows, expected at most {len(flat) // 3}")
        for candidate, line, units in plan:
            flat[i], flat[i + 1], flat[i + 2] = candidate, line, units
            i += 3
        return len(plan)

    def answered(self, question: Question, plan: Sendings, strict: bool) -> None:
        """A question was answered, which is said where there is something to watch."""
