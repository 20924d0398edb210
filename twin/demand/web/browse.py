"""Drawing the sessions of a stretch of days and their views: those that end in a cart, backwards from it, and the others.

A session without a cart has a Philox block of its own (when it begins, where from, how many views), its views have others. The
views of a cart are drawn by its luck. So no cart's draw depends on whether anybody looks at views, and no view on another session.
A view is counted on its day, or written where there is a log of them: session by session, in no order of time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.clock import DAY, KEY_SHIFT
from twin.compiled import compiled, inlined
from twin.demand.picking import guide_of, source_of, time_of_day
from twin.demand.streams import StreamTables, open_streams
from twin.demand.web.lines import Keys
from twin.demand.web.tables import WebTables, open_web, zone_of
from twin.demand.web.view_streams import NOT_VIEWED, ViewTables, open_views
from twin.demand.words import choose
from twin.random.drawn import keyed_root, keyed_u32
from twin.random.laws import ONE
from twin.random.philox import lower, philox_block, upper
from twin.random.purposes import Purpose
from twin.random.tables import discrete_draw, quantile_draw

_COUNT, _SESSION, _VIEW = int(Purpose.VIEW_COUNT), int(Purpose.VIEW_SESSION), int(Purpose.VIEW)
_DAY, _SHIFT, _ONE, _NOT_VIEWED = DAY, KEY_SHIFT, ONE, NOT_VIEWED
_VIEW_BITS = 16
_VIEWS, _SESSIONS = 0, 1  # columns of what is counted


class Sheet(NamedTuple):
    """Where views go: counted by day, or written; never both, for the room must be known before anything is written."""

    counted: NDArray[np.int64]  # (days of the run, 2) views and sessions
    begun: NDArray[np.int64]  # (days of the stretch,) sessions without a cart
    numbers: NDArray[np.int64]  # (days of the stretch,) number of the last session of each day so far
    rows: NDArray[np.void]  # of VIEW
    writes: bool
    start_us: int
    end_us: int  # of the run: what lies behind is no part of it


@inlined()
def _view(sheet: Sheet, n: int, time: int, session: int, cart: int, view: int, sku: int, zone: int) -> None:
    """One view, in row ``n`` where it is written."""
    if sheet.writes:
        row = sheet.rows[np.uintp(n)]
        row.time, row.session, row.cart, row.view, row.sku, row.zone = time, session, cart, view, sku, zone
    else:
        sheet.counted[(time - sheet.start_us) // _DAY, _VIEWS] += 1


@inlined()
def _look_around(
    rates: StreamTables, of: ViewTables, s: int, day: int, index: int, time: int, views: int, session: int, zone: int, keys: Keys,
    sheet: Sheet, n: int,
) -> int:  # fmt: skip
    """The views of a session without a cart; returns how many there are with them."""
    source, guide, pace = source_of(rates, s), guide_of(rates, s), of.quantiles[of.pace[s]]
    a, b, c, d = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    drawn = sheet.writes or views > 1  # of a single view that is only counted nothing more need be known
    for view in range(views):
        if drawn and view & 3 == 0:
            counter = (index << _VIEW_BITS) | view
            a, b, c, d = philox_block(counter, day, rates.entity[s], keys.replication, keys.seed, _VIEW)
        if view > 0:
            time += quantile_draw(pace, lower(a))
        if time >= sheet.end_us:
            break
        sku = np.int64(0)
        if sheet.writes:
            what = choose(guide, upper(a))
            sku = what if source.dense else np.int64(rates.sku[np.uintp(source.first_choice + what)])
        _view(sheet, n, time, session, 0, view + 1, sku, zone)
        n += 1
        a, b, c = b, c, d
    return n


@inlined()
def _come(
    rates: StreamTables, web: WebTables, of: ViewTables, s: int, day: int, index: int, keys: Keys, sheet: Sheet, n: int
) -> int:
    """Session ``index`` of a stream; of a flash sale ``day`` is 0. Returns how many views there are with its own."""
    a, b, _, _ = philox_block(index, day, rates.entity[s], keys.replication, keys.seed, _SESSION)
    if of.flash_sessions[s] >= 0:
        time = of.flash_at[s] + np.int64(upper(a) * (of.flash_length[s] / _ONE))
    else:
        rhythm = rates.rhythm[s]
        pattern = rates.edges_first[rhythm] + rates.of_day[rhythm, day]
        time = keys.start_us + day * _DAY + time_of_day(rates, pattern, upper(a))
    d = (time - keys.start_us) // _DAY - keys.first_day
    if d < 0 or d >= sheet.begun.size or time >= sheet.end_us:
        return n
    if sheet.writes:
        sheet.numbers[d] += 1
    else:
        sheet.begun[d] += 1
        sheet.counted[keys.first_day + d, _SESSIONS] += 1
    law = rates.size_law[s]
    views = np.int64(rates.law_first[law])
    if rates.law_length[law] > 1:
        views += discrete_draw(rates.thresholds, rates.law_offset[law], rates.law_length[law], lower(a))
    zone = np.int64(zone_of(web, upper(b))) if sheet.writes else np.int64(0)
    seen: int = _look_around(rates, of, s, day, index, time, views, sheet.numbers[d], zone, keys, sheet, n)
    return seen


@inlined()
def _sessions(rates: StreamTables, s: int, day: int, keys: Keys) -> int:
    """Sessions without a cart of a stream on a day, where they come by chance."""
    law = rates.count_law[s, rates.of_day[rates.rhythm[s], day]]
    word, _, _, _ = philox_block(0, day, rates.entity[s], keys.replication, keys.seed, _COUNT)
    many: int = rates.law_first[law] + discrete_draw(
        rates.thresholds, rates.law_offset[law], rates.law_length[law], upper(word)
    )
    return many


@inlined()
def _only_counts(rates: StreamTables, s: int, day: int, keys: Keys, sheet: Sheet) -> bool:
    """Whether a day's sessions need not be looked at: each has one view, on a whole day of the run, and none is written."""
    law, ends = rates.size_law[s], keys.start_us + (day + 1) * _DAY
    each: bool = rates.law_first[law] == 1 and rates.law_length[law] == 1 and not sheet.writes and ends <= sheet.end_us
    return each


