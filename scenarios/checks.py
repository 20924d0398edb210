"""Whether the names that a scenario uses are there: what no single key can know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from scenarios.errors import ScenarioError, listing, nearest_name
from scenarios.nodes import Mapping, Scalar, describe
from scenarios.paths import find
from scenarios.schema.base import Part
from scenarios.schema.catalog import Item
from scenarios.schema.places import Location
from scenarios.schema.scenario import Scenario
from scenarios.schema.selectors import Selector
from scenarios.translate import located

Path = tuple[str | int, ...]
AnyPart = TypeVar("AnyPart", bound=Part)


def check(scenario: Scenario, root: Mapping) -> list[ScenarioError]:
    """All names that lead nowhere, where locations and items stand in the scenario itself."""
    checker = _Checker(scenario, root)
    checker.catalog()
    checker.selectors()
    checker.demand()
    checker.places()
    checker.sources()
    checker.network()
    if not checker.errors:
        checker.supply()
    return checker.errors


def selectors(part: Part, path: Path = ()) -> Iterator[tuple[Path, Selector]]:
    """All selectors within a part, each with its path."""
    for attribute in type(part).model_fields:
        value = getattr(part, attribute)
        below = (*path, attribute)
        if isinstance(value, Selector):
            yield below, value
        elif isinstance(value, Part):
            yield from selectors(value, below)
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Part):
                    yield from selectors(item, (*below, index))
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, Part):
                    yield from selectors(item, (*below, key))


def meets_location(selector: Selector, location: Location) -> bool:
    """Whether a location meets what a selector says of locations (`share` aside)."""
    return (
        (selector.kind is None or location.kind in selector.kind)
        and (selector.ids is None or location.id in selector.ids)
        and (selector.region is None or location.region in selector.region)
        and (selector.tag is None or any(tag in selector.tag for tag in location.tags))
    )


def meets_item(selector: Selector, item: Item) -> bool:
    """Whether an item meets what a selector says of items (`share` aside)."""
    return (selector.sku is None or item.sku in selector.sku) and (
        selector.category is None or item.category in selector.category
    )


@dataclass
class _Checker:
    scenario: Scenario
    root: Mapping
    errors: list[ScenarioError] = field(default_factory=list)

    @property
    def locations(self) -> tuple[Location, ...] | None:
        return self.scenario.network.locations

    @property
    def items(self) -> tuple[Item, ...] | None:
        return self.scenario.catalog.items

    def say(self, path: Path, message: str, found: str, valid: Iterable[str], what: str) -> None:
        names = list(dict.fromkeys(valid))
        expected = f"{what}: {listing(names)}" if names else f"{what}, but there is none"
        near = nearest_name(found, names)
        error = located(self.root, path, message, found=f'"{found}"', expected=expected, nearest=near)
        self.errors.append(error)

    def named(self, path: Path, name: str | None, valid: Iterable[str] | None, what: str) -> None:
        """Say so where `name` is not among the `valid` ones (None: they are not known here)."""
        if name is None or valid is None:
            return
        names = list(valid)
        if name not in names:
            self.say(path, "unknown name", name, names, what)

    def once(self, path: Path, names: Iterable[str], key: str) -> None:
        for name, times in Counter(names).items():
            if times > 1:
                numbers = [index for index, other in enumerate(names) if other == name]
                self.errors.append(
                    located(self.root, (*path, numbers[-1], key), "a name is given twice", found=f'"{name}"')
                )

    def ids(self, *kinds: str) -> list[str] | None:
        if self.locations is None:
            return None
        return [location.id for location in self.locations if not kinds or location.kind in kinds]

    def skus(self) -> list[str] | None:
        return None if self.items is None else [item.sku for item in self.items]

    def catalog(self) -> None:
        for index, item in enumerate(self.items or ()):
            self.named(
                ("catalog", "items", index, "supplier"),
                item.supplier,
                self.ids("supplier"),
                "the id of a supplier",
            )
        self.once(("catalog", "items"), [item.sku for item in self.items or ()], "sku")

    def selectors(self) -> None:
        locations, items = self.locations, self.items
        known: dict[str, tuple[list[str] | None, str]] = {
            "ids": (self.ids(), "the id of a location"),
            "region": (_words(locations, lambda one: [one.region]), "the region of a location"),
            "tag": (_words(locations, lambda one: one.tags), "the tag of a location"),
            "sku": (self.skus(), "a SKU of the catalog"),
            "category": (_words(items, lambda one: [one.category]), "the category of an item"),
        }
        for path, selector in selectors(self.scenario):
            for key, (valid, what) in known.items():
                for index, name in enumerate(getattr(selector, key) or ()):
                    self.named((*path, key, index), name, valid, what)
        for index, disruption in enumerate(self.scenario.disruptions):
            for number, name in enumerate(
                (disruption.supplier_delay and disruption.supplier_delay.ids) or ()
            ):
                if name in (self.ids() or ()):
                    path = ("disruptions", index, "supplier_delay", "ids", number)
                    self.named(path, name, self.ids("supplier"), "the id of a supplier")

    def sources(self) -> None:
        for index, rule in enumerate(self.scenario.policies.reorder):
            path: Path = ("policies", "reorder", index, "source")
            self.named(path, rule.source, self.ids(), "the id of a location")

    def demand(self) -> None:
        demand = self.scenario.demand
        for index, pos in enumerate(demand.pos):
            self.named(("demand", "pos", index, "sku"), pos.sku, self.skus(), "a SKU of the catalog")
            self.no_supplier(("demand", "pos", index, "at"), pos.at)
        self.once(("demand", "surges"), [surge.name for surge in demand.surges], "name")
        for index, rule in enumerate(self.scenario.assortment):
            for number, sku in enumerate(rule.skus or ()):
                self.named(("assortment", index, "skus", number), sku, self.skus(), "a SKU of the catalog")
        web = self.scenario.returns.web
        if web is not None and web.to not in ("nearest_store", "origin"):
            self.named(
                ("returns", "web", "to"), web.to, self.ids(), "nearest_store, origin or the id of a location"
            )

    def no_supplier(self, path: Path, selector: Selector) -> None:
        """Nobody buys from a supplier's shelf: say so where one is named."""
        named = [("kind", i) for i, kind in enumerate(selector.kind or ()) if kind == "supplier"]
        suppliers = self.ids("supplier") or []
        named += [("ids", i) for i, name in enumerate(selector.ids or ()) if name in suppliers]
        for key, index in named:
            found = (getattr(selector, key) or ())[index]
            self.errors.append(
                located(
                    self.root,
                    (*path, key, index),
                    "demand at a supplier",
                    found=f'"{found}"',
                    expected="a store, fc or hub: suppliers ship what is ordered and sell to nobody else",
                )
            )

    def places(self) -> None:
        zones = self.scenario.network.zones
        self.once(("network", "zones"), [zone.id for zone in zones], "id")
        total = sum(zone.share for zone in zones)
        if zones and abs(total - 1) > 1e-9:
            self.errors.append(
                located(
                    self.root,
                    ("network", "zones"),
                    "shares do not add up",
                    found=f"a sum of {total:g}",
                    expected="a sum of 1",
                )
            )
        stations = self.scenario.operations.stations
        for name, station in stations.items():
            self.named(
                ("operations", "stations", name, "next"), station.next, stations, "the name of a station"
            )

    def network(self) -> None:
        """What the network package finds wrong with locations and lanes."""
        from network.checks import find_problems
        from scenarios.schema.places import as_network

        for problem in find_problems(*as_network(self.scenario.network)):
            path: Path = ("network", *problem.path)
            node = find(self.root, path)
            found = describe(node) if isinstance(node, Scalar) else str(problem.found)
            self.errors.append(
                located(
                    self.root,
                    path,
                    problem.message,
                    found=found,
                    expected=problem.expected,
                    nearest=problem.nearest,
                )
            )

    def supply(self) -> None:
        """Whether each location that a reorder rule governs is supplied at all; cells are for the plan."""
        rules = self.scenario.policies.reorder
        for location in self.locations or ():
            if location.kind == "supplier" or not self.ranges_something(location):
                continue
            for index, rule in enumerate(rules):
                if meets_location(rule.where, location) and self.any_item(rule.where):
                    self.supplied(location, rule.source, ("policies", "reorder", index))
                    if rule.where.sku is None and rule.where.category is None and rule.where.share is None:
                        break  # the first rule that matches decides

    def ranges_something(self, location: Location) -> bool:
        assortment = self.scenario.assortment
        return not assortment or any(meets_location(rule.where, location) for rule in assortment)

    def any_item(self, selector: Selector) -> bool:
        return self.items is None or any(meets_item(selector, item) for item in self.items)

    def supplied(self, location: Location, source: str | None, path: Path) -> None:
        origins = [lane.from_ for lane in self.scenario.network.lanes if lane.to == location.id]
        if origins and (source is None or source in origins):
            return
        ends = f"from {source} to {location.id}" if source and origins else f"into {location.id}"
        self.errors.append(
            located(
                self.root,
                (*path, "source") if source and origins else path,
                f"nothing supplies {location.id}",
                found=f"no lane {ends}",
                expected=f"a lane {ends} in network.lanes, or no reorder rule for {location.id}",
            )
        )


def _words(
    parts: Iterable[AnyPart] | None, of: Callable[[AnyPart], Iterable[str | None]]
) -> list[str] | None:
    if parts is None:
        return None
    return [word for part in parts for word in of(part) if word]
