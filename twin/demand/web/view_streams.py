"""Streams of sessions in which products are viewed: what a stream of carts has for them, and tables for kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.streams import Stream, StreamTables, stream_tables
from twin.opened import array_at
from twin.random.laws import Whole

if TYPE_CHECKING:
    from twin.demand.web.streams import CartStream

MOST_VIEWS = 1_000  # of a session without a cart
NOT_VIEWED = -1  # in the place of a law: carts without views

# A view, in a log of them.
VIEW = np.dtype(
    [
        ("time", np.int64),  # µs
        ("session", np.int64),  # 1, 2, 3 … day by day; of a day first those that end in a cart, in order of their carts
        ("cart", np.int64),  # number of the cart in which the session ends, or 0
        ("view", np.int32),  # 1, 2, 3 … within the session
        ("sku", np.int32),
        ("zone", np.int16),
    ],
    align=True,
)


@dataclass(frozen=True, eq=False)
class ViewLaw:
    """What a stream of carts has beside them.

    Attributes
    ----------
    per_cart : sessions without a cart to each one with a cart
    session : law of the views of one of these
    pace : quantiles (µs) of the time from a view to the next one, and from the last one to the cart
    """

    per_cart: float
    session: Whole
    pace: NDArray[np.int64]


class ViewTables(NamedTuple):
    """Beside the streams of sessions without a cart, S of them, as arrays: what kernels need."""

    flash_at: NDArray[np.int64]  # (S,) µs
    flash_length: NDArray[np.int64]
    flash_sessions: NDArray[np.int64]  # where they do not come by chance, else -1
    pace: NDArray[np.int32]  # (S,) row of quantiles
    cart_pace: NDArray[np.int32]  # (entries of demand.web,) the same of their carts, or NOT_VIEWED
    quantiles: NDArray[np.int64]  # (laws, ROW) µs


@dataclass(frozen=True, eq=False)
class ViewPlan:
    """Views of all carts of a scenario, and of the sessions without one.

    Attributes
    ----------
    rates : when sessions without a cart come, what they look at and how many views they have
    tables : the rest
    """

    rates: StreamTables
    tables: ViewTables


_I8, _I4 = np.int64, np.int32


@inlined()
def open_views(t: NDArray[np.int64]) -> ViewTables:
    """The views behind a table made by ``twin.memory.table_of``; for kernels."""
    return ViewTables(
        array_at(t, 0, _I8, 1),
        array_at(t, 1, _I8, 1),
        array_at(t, 2, _I8, 1),
        array_at(t, 3, _I4, 1),
        array_at(t, 4, _I4, 1),
        array_at(t, 5, _I8, 2),
    )


def plan_views(streams: Sequence[CartStream], start_us: int, days: int) -> ViewPlan | None:
    """Views beside streams of carts, for a run of ``days`` days from ``start_us``; None where nobody asks for any."""
    viewed = [(stream, stream.views) for stream in streams if stream.views is not None]
    if not viewed:
        return None
    laws = {id(law.pace): law.pace for _, law in viewed}
    row = {each: i for i, each in enumerate(laws)}
    cart_pace = np.full(max(stream.web for stream in streams) + 1, NOT_VIEWED, np.int32)
    for stream, law in viewed:
        cart_pace[stream.web] = row[id(law.pace)]
    flashes = [stream.flash for stream, _ in viewed]
    sessions = [round(stream.flash.orders * law.per_cart) if stream.flash else -1 for stream, law in viewed]
    tables = ViewTables(
        flash_at=np.array([flash.at if flash else 0 for flash in flashes], np.int64),
        flash_length=np.array([flash.length if flash else 0 for flash in flashes], np.int64),
        flash_sessions=np.array(sessions, np.int64),
        pace=np.array([row[id(law.pace)] for _, law in viewed], np.int32),
        cart_pace=cart_pace,
        quantiles=np.array(list(laws.values())),
    )
    come = [Stream(0, 0, s.entity, s.per_day * law.per_cart, s.choice, law.session, s.rhythm) for s, law in viewed]
    return ViewPlan(stream_tables(come, start_us, days), tables)
