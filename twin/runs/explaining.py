"""Why an order went where it went: its replication is run again, with its life noted and its routing asked in the open.

A run is deterministic and its folder holds the scenario as it was resolved, so nothing has to be kept for this while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.runs.errors import RunError
from twin.runs.progress import Display, Report, on_compiling
from twin.runs.replication import Plans, Task

if TYPE_CHECKING:
    from twin.fulfilment.orders import WebOrders
    from twin.plan.build import Plan
    from twin.runs.carts import CartOf
    from twin.runs.lives import OrderLife
    from twin.runs.notable import NotableOrders
    from twin.runs.results import Run


class _Enough(Exception):
    """What was asked for is known: the rest need not be simulated."""


@dataclass(frozen=True)
class Again:
    """A replication of a run that can be run again."""

    run: Run
    variant: str
    replication: int
    plan: Plan

    @property
    def key(self) -> str:
        """Name of the replication: ``base-1``."""
        return Task("", self.variant, self.replication).key


def explain(
    run: Run, order: int, *, variant: str | None = None, replication: int = 1, display: Display | None = None
) -> OrderLife:
    """Tell an order's life; see :meth:`twin.runs.results.Run.explain`."""
    from twin.runs.carts import find_cart

    with _shown(display) as shown:
        again = prepare(run, variant, replication, shown)
        cart = find_cart(again.plan, replication, order)
        if cart.checkout is None:
            raise RunError(f"order: found {order}, a cart that was abandoned: it never became an order")
        if cart.checkout >= again.plan.scenario.end_us:
            raise RunError(f"order: found {order}, a cart still at its checkout when the run ends")
        orders, result = _run(again, shown, order, lambda orders: _has_ended(again.plan, orders, order))
    return _told(again, cart, orders, _notes(again, result))


def notable(
    run: Run, *, variant: str | None = None, replication: int = 1, display: Display | None = None
) -> NotableOrders:
    """Some orders of each kind that one may want to look at; see :meth:`twin.runs.results.Run.notable_orders`."""
    from twin.runs.notable import NotableOrders, Seeker

    with _shown(display) as shown:
        again = prepare(run, variant, replication, shown)
        seeker = Seeker(again.plan)

        def seek(orders: WebOrders) -> bool:
            orders.take_lives()
            for rows in orders.lives:
                seeker.take(rows)
            orders.lives.clear()
            return seeker.has_enough

        orders, _ = _run(again, shown, None, seek)
        seek(orders)
    timezone = again.plan.scenario.time.timezone
    return NotableOrders(run.folder.name, again.variant, replication, tuple(seeker.found), timezone)


def prepare(run: Run, variant: str | None, replication: int, display: Display) -> Again:
    """The plan of a variant of a run.

    Raises
    ------
    RunError
        When there is no such variant or replication, or there are no web orders.
    """
    name = _variant_of(run, variant)
    if not 1 <= replication <= int(run.info["replications"]):
        raise RunError(f"replication: found {replication}; expected one of 1 to {run.info['replications']}")
    if (run.info.get("replay") or {}).get("as") == "events":
        raise RunError(f"{run.folder}: a feed of events was replayed: there is no world in it whose orders could be told of")
    display.building(str(run.info["scenario"]))
    plan: Plan = Plans().of(Task(str(run.folder), name, replication)).plan
    if plan.web is None:
        raise RunError(f"{run.folder}: this run has no web orders (its scenario has no demand.web)")
    return Again(run, name, replication, plan)


def _variant_of(run: Run, variant: str | None) -> str:
    if variant is None:
        return run.variants[0]
    if variant not in run.variants:
        from scenarios.errors import nearest_name

        near = nearest_name(variant, run.variants)
        hint = f"; did you mean `{near}`?" if near else ""
        raise RunError(f"variant: found {variant}; expected one of {', '.join(run.variants)}{hint}")
    return variant


def _run(
    again: Again, display: Display, watched: int | None, enough: Callable[[WebOrders], bool]
) -> tuple[WebOrders, Any]:
    """Run until there is ``enough`` or to the end; the result is None where it was not run to its end."""
    from twin.body.simulation import Progress, Simulation

    scenario = again.plan.scenario
    display.start(scenario.name, 1, scenario.end_us)
    simulation = Simulation(again.plan, again.replication, folder=None, logs=True, watched=watched)
    orders = simulation.shelves.orders
    assert orders is not None

    def look(now: Progress) -> None:
        display.report(again.key, Report(now.now_us, now.start_us, now.end_us, now.events))
        if enough(orders):
            raise _Enough

    result = None
    with suppress(_Enough):
        result = simulation.run(look)
    orders.take_lives()
    display.done(again.key, simulation.shelves.lines_done)
    return orders, result


def _has_ended(plan: Plan, orders: WebOrders, order: int) -> bool:
    """Whether nothing more can happen to an order: it was placed, the book has done with it, and nothing comes back."""
    from twin.orders.state import Life

    orders.take_lives()
    placed = any((rows["kind"] == Life.PLACED).any() for rows in orders.lives)
    return placed and plan.scenario.returns.web is None and not _is_open(orders, order)


def _is_open(orders: WebOrders, order: int) -> bool:
    return bool((orders.book.orders["number"] == order).any())


def _told(again: Again, cart: CartOf, orders: WebOrders, notes: tuple[str, ...]) -> OrderLife:
    import numpy as np

    from twin.orders.state import ENTRY
    from twin.runs.lives import Names, OrderLife, steps_of, with_rejects
    from twin.runs.lives_worded import outcome

    assert cart.checkout is not None
    plan, noted = again.plan, np.concatenate([np.zeros(0, ENTRY), *orders.lives])
    return OrderLife(
        run=again.run.folder.name, variant=again.variant, replication=again.replication, order=cart.number,
        zone=cart.zone, pickup=cart.pickup, lines=cart.lines, placed=cart.checkout,
        due=_due(plan, cart, cart.checkout),
        outcome=outcome(noted, cart.lines, _is_open(orders, cart.number)),
        steps=with_rejects(steps_of(noted, orders.asked, Names.of(plan), cart)),
        timezone=plan.scenario.time.timezone, notes=notes,
    )  # fmt: skip


def _due(plan: Plan, cart: CartOf, placed: int) -> int | None:
    """By when an order was promised (µs), as ``twin.orders.placing`` promises it."""
    promise = plan.scenario.promise
    if cart.pickup is None:
        return None if promise.delivery is None else placed + promise.delivery
    place = plan.network.index[cart.pickup]
    ready = promise.pickup.ready
    return plan.local_days.open_from(place, plan.network.locations[place].open, placed + ready) if ready else None


def _notes(again: Again, result: Any) -> tuple[str, ...]:
    """Whether the run was repeated as it was, as far as one can tell."""
    for one in again.run.info["results"]:
        if result is not None and (one["variant"], one["replication"]) == (again.variant, again.replication):
            same = all(one[name] == getattr(result, name) for name in ("events_digest", "decisions_digest"))
            if not same:
                return ("this is not the run as it was: the program, its policies or its feeds have changed since",)
    return ()


@contextmanager
def _shown(display: Display | None) -> Iterator[Display]:
    shown = display or Display()
    on_compiling(shown.compiling)
    try:
        yield shown
    finally:
        on_compiling(None)
        shown.stop()


__all__ = ["explain", "notable"]
