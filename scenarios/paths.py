"""Key paths: `policies.routing.use`, `network.locations[S1].open`, `demand.pos[0].rate`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as Series
from dataclasses import dataclass
from typing import TypeAlias

from scenarios.errors import ScenarioError, Where, listing, nearest_name
from scenarios.nodes import Mapping, Node, Null, Scalar, Sequence, describe

_KEY = re.compile(r"\.([^.\[\]]+)")
#: Keys by which an element of a list is called.
IDENTITIES = ("id", "sku", "name")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a list, by what it is called or by its number from 0."""

    name: str


PathStep: TypeAlias = "str | Element"


def is_path(key: str) -> bool:
    """Whether a key of an overlay is a path rather than a plain key."""
    return "." in key or "[" in key


def parse_path(text: str, where: Where) -> list[PathStep]:
    """Take a path apart.

    Raises
    ------
    ScenarioError
        An empty step, or a bracket that is not closed.

    Examples
    --------
    >>> parse_path("network.locations[S1].open", Where("example"))
    ['network', 'locations', Element(name='S1'), 'open']
    """
    steps: list[PathStep] = []
    rest = "." + text
    while rest:
        if rest.startswith("[") and steps:
            inner, rest = _bracket(rest, text, where)
            steps.append(Element(inner))
            continue
        key = _KEY.match(rest)
        if key is None:
            raise _bad_path(text, where)
        steps.append(key[1])
        rest = rest[key.end() :]
    return steps


def _bracket(rest: str, text: str, where: Where) -> tuple[str, str]:
    if len(rest) > 1 and rest[1] in "\"'":
        inner, closed, after = rest[2:].partition(rest[1] + "]")
    else:
        inner, closed, after = rest[1:].partition("]")
    if not closed or not inner:
        raise _bad_path(text, where)
    return inner, after


def _bad_path(text: str, where: Where) -> ScenarioError:
    return ScenarioError(
        "not a key path", where=where, found=f'"{text}"', expected="a path such as network.locations[S1].open"
    )


def say_path(steps: Iterable[str | int | Element]) -> str:
    """A path as one writes it."""
    text = ""
    for step in steps:
        if isinstance(step, Element | int):
            text += f"[{step.name if isinstance(step, Element) else step}]"
        else:
            text += f".{step}" if text else step
    return text


def identity(node: Node) -> str | None:
    """What an element of a list is called: its id, SKU or name; a lane is called `from->to`."""
    if not isinstance(node, Mapping):
        return None
    for key in IDENTITIES:
        value = node.entries.get(key)
        if isinstance(value, Scalar):
            return value.text
    ends = [node.entries.get(key) for key in ("from", "to")]
    texts = [end.text for end in ends if isinstance(end, Scalar)]
    return "->".join(texts) if len(texts) == 2 else None


def find_element(items: Series[Node], element: Element, where: Where, path: str) -> int:
    """The number of the element that `element` means.

    Raises
    ------
    ScenarioError
        None is called so, or several are.
    """
    called = [identity(item) for item in items]
    matches = [index for index, item in enumerate(items) if _is_called(item, element.name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        numbers = " or ".join(f"[{index}]" for index in matches)
        raise ScenarioError(
            f"{len(matches)} elements are called so",
            where=where,
            path=path,
            found=f'"{element.name}"',
            expected=numbers,
        )
    if element.name.isdecimal() and int(element.name) < len(items):
        return int(element.name)
    names = [name for name in called if name is not None]
    count = f"a number from 0 to {len(items) - 1}" if items else "an element, but the list is empty"
    raise ScenarioError(
        "no such element",
        where=where,
        path=path,
        found=f'"{element.name}"',
        expected=(f"one of {listing(names)}, or " if names else "") + count,
        nearest=None if element.name.isdecimal() else nearest_name(element.name, names),
    )


def _is_called(node: Node, name: str) -> bool:
    if not isinstance(node, Mapping):
        return False
    own = (node.entries.get(key) for key in IDENTITIES)
    return any(isinstance(value, Scalar) and value.text == name for value in own) or identity(node) == name


def written(path: Iterable[str | int]) -> list[str | int]:
    """A path of the schema as it stands in a file: `from_` is `from`, parameters stand beside `use`."""
    names = {"from_": "from", "for_": "for"}
    return [names.get(step, step) if isinstance(step, str) else step for step in path if step != "params"]


def _follow(root: Node, path: Iterable[str | int]) -> tuple[list[str | int], Node, Where, list[str | int]]:
    """Steps taken, what is there, the place of its key, and the steps that lead no further."""
    steps: list[str | int] = []
    node, where = root, root.where
    rest = written(path)
    while rest:
        step = rest[0]
        if isinstance(node, Mapping) and isinstance(step, str) and step in node.entries:
            where = node.keys[step]
            node = node.entries[step]
            steps.append(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            where = node.where
            steps.append(step)
        elif not (isinstance(node, Mapping) and isinstance(step, int)):
            break
        rest = rest[1:]
    return steps, node, where, rest


def locate(root: Node, path: Iterable[str | int]) -> tuple[list[str | int], Node, Where]:
    """Follow a path of the schema through the nodes as far as it goes.

    A number is skipped where one map stands for a list of one.

    Returns
    -------
    steps
        The path as it stands in the file; what is not there is kept at its end where a map could hold it.
    node
        What stands at the end, or the deepest that is there.
    where
        The place of its key.
    """
    steps, node, where, rest = _follow(root, path)
    if isinstance(node, Mapping):
        steps += [step for step in rest if isinstance(step, str)]
    return steps, node, where


def find(root: Node, path: Iterable[str | int]) -> Node | None:
    """What stands at a path of the schema, or None."""
    _steps, node, _where, rest = _follow(root, path)
    return None if rest else node


def shown(root: Node, steps: Series[str | int]) -> str:
    """The path with elements called by their id where that is clear."""
    named: list[str | int | Element] = []
    node: Node = root
    for step in steps:
        label: str | int | Element = step
        if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            name = identity(node.items[step])
            if name and sum(_is_called(item, name) for item in node.items) == 1:
                label = Element(name)
            node = node.items[step]
        elif isinstance(node, Mapping):
            node = node.entries.get(str(step), Null(node.where))
        named.append(label)
    return say_path(named)


def not_a_map(node: Node, where: Where, path: str) -> ScenarioError:
    """The error of a path that leads through what has no keys."""
    hint = "an element, such as [0]" if isinstance(node, Sequence) else "a map"
    return ScenarioError(
        "the path goes on where nothing is below", where=where, path=path, found=describe(node), expected=hint
    )
