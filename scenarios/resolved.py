"""A scenario once everything is laid together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import Path

from scenarios.errors import ScenarioError, listing, nearest_name
from scenarios.nodes import Mapping, Tree, plain
from scenarios.schema.scenario import Scenario
from scenarios.tables import without_folders
from scenarios.translate import located, place
from scenarios.write import write

#: What says nothing about what happens in a replication.
_UNHASHED = {"name", "description", "replications"}


@dataclass(frozen=True)
class Resolved:
    """A scenario with nothing left to look up.

    Attributes
    ----------
    scenario
        The typed scenario.
    root
        Its text with the place of everything, after `extends`, `--set` and the variant, without `variants`.
    variants
        The names of the variants that :meth:`with_variant` takes.
    variant
        The variant that this is, or None for the base.
    source
        The file it was read from, where there is one.
    """

    scenario: Scenario
    root: Mapping
    variants: tuple[str, ...] = ()
    variant: str | None = None
    source: Path | None = None
    _others: Map[str, Resolved] = field(default_factory=dict, repr=False, compare=False)
    _overlays: Mapping | None = field(default=None, repr=False, compare=False)

    @property
    def tree(self) -> dict[str, Tree]:
        """The scenario as plain text, variants included."""
        tree = plain(self.root)
        assert isinstance(tree, dict)
        if self._overlays is not None:
            tree["variants"] = plain(self._overlays)
        return tree

    def to_yaml(self) -> str:
        """YAML that gives the same scenario wherever it is read."""
        return write(self.tree)

    @property
    def digest(self) -> str:
        """SHA-256 of what decides a replication: not of formatting, name, description or replications."""
        return hashlib.sha256(canonical(self.scenario).encode()).hexdigest()

    def with_variant(self, name: str) -> Resolved:
        """The scenario with one of its variants laid over it.

        Raises
        ------
        ScenarioError
            There is no such variant.
        """
        if name in self._others:
            return self._others[name]
        raise self.error(
            ("variants",),
            "no such variant",
            found=f'"{name}"',
            expected=f"one of {listing(self.variants, 40)}"
            if self.variants
            else "no variant: the file has none",
            nearest=nearest_name(name, self.variants),
        )

    def where(self, path: tuple[str | int, ...]) -> tuple[str, int]:
        """File and line of a path such as `("network", "lanes", 0, "to")`, or of what is nearest above it."""
        at = place(self.root, path)
        return at.file, at.line

    def error(
        self,
        path: tuple[str | int, ...],
        message: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> ScenarioError:
        """An error at a path, for whoever finds out later that something cannot be."""
        return located(self.root, path, message, found=found, expected=expected, nearest=nearest)


def canonical(scenario: Scenario) -> str:
    """The scenario as JSON with sorted keys, without defaults and without the folders that files are in."""
    tree = without_folders(scenario.model_dump(exclude=_UNHASHED, exclude_defaults=True))
    return json.dumps(tree, sort_keys=True, separators=(",", ":"))
