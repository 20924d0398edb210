"""Whether the names that a scenario uses are there: what no single key can know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from scenarios.errors import ScenarioError
from scenarios.names import Names, Path, meets_item, meets_location
from scenarios.nodes import Mapping, Scalar, describe
from scenarios.orders import check_orders
from scenarios.paths import find
from scenarios.schema.base import Part
from scenarios.schema.places import Location
from scenarios.schema.scenario import Scenario
from scenarios.schema.selectors import Selector
from scenarios.translate import located

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
    check_orders(checker)
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


class _Checker(Names):
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
            places = self.ids("store", "fc", "hub")
            self.named(("returns", "web", "to"), web.to, places, "nearest_store, origin or the id of a store, fc or hub")

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
