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
from scenarios.translate import reader_of
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
    return [
        Difference(say_path(one.path), _text(a, one.at_a, one.told_a), _text(b, one.at_b, one.told_b))
        for one in _walk(a.scenario, b.scenario, _Pair())
    ]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A place in both scenarios: as it is shown, where it is in each, how it reads where no key holds it."""

    path: tuple[Step, ...] = ()
    at_a: tuple[str | int, ...] | None = ()
    at_b: tuple[str | int, ...] | None = ()
    told_a: str | None = None
    told_b: str | None = None

    def below(self, shown: tuple[Step, ...], key_a: Any, key_b: Any, *told: str | None) -> _Pair:
        at_a = None if key_a is _ABSENT or self.at_a is None else (*self.at_a, key_a)
        at_b = None if key_b is _ABSENT or self.at_b is None else (*self.at_b, key_b)
        return _Pair((*self.path, *shown), at_a, at_b, *told)


def _walk(a: Any, b: Any, pair: _Pair) -> Iterator[_Pair]:
    if a == b:
        return
    if isinstance(a, Part) and type(a) is type(b) and not isinstance(a, _WHOLE):
        for key, attribute in type(a).keys().items():
            shown = () if attribute == "params" else (key,)
            told = _told(a, attribute), _told(b, attribute)
            below = pair.below(shown, attribute, attribute, *told)
            yield from _walk(getattr(a, attribute), getattr(b, attribute), below)
    elif isinstance(a, dict) and isinstance(b, dict):
        yield from _walk_names(a, b, pair, {key: key for key in a}, {key: key for key in b})
    elif _is_list(a) and _is_list(b):
        names_a, names_b = _names(a), _names(b)
        if names_a is None or names_b is None:
            names_a, names_b = _numbers(a), _numbers(b)
        yield from _walk_names(dict(enumerate(a)), dict(enumerate(b)), pair, names_a, names_b)
    else:
        yield pair


def _told(part: Part, attribute: str) -> str | None:
    """A scalar that was given, if not under its own key: one word stands for both channels of `unmet`."""
    reader = reader_of(type(part), attribute)
    value = getattr(part, attribute)
    given = attribute in part.model_fields_set and reader is not None and isinstance(value, str | int | float)
    return reader.show(value) if reader is not None and given else None


def _walk_names(
    a: Map[Any, Any], b: Map[Any, Any], pair: _Pair, names_a: Map[str, Any], names_b: Map[str, Any]
) -> Iterator[_Pair]:
    for name in dict.fromkeys([*names_a, *names_b]):
        key_a, key_b = names_a.get(name, _ABSENT), names_b.get(name, _ABSENT)
        numbered = isinstance(key_a if key_a is not _ABSENT else key_b, int)
        below = pair.below((Element(name) if numbered else name,), key_a, key_b)
        yield from _walk(a.get(key_a, _ABSENT), b.get(key_b, _ABSENT), below)


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


def _text(resolved: Resolved, path: tuple[str | int, ...] | None, told: str | None) -> str | None:
    node = None if path is None else find(resolved.root, path)
    return told if node is None else write_inline(plain(node))
