"""The names of a scenario, and the errors of a name that is not among them: what all checks have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from scenarios.errors import ScenarioError, listing, nearest_name
from scenarios.nodes import Mapping
from scenarios.schema.catalog import Item
from scenarios.schema.places import Location
from scenarios.schema.scenario import Scenario
from scenarios.schema.selectors import Selector
from scenarios.translate import located

Path = tuple[str | int, ...]


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
class Names:
    """A scenario, the names in it, and what is wrong with their use."""

    scenario: Scenario
    root: Mapping
    errors: list[ScenarioError] = field(default_factory=list)

    @property
    def locations(self) -> tuple[Location, ...] | None:
        return self.scenario.network.locations

    @property
    def items(self) -> tuple[Item, ...] | None:
        return self.scenario.catalog.items

    def wrong(self, path: Path, message: str, *, found: str | None = None, expected: str | None = None) -> None:
        """Note an error at a path."""
        self.errors.append(located(self.root, path, message, found=found, expected=expected))

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
                below = (*path, numbers[-1], key)
                self.wrong(below, "a name is given twice", found=f'"{name}"', expected="each name once")

    def ids(self, *kinds: str) -> list[str] | None:
        if self.locations is None:
            return None
        return [location.id for location in self.locations if not kinds or location.kind in kinds]

    def skus(self) -> list[str] | None:
        return None if self.items is None else [item.sku for item in self.items]
