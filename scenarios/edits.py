"""Values laid over a scenario from outside its file: from the command line as text, from Python as they are."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scenarios.errors import ScenarioError, Where
from scenarios.merge import edit
from scenarios.nodes import Mapping, Node, Null, Scalar, Sequence, read_node


@dataclass(frozen=True, slots=True)
class Edit:
    """A value for a place.

    Attributes
    ----------
    path
        A key path, as `policies.routing.use`.
    value
        Text, numbers, truth values, dates, lists and mappings of them, or a tree that was read already; None takes
        away what is there.
    label
        What it is called in messages.
    """

    path: str
    value: object
    label: str


def read_assignment(text: str, label: str) -> tuple[str, Node]:
    """Path and value of `key.path=value`; the value is YAML, and nothing takes away."""
    key, equals, value = text.partition("=")
    where = Where(label)
    if not equals or not key.strip():
        raise ScenarioError("not an edit", where=where, expected="key.path=value")
    return key.strip(), read_node(value, label) if value.strip() else Null(where)


def apply(root: Mapping, change: Edit | str) -> Mapping:
    """Lay an edit, or an assignment as after ``--set``, on a tree.

    Raises
    ------
    ScenarioError
        A path that leads nowhere, or a value that no scenario can hold.
    """
    if isinstance(change, str):
        label = f"--set {change}"
        path, value = read_assignment(change, label)
    else:
        label, path = change.label, change.path
        value = _as_node(change.value, Where(label), path)
    changed = edit(root, path, value, Where(label))
    assert isinstance(changed, Mapping)
    return changed


def _as_node(value: Any, where: Where, path: str) -> Node:
    """A value of Python's as the tree that its YAML would give."""
    if isinstance(value, Scalar | Null | Mapping | Sequence):
        return value
    if value is None:
        return Null(where)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", where)
    if isinstance(value, Map):
        entries = {str(key): _as_node(item, where, f"{path}.{key}") for key, item in value.items()}
        return Mapping(entries, dict.fromkeys(entries, where), where)
    if isinstance(value, list | tuple):
        return Sequence([_as_node(item, where, f"{path}[{i}]") for i, item in enumerate(value)], where)
    if isinstance(value, datetime | date):
        return Scalar(value.isoformat(), where)
    if isinstance(value, str | int | float | Path):
        return Scalar(str(value), where)
    if callable(getattr(value, "item", None)):  # one of numpy's numbers
        return _as_node(value.item(), where, path)
    raise ScenarioError(
        "not a value of a scenario",
        where=where,
        path=path,
        found=f"a {type(value).__name__}",
        expected="text, a number, a truth value, a date, None, or a list or mapping of them",
    )
