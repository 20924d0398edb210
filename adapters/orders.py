"""Recorded feeds of web orders, a row a line: Parquet, CSV and JSON Lines, with a mapping of columns."""

from collections.abc import Mapping
from pathlib import Path

from adapters.feeds import Feed, read_kinds
from adapters.localtime import zone
from adapters.times import Times
from adapters.values import Column, Ids, Quantities

__all__ = ["NAMES", "read_orders"]

NAMES = {
    "time": "when the checkout was started",
    "order": "id of the order, the same on all its lines",
    "sku": "id of the item",
    "quantity": "whole units, above 0",
    "zone": "id of the customer's zone (may be left out)",
    "pickup": "id of the store where it is collected (may be left out)",
}
"""The columns of a feed of web orders, and what each holds."""

REQUIRED = ("time", "order", "sku", "quantity")


def read_orders(
    path: str | Path, columns: Mapping[str, str] | None = None, *, strict: bool = False, timezone: str | None = None
) -> Feed:
    """Read a recorded feed of web orders; parameters and faults are those of ``adapters.feeds.read_feed``."""
    kinds: dict[str, Column] = {
        "time": Times(zone(timezone or "UTC"), None),
        "order": Ids(),
        "sku": Ids(),
        "quantity": Quantities(),
        "zone": Ids(optional=True),
        "pickup": Ids(optional=True),
    }
    return read_kinds(Path(path), columns or {}, kinds, NAMES, REQUIRED, strict=strict)
