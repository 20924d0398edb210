"""From what pydantic found wrong to errors with a place, a key and the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from scenarios.errors import NotBuiltError, ScenarioError, Where, listing, nearest_name
from scenarios.fields import Reader
from scenarios.nodes import Mapping, Node, describe
from scenarios.paths import identity, locate, shown
from scenarios.schema.base import Part
from scenarios.schema.rules import Rule
from scenarios.schema.scenario import Scenario

#: Keys of a file that are used up before the schema is applied.
FILE_KEYS = ("extends", "variants")


def translate(error: ValidationError, root: Node) -> list[ScenarioError]:
    """One error for each fault."""
    return [_one(dict(detail), root) for detail in error.errors(include_url=False)]


def located(
    root: Node,
    path: tuple[str | int, ...],
    message: str,
    *,
    kind: type[ScenarioError] = ScenarioError,
    found: str | None = None,
    expected: str | None = None,
    nearest: str | None = None,
) -> ScenarioError:
    """An error at a path of the schema, or at what is nearest above it."""
    steps, _node, where = locate(root, path)
    return kind(
        message, where=where, path=shown(root, steps), found=found, expected=expected, nearest=nearest
    )


def _one(detail: dict[str, Any], root: Node) -> ScenarioError:
    path: tuple[str | int, ...] = tuple(step for step in detail["loc"] if step not in ("[key]",))
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "scenario":
        message = context["message"]
        path = (*path, *context["at"])
        return located(
            root,
            path,
            message,
            kind=ScenarioError if context["built"] else NotBuiltError,
            found=context["found"],
            expected=context["expected"],
            nearest=context["nearest"],
        )
    if kind == "extra_forbidden":
        return _unknown_key(path, root)
    part = part_at(path[:-1])
    if kind == "missing":
        return _missing(path, root, part)
    _steps, node, _where = locate(root, path)
    return located(root, path, "wrong kind of value", found=describe(node), expected=_expected(kind, path))


def _unknown_key(path: tuple[str | int, ...], root: Node) -> ScenarioError:
    key, part = str(path[-1]), part_at(path[:-1])
    if part is not None and key in part.NOT_BUILT:
        return located(root, path, "is part of the language but not built yet", kind=NotBuiltError)
    valid = [*part.keys()] if part is not None else []
    if part is Scenario:
        valid += FILE_KEYS
    if key in FILE_KEYS:
        return located(root, path, "has a meaning only at the top of a file")
    if "." in key or "[" in key:
        return located(
            root, path, "a path has a meaning only in a file with `extends`, in variants and in --set"
        )
    return located(
        root,
        path,
        "unknown key",
        found=f"`{key}`",
        expected=f"one of {listing(valid, 40)}",
        nearest=nearest_name(key, valid),
    )


def _missing(path: tuple[str | int, ...], root: Node, part: type[Part] | None) -> ScenarioError:
    label = None
    valid: list[str] = []
    if part is not None:
        attribute = part.keys().get(str(path[-1]), str(path[-1]))
        valid = [*part.keys()]
        label = label_of(part, attribute)
    steps, _node, where = locate(root, path)
    _steps, node, _where = locate(root, path[:-1])
    strange = [key for key in node.entries if key not in valid] if isinstance(node, Mapping) else []
    name = identity(node)
    return ScenarioError(
        "is missing",
        where=where,
        path=shown(root, steps),
        found=f"nothing{f' in {name}' if name else ''}" + (f" (but `{strange[0]}`)" if strange else ""),
        expected=label,
    )


def _expected(kind: str, path: tuple[str | int, ...]) -> str:
    if kind in ("tuple_type", "list_type"):
        return "a list"
    part = part_at(path)
    return f"a map with {listing([*part.keys()], 40)}" if part is not None else "a map"


def label_of(part: type[Part], attribute: str) -> str:
    """What stands at a key, in words."""
    reader = reader_of(part, attribute)
    if reader is not None:
        return reader.label
    field = part.model_fields.get(attribute)
    below = part_of(field.annotation) if field is not None else None
    return f"a map with {listing([*below.keys()], 40)}" if below else "a value"


def reader_of(part: type[Part], attribute: str) -> Reader | None:
    """The reader of a key, where it holds a scalar or a list of them."""
    field = part.model_fields.get(attribute)
    if field is None:
        return None
    marks = [*field.metadata, *(mark for option in _annotations(field.annotation) for mark in _marks(option))]
    return next((mark for mark in marks if isinstance(mark, Reader)), None)


def part_at(path: tuple[str | int, ...]) -> type[Part] | None:
    """The part of the schema that a path leads to."""
    part: type[Part] | None = Scenario
    named = False  # whether the step is a name of somebody's own, as of a station called `rework`
    for step in path:
        if part is None or isinstance(step, int) or named:
            named = False
            continue
        if step == "params" and issubclass(part, Rule):
            return None
        attribute = part.keys().get(step)
        if attribute is not None:
            annotation = part.model_fields[attribute].annotation
            part, named = part_of(annotation), get_origin(annotation) is dict
    return part


def part_of(annotation: Any) -> type[Part] | None:
    """The part within an annotation, through lists, maps and options."""
    for option in _annotations(annotation):
        if isinstance(option, type) and issubclass(option, Part):
            return option
    return None


def _annotations(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _annotations(argument)


def _marks(annotation: Any) -> tuple[Any, ...]:
    return tuple(getattr(annotation, "__metadata__", ()))


def place(root: Node, path: tuple[str | int, ...]) -> Where:
    """File and line of a path of the schema, or of what is nearest above it."""
    return locate(root, path)[2]
