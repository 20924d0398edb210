"""Views as they are drawn: before each cart and without one, how many, when, of what; and nothing else changes with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.demand.drawing import START
from tests.twin.demand.web.making import ZONES, Rows, cart_of_line, carts_of, drawn, durations, law, plan_for
from tests.twin.demand.web.test_laws import fits
from twin.clock import DAY, HOUR, KEY_SHIFT, MINUTE
from twin.demand.rhythm import RETAIL_HOURS, Rhythm, weights
from twin.demand.web.carts import Carts
from twin.demand.web.streams import SINGLE, CartPlan, CartStream, Flash
from twin.demand.web.view_streams import VIEW, ViewLaw, plan_views
from twin.demand.web.views import Views
from twin.random.laws import Whole, moments

DAYS = 5
WANTS = law(0.5, 0.3, 0.2)
PACE = durations(dist="exponential", mean="3m")
SLOW = durations(dist="uniform", low="0s", high="2d")
SESSION = law(0.4, 0.3, 0.0, 0.3)  # 2.2 views, and with a variance of 1.56


def viewed(per_cart: float = 2.0, session: Whole = SESSION, pace: np.ndarray = PACE) -> ViewLaw:
    return ViewLaw(per_cart, session, pace)


def some() -> list[CartStream]:
    """A stream of every kind that may have views, and one without."""
    hours = Rhythm(weights("retail", RETAIL_HOURS))
    return [
        carts_of("a", 60.0, 5, 3, 1, 1, lines=WANTS, rhythm=hours, views=viewed()),
        carts_of("f", web=1, flash=Flash(START + 2 * DAY - HOUR, 2 * HOUR, 50), views=viewed(3.0, SINGLE, SLOW)),
        carts_of("n", 20.0, 1, 1, web=2),
        carts_of("b", 40.0, 1, 1, web=3, lines=law(0.9, 0.1), views=viewed(0.5)),
    ]  # fmt: skip


def with_views(streams: Sequence[CartStream], days: int = DAYS) -> CartPlan:
    return replace(plan_for(streams, days), views=plan_views(streams, START, days))


def looked_at(
    plan: CartPlan, at_once: Sequence[int] = (), *, keeps: bool = True, end_us: int | None = None, seed: int = 7
) -> tuple[Rows, np.ndarray]:
    """All views of a plan, drawn in stretches of so many days, and what was counted of them (days, views and sessions)."""
    carts = Carts(plan, seed, 1, START)
    views = Views(plan, seed, 1, START + plan.days * DAY if end_us is None else end_us, keeps=keeps)
    parts = [np.zeros(0, VIEW)]
    for days in at_once or [plan.days]:
        first = carts.day
        rows, wanted = carts.next_stretch(first, days)
        parts.append(views.next_stretch(first, days, rows[:-1], wanted))
        assert (np.diff(parts[-1]["time"]) >= 0).all()
    return np.concatenate(parts), views.counted


def test_each_cart_had_a_view_of_each_of_its_skus() -> None:
    streams = some()
    carts, lines = drawn(streams, DAYS)
    rows, _ = looked_at(with_views(streams))
    mine = rows[rows["cart"] > 0]
    cart = carts[mine["cart"] - 1]
    assert (mine["time"] <= cart["key"] >> KEY_SHIFT).all() and (mine["time"] >= START).all()
    assert (mine["zone"] == cart["zone"]).all()
    of_line = carts[cart_of_line(carts)]
    with_view = of_line["stream"] != 2
    wanted = sorted(zip(of_line["number"][with_view].tolist(), lines["sku"][with_view].tolist(), strict=True))
    assert sorted(zip(mine["cart"].tolist(), mine["sku"].tolist(), strict=True)) == wanted


def test_a_sessions_views_are_numbered_in_order_of_time_and_sessions_by_day() -> None:
    rows, counted = looked_at(with_views(some()), [1, 2, 2])
    by_session = rows[np.lexsort((rows["view"], rows["session"]))]
    first = np.flatnonzero(np.diff(by_session["session"], prepend=0))
    assert (by_session["view"][first] == 1).all()
    same = np.diff(by_session["session"]) == 0
    assert (np.diff(by_session["view"])[same] == 1).all() and (np.diff(by_session["time"])[same] >= 0).all()
    assert (np.diff(by_session["cart"])[same] == 0).all() and (np.diff(by_session["zone"])[same] == 0).all()
    carts, _ = drawn(some(), DAYS)
    unseen = int(np.count_nonzero(carts["stream"] == 2))  # sessions, too, though nobody told of their views
    assert len(first) + unseen == counted[:, 1].sum() == by_session["session"][-1]
    others = by_session[first][by_session["cart"][first] == 0]
    days = np.searchsorted(np.cumsum(counted[:, 1]), others["session"])
    np.testing.assert_array_equal(days, (others["time"] - START) // DAY)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, DAYS), min_size=1))
def test_stretches_of_any_length_have_the_same_views(lengths: list[int]) -> None:
    ends = np.minimum(np.cumsum([*lengths, DAYS]), DAYS)
    at_once = [n for n in np.diff(ends, prepend=0).tolist() if n]
    (whole, all_at_once), (parts, counted) = looked_at(with_views(some())), looked_at(with_views(some()), at_once)
    assert sorted(parts.tolist()) == sorted(whole.tolist())
    np.testing.assert_array_equal(counted, all_at_once)


def test_what_is_counted_is_what_is_written() -> None:
    plan = with_views(some())
    for end in (None, START + 4 * DAY + 7 * HOUR):
        rows, counted = looked_at(plan, [2, 3], end_us=end)
        by_day = np.bincount((rows["time"] - START) // DAY, minlength=DAYS)
        np.testing.assert_array_equal(counted[:, 0], by_day)
        none, alone = looked_at(plan, keeps=False, end_us=end)
        np.testing.assert_array_equal(alone, counted)
        assert none.size == 0 and rows["time"].max() < (end or START + DAYS * DAY)
    single = with_views([carts_of("a", 40.0, views=viewed(3.0, SINGLE))])
    np.testing.assert_array_equal(looked_at(single, keeps=False)[1], looked_at(single)[1])  # counted without a look at them


def test_as_many_views_as_theory_has_them() -> None:
    """Sessions without a cart: compound Poisson, of mean m E[V] and variance m E[V²] for m sessions; carts: one a line."""
    days, per_day = 40, 500.0
    streams = [carts_of("a", per_day, 4, 3, 2, 1, lines=WANTS, views=viewed())]
    rows, counted = looked_at(with_views(streams, days))
    (first, second), (lines, _) = moments(SESSION), moments(WANTS)
    others, carts = int(np.count_nonzero(rows["cart"] == 0)), int(np.count_nonzero(rows["cart"]))
    sessions = 2.0 * per_day * days
    tail = 3 * 3 * sessions / days / 480  # what the last sessions would view after the end, about
    assert abs(others - sessions * first) < 4 * np.sqrt(sessions * second) + tail
    assert abs(carts - per_day * days * lines) < 4 * np.sqrt(per_day * days * moments(WANTS)[1])
    assert abs(counted[:, 1].sum() - 3 * per_day * days) < 4 * np.sqrt(3 * per_day * days)


def test_others_look_at_what_is_popular_from_where_customers_live_when_they_come() -> None:
    hours = Rhythm(weights("retail", RETAIL_HOURS))
    rows, _ = looked_at(with_views([carts_of("a", 900.0, 4, 3, 2, 1, rhythm=hours, views=viewed(3.0))], 7))
    others = rows[rows["cart"] == 0]
    begin = others[others["view"] == 1]
    assert fits(np.bincount(begin["sku"] - 100, minlength=4), [4, 3, 2, 1])
    assert fits(np.bincount(begin["zone"], minlength=3), ZONES)
    assert fits(np.bincount((begin["time"] - START) % DAY // HOUR, minlength=24), RETAIL_HOURS)


def test_the_pace_of_a_session() -> None:
    """Between two views, and between the last one and the cart: on average 3 minutes, as an exponential law has it."""
    streams = [carts_of("a", 2000.0, 1, 1, lines=law(0.5, 0.5), views=viewed())]
    plan = with_views(streams, 3)
    rows, _ = looked_at(plan)
    carts, _ = drawn(streams, 3)
    order = rows[np.lexsort((rows["view"], rows["session"]))]
    gaps = np.diff(order["time"])[np.diff(order["session"]) == 0]
    last = order[np.append(np.diff(order["session"]) != 0, True)]
    last = last[last["cart"] > 0]
    to_cart = (carts["key"][last["cart"] - 1] >> KEY_SHIFT) - last["time"]
    for found in (gaps, to_cart):
        assert abs(found.mean() - 3 * MINUTE) < 4 * 3 * MINUTE / np.sqrt(found.size)


def test_a_flash_sale_has_its_sessions_within_it() -> None:
    at, length = START + DAY - HOUR, 2 * HOUR
    rows, counted = looked_at(with_views([carts_of("f", flash=Flash(at, length, 1000), views=viewed(2.5, SINGLE))], 3), [1, 1, 1])
    others = rows[rows["cart"] == 0]
    assert others.size == 2500 and (rows["sku"] == 100).all() and np.count_nonzero(rows["cart"]) == 1000
    assert at <= others["time"].min() and others["time"].max() < at + length
    assert counted[:, 1].sum() == 3500 and abs(counted[0, 1] - 1750) < 4 * np.sqrt(3500 / 4)


def test_no_draw_depends_on_another_stream_or_on_views() -> None:
    streams = some()
    alone = [replace(stream, views=None) for stream in streams]
    for one, other in zip(drawn(streams, DAYS), drawn(alone, DAYS), strict=True):
        np.testing.assert_array_equal(one, other)
    names = ["time", "sku", "zone", "view"]
    whole, _ = looked_at(with_views(streams[3:]))
    more, _ = looked_at(with_views([replace(streams[0], views=None), *streams[3:]]))
    assert sorted(more[names].tolist()) == sorted(whole[names].tolist())
    assert sorted(looked_at(with_views(streams[3:]), seed=8)[0][names].tolist()) != sorted(whole[names].tolist())


def test_nobody_looks_without_being_asked_to() -> None:
    assert plan_views([carts_of("n", 20.0)], START, DAYS) is None
