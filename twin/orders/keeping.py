"""The book of orders as Python sees it: its table, its room, and asking a rule that is written in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import Plan as Sendings
from policies.routing.base import Question
from twin.memory import table_of
from twin.orders.new import new_book, with_room
from twin.orders.placing import less_to_ask, put_question
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
        self._candidates: dict[tuple[int, int, bool], Any] = {}
        self.see()

    def put_table(self, table: Table) -> None:
        """Have kernels work on what lies behind ``table``: record, book and what else they need."""
        self._table, self.table = table, table.ctypes.data

    def see(self) -> None:
        """Look at the book's arrays anew, after some have grown."""
        book = self.book
        self.book_table = table_of(book)
        self._views = tuple(memoryview(a) for a in (book.question_lines, book.left, book.stock, book.plan))  # type: ignore[arg-type]
        self._pickups = book.orders["pickup"]
        self.control = book.control.data
        self._candidates.clear()

    def digests(self) -> tuple[int, int]:
        """Digests of what the book heard, and of what was decided about orders."""
        return self.control[Control.DIGEST_HEARD], self.control[Control.DIGEST_DECIDED]

    def grow(self, least: int) -> None:
        """See to it that there are so many free rows of each kind."""
        self.book = with_room(self.book, least)
        self.see()

    def ask(self) -> int:
        """Ask the rule in Python; returns the rows of its plan, which it leaves in the book."""
        while True:
            question = self.question()
            plan = self.routing.choose(question)
            if plan or not less_to_ask(self.table):
                break
        self.answered(question, plan, bool(self.control[Control.STRICT]))
        table = self._views[3]
        if len(plan) > len(table):
            raise ValueError(f"{self.routing}: a plan of {len(plan)} rows, expected at most {len(table)}")
        for i, (candidate, line, units) in enumerate(plan):
            table[i, 0], table[i, 1], table[i, 2] = candidate, line, units
        return len(plan)

    def answered(self, question: Question, plan: Sendings, strict: bool) -> None:
        """A question was answered; whoever wants to know why says so here."""

    def question(self) -> Question:
        """The question in hand, with what each candidate could promise."""
        many = put_question(self.table)
        control = self.control
        first = control[Control.FIRST_CANDIDATE]
        collected = bool(self._pickups[control[Control.ASK]] >= 0)
        key = first, many, collected
        if key not in self._candidates:
            table = self.book.alone if collected else self.book.candidates
            self._candidates[key] = memoryview(np.ascontiguousarray(table[first : first + many]))  # type: ignore[arg-type]
        lines, left, stock, _ = self._views
        return Question(lines, control[Control.ASKED_LINES], control[Control.VALUE], self._candidates[key], left, stock)
