"""What the book noted of an order, in words, and how the order ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from twin.orders.state import Life
from twin.runs.lives import Names, Step, pieces

if TYPE_CHECKING:
    from twin.runs.carts import CartOf

Wording = Callable[[str, str, int, int], str]  # location, SKU, units, other


def _rejected(location: str, sku: str, units: int, other: int) -> str:
    return f"{location} finds {units or 'none'} of {units + other} × {sku}"


_WORDS: dict[Life, tuple[str, Wording]] = {
    Life.LIMITED: ("limited", lambda at, sku, n, _: f"{n} × {sku} is not held: the customer is told that stock is limited"),
    Life.HOLD_EXPIRED: ("hold expired", lambda at, sku, n, _: "the hold expires"),
    Life.BACKORDERED: ("backordered", lambda at, sku, n, _: f"{n} × {sku} backordered at {at}"),
    Life.REFUSED: ("refused", lambda at, sku, n, _: "refused: it cannot be promised"),
    Life.NOT_PROMISED: ("not promised", lambda at, sku, n, _: f"{n} × {sku} is not promised: nobody has it"),
    Life.ALLOCATED: ("allocated", lambda at, sku, n, _: f"stock has come: {n} × {sku} reserved at {at}"),
    Life.SENT: ("sent", lambda at, sku, n, _: f"handed to {at}: {_units(n)} to pick"),
    Life.PICKED: ("picked", lambda at, sku, n, _: f"{n} × {sku} picked at {at}"),
    Life.REJECTED: ("rejected", _rejected),
    Life.SHIPPED: ("shipped", lambda at, sku, n, _: f"a parcel with {_units(n)} leaves {at}"),
    Life.DELIVERED: ("delivered", lambda at, sku, n, _: f"the parcel from {at} reaches the customer"),
    Life.READY: ("ready", lambda at, sku, n, _: f"{_units(n)} ready for collection at {at}"),
    Life.COLLECTED: ("collected", lambda at, sku, n, _: f"the customer collects {_units(n)} at {at}"),
    Life.NOT_COLLECTED: ("not collected", lambda at, sku, n, _: f"nobody came to {at}: {_units(n)} back to the shelf"),
    Life.EXPIRED: ("expired", lambda at, sku, n, _: f"not shipped in time: what is reserved at {at} is set free"),
    Life.TURNED_AWAY: ("turned away", lambda at, sku, n, _: f"{at} has no room: {n} × {sku} must come from elsewhere"),
    Life.RETURNED: ("returned", lambda at, sku, n, _: f"{n} × {sku} comes back to {at}"),
    Life.RESTOCKED: ("restocked", lambda at, sku, n, _: f"{n} × {sku} back on the shelf at {at}"),
}  # fmt: skip


_CANCELLED = (
    "the customer cancels what has not left", "some of it will never come, for want of stock",
    "some of it will never come: no building has room",
)  # fmt: skip


def _units(n: int) -> str:
    return f"{n} unit" if n == 1 else f"{n} units"


def worded(row: Any, names: Names, cart: CartOf, reserved: Mapping[str, str]) -> Step:
    """A row of ``twin.orders.state.ENTRY`` as a step; ``reserved``: what the last answer of routing reserves where."""
    kind = Life(int(row["kind"]))
    location, sku = names.location(int(row["location"])), names.sku(int(row["sku"]))
    units, other = int(row["units"]), int(row["other"])
    if kind in _WORDS:
        what, words = _WORDS[kind]
        text = words(location or "", sku or "", units, other)
    else:
        if kind == Life.HELD:
            location = names.of_cell(other)
        what, text = _special(kind, location, sku, units, other, cart, reserved)
    return Step(int(row["time"]), what, text, location, sku, units or None)


def _special(
    kind: Life, location: str | None, sku: str | None, units: int, other: int, cart: CartOf, reserved: Mapping[str, str]
) -> tuple[str, str]:
    """Kinds that need more than their row to be told."""
    if kind == Life.CART:
        where = f"to be collected at {location}" if location else f"to be sent to {cart.zone}"
        return "cart", f"a cart with {pieces(cart.lines)}, {where}"
    if kind == Life.HELD:
        return "held", f"{units} × {sku} held at {location}"
    if kind == Life.PLACED:
        return "placed", f"order placed: {pieces(cart.lines)}"
    if kind == Life.ROUTED:
        what = reserved.get(location or "", "")
        return "routed", f"shipment {other} from {location}" + (f": {what} reserved" if what else "")
    if kind == Life.CANCELLED:
        return "cancelled", _CANCELLED[other]
    return kind.name.lower().replace("_", " "), kind.name.lower()


def outcome(noted: Any, lines: Sequence[tuple[str, int]], is_open: bool) -> str:
    """How an order ended, from its rows; ``is_open``: something was still to come when the run ended."""
    kinds, wanted = noted["kind"], sum(units for _, units in lines)
    arrived = int(noted["units"][(kinds == Life.DELIVERED) | (kinds == Life.COLLECTED)].sum())
    collected = bool((kinds == Life.COLLECTED).any())
    if arrived >= wanted:
        return "collected" if collected else "delivered"
    part = f", {arrived} of {_units(wanted)} {'collected' if collected else 'delivered'}" if arrived else ""
    if is_open:
        return f"under way when the run ends{part}"
    cancelled = noted["other"][kinds == Life.CANCELLED]
    for happened, said in (
        ((kinds == Life.REFUSED).any(), "refused"),
        ((cancelled == 0).any(), "cancelled by the customer"),
        ((kinds == Life.NOT_COLLECTED).any(), "not collected"),
        ((kinds == Life.EXPIRED).any(), "expired: not shipped in time"),
        ((cancelled == 1).any(), "cancelled for want of stock"),
        ((cancelled == 2).any(), "cancelled for want of room"),
    ):
        if happened:
            return f"{said}{part}"
    return f"not all promised{part}"


__all__ = ["outcome", "worded"]
