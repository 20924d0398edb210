"""What differs between two scenarios once both are resolved."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from scenarios.nodes import plain
from scenarios.paths import Element, find, say_path
from scenarios.resolved import Resolved
from scenarios.schema.base import Part
from scenarios.schema.distributions import Distribution
from scenarios.schema.selectors import Selector
from scenarios.write import write_inline

Step = str | int | Element
_WHOLE = (Distribution, Selector)  # compared and shown as one value
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two scenarios differ.

    Attributes
    ----------
    path
        The key path, as one writes it after ``--set``.
    a, b
        The value in each, as it is written there; None where it is left out.
    """

    path: str
    a: str | None
    b: str | None

    def __str__(self) -> str:
        return f"{self.path}: {'–' if self.a is None else self.a} → {'–' if self.b is None else self.b}"


def diff(a: Resolved, b: Resolved) -> list[Difference]:
    """What differs in meaning: `24h` is `1d`, and a default is the same whether written or not.

    Elements of lists are compared by id, SKU or name where these are unique, else by number.
    """
    found = _walk(a.scenario, b.scenario, (), (), ())
    return [Difference(say_path(path), _text(a, at_a), _text(b, at_b)) for path, at_a, at_b in found]


_Found = tuple[tuple[Step, ...], tuple[str | int, ...] | None, tuple[str | int, ...] | None]


def _walk(
    a: Any, b: Any, path: tuple[Step, ...], at_a: tuple[str | int, ...], at_b: tuple[str | int, ...]
) -> Iterator[_Found]:
    if a == b:
        return
    if isinstance(a, Part) and type(a) is type(b) and not isinstance(a, _WHOLE):
        for key, attribute in type(a).keys().items():
            shown = path if attribute == "params" else (*path, key)
            below = getattr(a, attribute), getattr(b, attribute)
            yield from _walk(*below, shown, (*at_a, attribute), (*at_b, attribute))
    elif isinstance(a, dict) and isinstance(b, dict):
        yield from _walk_names(a, b, path, at_a, at_b, {key: key for key in a}, {key: key for key in b})
    elif _is_list(a) and _is_list(b):
        names_a, names_b = _names(a), _names(b)
        if names_a is None or names_b is None:
            names_a, names_b = _numbers(a), _numbers(b)
        parts_a, parts_b = dict(enumerate(a)), dict(enumerate(b))
        yield from _walk_names(parts_a, parts_b, path, at_a, at_b, names_a, names_b)
    else:
        yield path, (None if a is _ABSENT else at_a), (None if b is _ABSENT else at_b)


def _walk_names(
    a: Map[Any, Any],
    b: Map[Any, Any],
    path: tuple[Step, ...],
    at_a: tuple[str | int, ...],
    at_b: tuple[str | int, ...],
    names_a: Map[str, Any],
    names_b: Map[str, Any],
) -> Iterator[_Found]:
    for name in dict.fromkeys([*names_a, *names_b]):
        key_a, key_b = names_a.get(name, _ABSENT), names_b.get(name, _ABSENT)
        numbered = isinstance(key_a if key_a is not _ABSENT else key_b, int)
        yield from _walk(
            a.get(key_a, _ABSENT),
            b.get(key_b, _ABSENT),
            (*path, Element(name) if numbered else name),
            (*at_a, key_a),
            (*at_b, key_b),
        )


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, Part) for item in value)


def _names(parts: tuple[Part, ...]) -> dict[str, int] | None:
    names = [_name(part) for part in parts]
    found = {name: index for index, name in enumerate(names) if name is not None}
    return found if len(found) == len(parts) else None


def _numbers(parts: tuple[Part, ...]) -> dict[str, int]:
    return {str(index): index for index in range(len(parts))}


def _name(part: Part) -> str | None:
    for attribute in ("id", "sku", "name"):
        value = getattr(part, attribute, None)
        if isinstance(value, str):
            return value
    ends = [getattr(part, attribute, None) for attribute in ("from_", "to")]
    return "->".join(str(end) for end in ends) if None not in ends else None


def _text(resolved: Resolved, path: tuple[str | int, ...] | None) -> str | None:
    node = None if path is None else find(resolved.root, path)
    return None if node is None else write_inline(plain(node))
