"""What is sold: the catalog as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.elementary import log
from policies.elementwise import lognormal_quantiles, powers
from scenarios.schema.catalog import GenerateCatalog, Item
from twin import sources
from twin.plan.limits import check_count

if TYPE_CHECKING:
    from scenarios import Resolved

_MEDIAN_PRICE, _SPREAD = 3.0, 0.7  # of made-up grocery prices: lognormal, cut to cents


@dataclass(frozen=True)
class Items:
    """The SKUs, K of them; every array has length K.

    ``popularity`` are shares of demand where a whole assortment is sold by popularity, most popular first where the catalog is
    made up. ``supplier`` is an id or None where the cheapest lane supplies.
    """

    skus: list[str]
    categories: list[str]  # names
    category: NDArray[np.int16]
    price: NDArray[np.float64]
    cost: NDArray[np.float64]
    popularity: NDArray[np.float64]
    supplier: list[str | None]
    abc: list[str | None]
    grams: NDArray[np.int64]  # of a unit
    volume_cm3: NDArray[np.int64]  # of a unit; 0: not known

    @cached_property
    def slots(self) -> NDArray[np.uint64]:
        """A permanent number for each SKU."""
        return slots_of("sku", self.skus)

    @cached_property
    def index(self) -> dict[str, int]:
        """From SKU to its place."""
        return {sku: i for i, sku in enumerate(self.skus)}


def slots_of(kind: str, names: Sequence[str]) -> NDArray[np.uint64]:
    """A permanent number for each of many names: ``mix(entity(kind, name))``."""
    start = f"{kind}\x1f".encode()
    digests = b"".join([blake2b(start + name.encode(), digest_size=8).digest() for name in names])
    return mix_all(np.frombuffer(digests, ">u8").astype(np.uint64) >> np.uint64(1))


def mix_all(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """``twin.random.keyed.mix`` of each of many values."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _items(
    skus: list[str],
    category: list[str],
    price: NDArray[np.float64],
    cost: NDArray[np.float64],
    popularity: NDArray[np.float64] | None = None,
    supplier: list[str | None] | None = None,
    abc: list[str | None] | None = None,
    weight_kg: Sequence[float] | None = None,
    volume_l: Sequence[float] | None = None,
) -> Items:
    names = list(dict.fromkeys(category))
    place = {name: i for i, name in enumerate(names)}
    count = len(skus)
    return Items(
        skus, names, np.array([place[name] for name in category], np.int64).astype(np.int16), price, cost,
        np.full(count, 1.0 / max(count, 1)) if popularity is None else popularity,
        supplier or [None] * count, abc or [None] * count, _thousandths(weight_kg, count), _thousandths(volume_l, count),
    )  # fmt: skip


def _thousandths(given: Sequence[float] | None, count: int) -> NDArray[np.int64]:
    return np.zeros(count, np.int64) if given is None else np.rint(np.array(given, np.float64) * 1000).astype(np.int64)


def read_items(resolved: Resolved) -> Items:
    """The items of a scenario's catalog, from wherever it says."""
    catalog = resolved.scenario.catalog
    source = next((key for key in ("items", "generate", "file") if getattr(catalog, key) is not None), "from")
    items = _read(resolved)
    check_count(resolved, ("catalog", source), "categories", len(items.categories))  # of more than that, numbers would wrap
    return items


def _read(resolved: Resolved) -> Items:
    catalog = resolved.scenario.catalog
    if catalog.items is not None:
        return _listed(list(catalog.items))
    if catalog.generate is not None:
        return _generated(catalog.generate)
    if catalog.file is not None:
        return _from_file(resolved)
    table = sources.products()
    return _items(
        table["sku"].to_pylist(), [str(name) for name in table["category"].to_pylist()],
        table["price"].to_numpy().astype(np.float64), table["cost"].to_numpy().astype(np.float64),
    )  # fmt: skip


def _listed(items: list[Item]) -> Items:
    return _items(
        [item.sku for item in items], [item.category for item in items],
        np.array([item.price for item in items], np.float64), np.array([item.cost for item in items], np.float64),
        supplier=[item.supplier for item in items], abc=[item.abc for item in items],
        weight_kg=[item.weight_kg for item in items], volume_l=[item.volume_l or 0.0 for item in items],
    )  # fmt: skip


def _from_file(resolved: Resolved) -> Items:
    catalog = resolved.scenario.catalog
    assert catalog.file is not None
    rows = sources.table(catalog.file, catalog.columns.mapping() if catalog.columns else None)
    items, keys = [], Item.keys()
    for line, row in enumerate(rows, start=2):
        given = {
            key: str(value) for key, value in row.items() if key in keys and value not in (None, "")
        }
        try:
            items.append(Item.model_validate(given))
        except ValueError as problem:
            first = problem.errors()[0] if hasattr(problem, "errors") else {"loc": (), "ctx": {}}
            context = first.get("ctx", {})
            what = f"{catalog.file}:{line}: {'.'.join(str(s) for s in first['loc'])} {context.get('message', 'is not an item')}"
            raise resolved.error(
                ("catalog", "file"), what, found=str(given), expected=context.get("expected") or "an item"
            ) from None
    return _listed(items)


def _generated(given: GenerateCatalog) -> Items:
    """SKUs by the thousand: popularity by Zipf-Mandelbrot, prices and categories by a hash of the name."""
    count, zipf = given.skus, given.popularity.zipf
    width = max(5, len(str(count)))
    skus = [f"K{i:0{width}d}" for i in range(1, count + 1)]
    slots = slots_of("sku", skus)
    numbers = (slots % np.uint64(given.categories)).astype(np.int64) + 1
    names = [f"category-{number:02d}" for number in numbers.tolist()]
    weight = powers(np.arange(1, count + 1, dtype=np.float64) + zipf.q, -zipf.s)
    price = _prices(given, slots)
    return _items(
        skus, names, price, np.round(price * (1.0 - given.margin), 4), weight / np.cumsum(weight)[-1],
        weight_kg=[given.weight_kg] * count,
    )


def _prices(given: GenerateCatalog, slots: NDArray[np.uint64]) -> NDArray[np.float64]:
    at = ((mix_all(slots) >> np.uint64(32)).astype(np.float64) + 0.5) / 2**32
    if given.price is None:
        prices = lognormal_quantiles(log(_MEDIAN_PRICE), _SPREAD, at)
        return np.array([round(price, 2) for price in prices.tolist()])
    from twin.random.laws import quantiles_at

    return np.maximum(quantiles_at(given.price, at), 0.01).round(2)


def abc_classes(items: Items, value: NDArray[np.float64]) -> list[str]:
    """A for the SKUs that make up the first 80 % of expected sales ``value``, B for the next 15 %, C for the rest."""
    order = np.argsort(-value, kind="stable")
    total = max(float(np.cumsum(value)[-1]) if value.size else 0.0, 1e-300)
    before = (np.cumsum(value[order]) - value[order]) / total
    classes = np.empty(value.size, object)
    classes[order] = np.where(before < 0.8, "A", np.where(before < 0.95, "B", "C"))
    return [given or str(found) for given, found in zip(items.abc, classes, strict=True)]
