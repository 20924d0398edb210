"""Trees back to YAML that reads the same."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any

import yaml

from scenarios.nodes import _NULLS, Tree

_DUMPER: Any = getattr(yaml, "CBaseDumper", yaml.BaseDumper)
_TEXT, _LIST, _MAP = "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"


def write(tree: Map[str, Tree]) -> str:
    """YAML of a tree of text; reading it gives the same tree."""
    text: str = yaml.serialize(_node(dict(tree)), Dumper=_DUMPER, allow_unicode=True, width=110)
    return text


def write_inline(tree: Tree) -> str:
    """YAML of a piece of a tree on one line, for people to read."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return f"[{', '.join(write_inline(item) for item in tree)}]"
    return "{" + ", ".join(f"{key}: {write_inline(value)}" for key, value in tree.items()) + "}"


def _node(tree: Tree) -> yaml.Node:
    if isinstance(tree, str):
        return yaml.ScalarNode(_TEXT, tree, style="'" if tree in _NULLS else None)
    if isinstance(tree, list):
        return yaml.SequenceNode(_LIST, [_node(item) for item in tree], flow_style=_is_flat(tree))
    pairs = [(_node(key), _node(value)) for key, value in tree.items()]
    return yaml.MappingNode(_MAP, pairs, flow_style=_is_flat(list(tree.values())))


def _is_flat(values: list[Tree]) -> bool:
    """Whether a list or map of `values` reads well on one line."""
    room = 90

    def fits(values: list[Tree], depth: int) -> bool:
        nonlocal room
        for value in values:
            below = list(value.values()) if isinstance(value, dict) else value
            if isinstance(below, list) and (depth == 0 or not fits(below, depth - 1)):
                return False
            room -= (len(value) if isinstance(value, str) else 0) + 8
        return room >= 0

    return fits(values, 2)
