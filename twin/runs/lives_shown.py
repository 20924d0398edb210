"""An order's life and lists of orders in the terminal, or as plain lines where there is none."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from twin.runs.lives import Candidate, OrderLife, pieces
from twin.runs.notable import KINDS, NotableOrders

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

MOST_CANDIDATES = 8  # shown one by one; of the others it is said how many there are
_UNLIMITED = 10_000
_COLOURS = {
    "rejected": "red", "refused": "red", "cancelled": "red", "expired": "red", "not collected": "red", "turned away": "red",
    "backordered": "yellow", "limited": "yellow", "hold expired": "yellow", "delivered": "green", "collected": "green",
    "asked": "cyan",
}  # fmt: skip
_SHORT = {
    "CHOSEN": "chosen", "CLOSED": "takes no orders", "FULL": "full", "NO_STOCK": "has nothing", "SHORT": "has some",
    "BEATEN": "farther or dearer",
}  # fmt: skip


def when(time: datetime) -> str:
    """A local time as one reads it: ``Mon 2 Mar 14:03:22``."""
    return f"{time:%a} {time.day} {time:%b %H:%M:%S}"


def show_life(life: OrderLife, file: TextIO | None = None) -> None:
    """Print an order's life."""
    from rich.text import Text

    where = f"to be collected at {life.pickup}" if life.pickup else f"to be sent to {life.zone}"
    promised = f", promised by {when(life.local(life.due))}" if life.due else ""
    parts: list[RenderableType] = [
        Text(f"order {life.order}: {life.outcome}", style="bold"),
        Text(f"{pieces(life.lines)}, {where}; placed {when(life.local(life.placed))}{promised}"),
        Text(f"{life.run}, {life.variant}, replication {life.replication}; times are those of {life.timezone}", style="dim"),
        *(Text(note, style="yellow") for note in life.notes),
        "",
        _steps(life),
    ]
    _print(parts, file)


def _steps(life: OrderLife) -> Table:
    from rich.console import Group
    from rich.text import Text

    table = _grid()
    before = None
    for step in life.steps:
        time = when(life.local(step.time))
        colour = _COLOURS.get(step.what, "")
        if life.due and step.what in ("delivered", "ready") and step.time > life.due:
            colour = "red"
        said: RenderableType = Text(step.text + (" (late)" if colour == "red" and step.what in ("delivered", "ready") else ""))
        if step.candidates:
            said = Group(said, _candidates(step.candidates))
        table.add_row(Text("" if time == before else time, style="dim"), Text(step.what, style=colour), said)
        before = time
    return table


def _candidates(candidates: Sequence[Candidate]) -> Table:
    """The chosen ones and the first others, one a row; how many others there are, by reason."""
    from rich.text import Text

    room = MOST_CANDIDATES - sum(one.reason == "CHOSEN" for one in candidates)
    table, left = _grid(), Counter[str]()
    for one in candidates:
        chosen = one.reason == "CHOSEN"
        room -= not chosen
        if not chosen and room < 0:
            left[_SHORT[one.reason]] += 1
            continue
        score = f"{one.score:,.1f} km" if one.unit == "km" else f"{one.score:,.2f}"
        some = f": {', '.join(one.has)}" if one.reason == "SHORT" else ""
        text = f"ships {', '.join(one.ships)}" if chosen else one.text + some
        style = "green" if chosen else "dim"
        table.add_row("→" if chosen else " ", Text(one.location, style=style), Text(score, style=style), Text(text, style=style))
    if left:
        more = ", ".join(f"{count} {words}" for words, count in left.most_common())
        table.add_row("", "", "", Text(f"and {left.total()} more: {more}", style="dim"))
    return table


def show_notable(found: NotableOrders, file: TextIO | None = None) -> None:
    """Print a list of orders."""
    from rich.text import Text

    title = f"{found.run}, {found.variant}, replication {found.replication}: orders worth a look"
    if not found.orders:
        _print([Text(title, style="bold"), Text("none: every order went out whole and in time")], file)
        return
    table = _grid()
    for kind, words in KINDS.items():
        for i, one in enumerate(each for each in found.orders if each.kind == kind):
            label = Text(kind, style=_COLOURS.get(kind, "cyan")) if i == 0 else Text("")
            table.add_row(label, Text(str(one.order), style="bold"), Text(when(found.local(one.time)), style="dim"), words)
            words = ""
    hint = Text(f"twin explain RUN {found.orders[0].order} tells one order's life", style="dim")
    _print([Text(title, style="bold"), "", table, "", hint], file)


def _grid() -> Table:
    from rich.table import Table

    return Table.grid(padding=(0, 2, 0, 0))


def _print(parts: Sequence[RenderableType], file: TextIO | None) -> None:
    """In a terminal as it is wide; elsewhere lines without colour, never wrapped, in what the encoding can spell."""
    from rich.console import Console

    out = file if file is not None else sys.stdout
    console = Console(file=out, highlight=False)
    if console.is_terminal:
        for part in parts:
            console.print(part)
        return
    buffer = io.StringIO()
    plain: Console = Console(file=buffer, width=_UNLIMITED, color_system=None, force_terminal=False, highlight=False)
    for part in parts:
        plain.print(part)
    text = "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())
    try:
        text.encode(getattr(out, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = text.replace("×", "x").replace("→", ">").encode("ascii", "replace").decode("ascii")
    out.write(text)


__all__ = ["show_life", "show_notable", "when"]
