"""YAML, read so that nothing surprising can come of it.

Scalars stay text (the schema gives them their types), each with the file and line it came from. There are no
aliases, no tags, no duplicate keys, one document, and bounds on size and depth. An empty value, ``null`` or
``~`` (unquoted) stands for "left out".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from scenarios.errors import ScenarioError, Where

MOST_BYTES = 16 * 1024 * 1024
MOST_DEPTH = 32
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN = frozenset({None, "", ":"})  # the style of what is not quoted, in either parser
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text at a place."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Null:
    """A value left out on purpose; in an overlay it takes away what the base has."""

    where: Where


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in their order, each with its place."""

    entries: dict[str, Node]
    keys: dict[str, Where]
    where: Where


@dataclass(frozen=True, slots=True)
class Sequence:
    """Elements in their order."""

    items: list[Node]
    where: Where


Node: TypeAlias = Scalar | Null | Mapping | Sequence
Tree: TypeAlias = "str | dict[str, Tree] | list[Tree]"


@dataclass(slots=True)
class _Builder:
    """Builds nodes from parser events with a stack of its own, so that depth is bounded by us."""

    file: str
    stack: list[Mapping | Sequence] = field(default_factory=list)
    pending: list[tuple[str, Where] | None] = field(default_factory=list)
    root: Node | None = None
    documents: int = 0

    def take(self, event: Any) -> None:
        where = Where(self.file, event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            raise ScenarioError("an alias is not part of the language", where=where, found=f"*{event.anchor}")
        if isinstance(event, yaml.NodeEvent):
            self._refuse_decoration(event, where)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, where)
        elif isinstance(event, yaml.MappingStartEvent):
            self._open(Mapping({}, {}, where))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open(Sequence([], where))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise ScenarioError("a file holds one document", where=where, found="a second document")

    def _refuse_decoration(self, event: Any, where: Where) -> None:
        if event.anchor is not None:
            raise ScenarioError(
                "an anchor is not part of the language", where=where, found=f"&{event.anchor}"
            )
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            raise ScenarioError("a tag is not part of the language", where=where, found=f"!<{tag}>")

    def _scalar(self, event: Any, where: Where) -> None:
        parent = self.stack[-1] if self.stack else None
        if isinstance(parent, Mapping) and self.pending[-1] is None:
            self._key(parent, event.value, where)
            return
        null = event.style in _PLAIN and event.value in _NULLS
        if null and isinstance(parent, Sequence):
            raise ScenarioError(
                "an element of a list is empty",
                where=where,
                found=event.value or "nothing",
                expected="a value",
            )
        self._add(Null(where) if null else Scalar(event.value, where))

    def _key(self, parent: Mapping, key: str, where: Where) -> None:
        if key in parent.keys:
            raise ScenarioError(
                "a key stands twice in one map",
                where=where,
                path=key,
                found=f"`{key}` here and in line {parent.keys[key].line}",
                expected="each key once",
            )
        self.pending[-1] = (key, where)

    def _open(self, node: Mapping | Sequence) -> None:
        parent = self.stack[-1] if self.stack else None
        if isinstance(parent, Mapping) and self.pending[-1] is None:
            raise ScenarioError("a key is text", where=node.where, found="a map or a list as a key")
        if len(self.stack) >= MOST_DEPTH:
            raise ScenarioError(
                "nested too deep",
                where=node.where,
                found=f"level {MOST_DEPTH + 1}",
                expected=f"at most {MOST_DEPTH}",
            )
        self._add(node)
        self.stack.append(node)
        self.pending.append(None)

    def _close(self) -> None:
        self.stack.pop()
        self.pending.pop()

    def _add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        pending = self.pending[-1]
        assert pending is not None
        parent.entries[pending[0]] = node
        parent.keys[pending[0]] = pending[1]
        self.pending[-1] = None


def read_node(text: str, file: str) -> Node:
    """Read one YAML document.

    Parameters
    ----------
    text
        The document.
    file
        What to call it in messages.

    Raises
    ------
    ScenarioError
        Not YAML; too big or too deep; an alias, anchor, tag, duplicate key or second document; nothing in it.
    """
    if len(text) > MOST_BYTES:
        raise ScenarioError(
            "too big to be a scenario",
            where=Where(file),
            found=f"{len(text):,} characters",
            expected=f"at most {MOST_BYTES:,}; put long tables in files",
        )
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise _syntax_error(error, file) from None
    if builder.root is None:
        raise ScenarioError("the file is empty", where=Where(file, 1), expected="a scenario")
    return builder.root


def _syntax_error(error: yaml.YAMLError, file: str) -> ScenarioError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    message = f"not YAML: {problem}" + (f" ({context})" if context else "")
    hint = None
    if "expected ',' or '}'" in str(problem):
        hint = 'quotes round a key with brackets within {…}, as in {"network.locations[S1].open": …}'
    return ScenarioError(message, where=Where(file, mark.line + 1 if mark else 1), expected=hint)


def read_mapping(text: str, file: str) -> Mapping:
    """Read a document that must be a map; see :func:`read_node`."""
    node = read_node(text, file)
    if not isinstance(node, Mapping):
        raise ScenarioError(
            "a scenario is a map of keys", where=node.where, found=describe(node), expected="a map"
        )
    return node


def describe(node: Node) -> str:
    """What a node is, in the words of a message."""
    if isinstance(node, Scalar):
        text = node.text if len(node.text) <= 60 else node.text[:57] + "…"
        return f'"{text}"'
    if isinstance(node, Null):
        return "nothing"
    if isinstance(node, Mapping):
        return f"a map of {len(node.entries)}" if node.entries else "an empty map"
    return f"a list of {len(node.items)}" if node.items else "an empty list"


def plain(node: Node) -> Tree:
    """The node as dicts, lists and strings; what was left out is not there."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.entries.items() if not isinstance(value, Null)}
    return ""


def without_nulls(node: Node) -> Node:
    """The node with every entry taken out that was left out on purpose."""
    if isinstance(node, Sequence):
        return Sequence([without_nulls(item) for item in node.items], node.where)
    if not isinstance(node, Mapping):
        return node
    kept = {key: without_nulls(value) for key, value in node.entries.items() if not isinstance(value, Null)}
    return Mapping(kept, {key: node.keys[key] for key in kept}, node.where)
