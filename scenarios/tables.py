"""The files that a scenario names: where they are, and whether they are there.

What is in them is not read here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from collections.abc import Sequence as Series
from pathlib import Path
from typing import Any, Final

from scenarios.errors import ScenarioError, nearest_name
from scenarios.nodes import Mapping, Node, Scalar, Sequence
from scenarios.paths import shown
from scenarios.schema.files import SUFFIXES

#: Where files are named; `*` is any element of a list, or one map in its place.
FILES: Final = (
    ("catalog", "file"),
    ("network", "files", "locations"),
    ("network", "files", "lanes"),
    ("inventory", "opening", "*", "file"),
    ("inventory", "open_orders", "file"),
    ("demand", "pos", "*", "replay"),
    ("demand", "web", "*", "replay"),
)
#: What stands where a file could, and is none.
WORDS: Final = frozenset({"completejourney"})


def settle(root: Mapping) -> tuple[Mapping, list[ScenarioError]]:
    """Make each file's path absolute, seen from the file that names it (``--set``: from the current folder).

    Returns
    -------
    root
        A new tree with the paths settled.
    errors
        One for each file that is not there.
    """
    errors: list[ScenarioError] = []
    node: Node = root
    for pattern in FILES:
        for steps in list(_matches(node, pattern, ())):
            node = _settle_one(node, steps, steps, errors, root)
    assert isinstance(node, Mapping)
    return node, errors


def _matches(
    node: Node, pattern: Series[str], steps: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    if not pattern:
        if isinstance(node, Scalar):
            yield steps
    elif pattern[0] == "*" and isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _matches(item, pattern[1:], (*steps, index))
    elif pattern[0] == "*":
        yield from _matches(node, pattern[1:], steps)
    elif isinstance(node, Mapping) and pattern[0] in node.entries:
        yield from _matches(node.entries[pattern[0]], pattern[1:], (*steps, pattern[0]))


def _settle_one(
    node: Node, rest: Series[str | int], steps: Series[str | int], errors: list[ScenarioError], root: Mapping
) -> Node:
    if not rest:
        assert isinstance(node, Scalar)
        if node.text in WORDS or Path(node.text).suffix.casefold() not in SUFFIXES:
            return node  # a file of a kind that is not read is the schema's to refuse
        path = _absolute(node)
        if not path.is_file():
            errors.append(_not_there(path, node, shown(root, steps)))
        return Scalar(str(path), node.where)
    if isinstance(node, Sequence):
        assert isinstance(rest[0], int)
        items = list(node.items)
        items[rest[0]] = _settle_one(items[rest[0]], rest[1:], steps, errors, root)
        return Sequence(items, node.where)
    assert isinstance(node, Mapping)
    key = str(rest[0])
    entries = {**node.entries, key: _settle_one(node.entries[key], rest[1:], steps, errors, root)}
    return Mapping(entries, node.keys, node.where)


def _absolute(node: Scalar) -> Path:
    folder = Path(node.where.file).parent if node.where.line else Path()  # what is not in a file has no line
    return Path(os.path.abspath(folder / Path(node.text).expanduser()))


def _not_there(path: Path, node: Scalar, key: str) -> ScenarioError:
    try:
        neighbours = [entry.name for entry in path.parent.iterdir() if entry.suffix.casefold() in SUFFIXES]
    except OSError:
        neighbours = []
    return ScenarioError(
        "no such file",
        where=node.where,
        path=key,
        found=f'"{node.text}" ({path})',
        expected="a file; a relative path starts from the folder of the file that names it",
        nearest=nearest_name(path.name, neighbours),
    )


def without_folders(tree: dict[str, Any]) -> dict[str, Any]:
    """A dumped scenario in which files have bare names, so that its digest is the same on any machine."""
    for pattern in FILES:
        _strip(tree, pattern)
    return tree


def _strip(tree: Any, pattern: Series[str]) -> None:
    if pattern[0] == "*":
        for item in tree:
            _strip(item, pattern[1:])
    elif isinstance(tree, dict) and pattern[0] in tree:
        if len(pattern) > 1:
            _strip(tree[pattern[0]], pattern[1:])
        elif isinstance(tree[pattern[0]], str):
            tree[pattern[0]] = Path(tree[pattern[0]]).name