@compiled()
def browse(
    rates_table: NDArray[np.int64], web_table: NDArray[np.int64], view_table: NDArray[np.int64], seed: int, replication: int,
    start_us: int, first_day: int, end_us: int, counted: NDArray[np.int64], begun: NDArray[np.int64],
    numbers: NDArray[np.int64], rows: NDArray[np.void], writes: bool,
) -> int:  # fmt: skip
    """The sessions without a cart that begin on the days of ``begun``; returns how many views they have.

    Counted into ``counted`` and ``begun``; where ``writes``, into ``rows`` instead, numbered on from ``numbers`` (see `Sheet`).
    """
    rates, web, of = open_streams(rates_table), open_web(web_table), open_views(view_table)
    keys = Keys(seed, replication, start_us, first_day)
    sheet, n = Sheet(counted, begun, numbers, rows, writes, start_us, end_us), 0
    for s in range(of.pace.size):
        if of.flash_sessions[s] >= 0:
            inside = of.flash_at[s] < start_us + (first_day + begun.size) * _DAY
            if inside and of.flash_at[s] + of.flash_length[s] > start_us + first_day * _DAY:
                for i in range(of.flash_sessions[s]):
                    n = _come(rates, web, of, s, 0, i, keys, sheet, n)
            continue
        for day in range(first_day, first_day + begun.size):
            many = _sessions(rates, s, day, keys)
            if _only_counts(rates, s, day, keys, sheet):
                begun[day - first_day] += many
                counted[day, _SESSIONS] += many
                counted[day, _VIEWS] += many
                n += many
            else:
                for i in range(many):
                    n = _come(rates, web, of, s, day, i, keys, sheet, n)
    return n


@compiled()
def look_before(
    view_table: NDArray[np.int64], root: int, start_us: int, first_day: int, end_us: int, carts: NDArray[np.void],
    lines: NDArray[np.void], counted: NDArray[np.int64], begun: NDArray[np.int64], numbers: NDArray[np.int64],
    rows: NDArray[np.void], writes: bool,
) -> int:  # fmt: skip
    """The views of carts: of each SKU one, before it, though none before the run; returns how many.

    ``root`` is that of `Purpose.VIEW_OF_CART`. Every cart ends a session, whether its views are drawn or not; the session of cart
    n has the number n plus those without a cart of the days before, which is what ``numbers`` holds here.
    """
    of, n = open_views(view_table), 0
    sheet = Sheet(counted, begun, numbers, rows, writes, start_us, end_us)
    for i in range(carts.size):
        cart = carts[np.uintp(i)]
        time, pace = cart.key >> _SHIFT, of.cart_pace[cart.stream]
        if time >= end_us:
            break
        day = (time - start_us) // _DAY
        if not writes:
            counted[day, _SESSIONS] += 1
        if pace == _NOT_VIEWED:
            continue
        own, session = keyed_root(root, np.int64(cart.luck)), cart.number + numbers[day - first_day]
        for j in range(cart.lines - 1, -1, -1):
            time = max(time - quantile_draw(of.quantiles[pace], keyed_u32(own, j)), start_us)
            _view(sheet, n + j, time, session, cart.number, j + 1, lines[np.uintp(cart.first + j)].sku, cart.zone)
        n += cart.lines
    return n
