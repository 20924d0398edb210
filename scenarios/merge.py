"""Laying one tree over another: a map merges, a list replaces, a path edits one place, nothing takes away.

Changing `use` or `dist` drops the parameters that the new one does not have.
"""

from __future__ import annotations

from collections.abc import Sequence as Series

from scenarios import laws, parameters
from scenarios.errors import Where
from scenarios.nodes import Mapping, Node, Null, Scalar, Sequence
from scenarios.paths import Element, PathStep, find_element, is_path, not_a_map, parse_path, say_path

Trail = tuple[str, ...]
_RULE_KEYS = frozenset({"use", "where", "review", "source"})


def merge(base: Node, over: Node, trail: Trail = ()) -> Node:
    """Lay `over` on `base`; neither is changed.

    Parameters
    ----------
    base, over
        Trees.
    trail
        The plain keys that lead here, for the rules that depend on the place.

    Raises
    ------
    ScenarioError
        A path in `over` that leads nowhere.
    """
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    merged: Node = _drop_parameters(base, over, trail)
    for key, value in over.entries.items():
        assert isinstance(merged, Mapping)
        if is_path(key) and not _keys_are_names(trail):
            merged = edit(merged, key, value, over.keys[key], trail)
        else:
            merged = _put(merged, key, value, over.keys[key], trail)
    return merged


def edit(root: Node, path: str, value: Node, where: Where, trail: Trail = ()) -> Node:
    """Lay `value` on the place that `path` leads to, which may be new; `root` is not changed."""
    return _descend(root, parse_path(path, where), value, where, path, trail)


def _keys_are_names(trail: Trail) -> bool:
    """Whether the keys here are names of things or paths to be kept, not keys of the language."""
    return trail[:1] == ("variants",) or trail[-1:] == ("columns",)


def _put(base: Mapping, key: str, value: Node, where: Where, trail: Trail) -> Mapping:
    entries, keys = dict(base.entries), dict(base.keys)
    if isinstance(value, Null):
        entries.pop(key, None)
        keys.pop(key, None)
        return Mapping(entries, keys, base.where)
    entries[key] = merge(entries[key], value, (*trail, key)) if key in entries else value
    keys[key] = where
    return Mapping(entries, keys, base.where)


def _descend(node: Node, steps: Series[PathStep], value: Node, where: Where, path: str, trail: Trail) -> Node:
    step, rest = steps[0], steps[1:]
    if isinstance(step, Element):
        return _descend_list(node, step, rest, value, where, path, trail)
    if not isinstance(node, Mapping):
        raise not_a_map(node, where, path)
    if not rest:
        return merge(node, Mapping({step: value}, {step: where}, where), trail) if not is_path(step) else node
    below = node.entries.get(step)
    if below is None or isinstance(below, Null):
        if isinstance(rest[0], Element):
            raise not_a_map(Null(where), where, path)
        below = Mapping({}, {}, where)
    entries = {**node.entries, step: _descend(below, rest, value, where, path, (*trail, step))}
    return Mapping(entries, {**node.keys, step: node.keys.get(step, where)}, node.where)


def _descend_list(
    node: Node, step: Element, rest: Series[PathStep], value: Node, where: Where, path: str, trail: Trail
) -> Node:
    if isinstance(node, Mapping):  # one map stands for a list of one
        alone = Sequence([node], node.where)
        changed = _descend_list(alone, step, rest, value, where, path, trail)
        return changed.items[0] if isinstance(changed, Sequence) and len(changed.items) == 1 else changed
    if not isinstance(node, Sequence):
        raise not_a_map(node, where, path)
    index = find_element(node.items, step, where, path)
    items = list(node.items)
    if rest:
        items[index] = _descend(items[index], rest, value, where, path, trail)
    elif isinstance(value, Null):
        del items[index]
    else:
        items[index] = merge(items[index], value, trail)
    return Sequence(items, node.where)


def _drop_parameters(base: Mapping, over: Mapping, trail: Trail) -> Mapping:
    keep: set[str] | None = None
    if "dist" in base.entries:
        keep = _kept_of_distribution(base, over)
    elif "use" in base.entries and "use" in over.entries:
        keep = _kept_of_policy(base, over, trail)
    if keep is None:
        return base
    entries = {key: value for key, value in base.entries.items() if key in keep}
    return Mapping(entries, {key: base.keys[key] for key in entries}, base.where)


def _kept_of_distribution(base: Mapping, over: Mapping) -> set[str] | None:
    family = over.entries.get("dist", base.entries["dist"])
    if not isinstance(family, Scalar) or family.text not in laws.PARAMETERS:
        return None
    given = [key for key, value in over.entries.items() if key != "dist" and not isinstance(value, Null)]
    return {"dist"} | laws.kept(family.text, (key for key in base.entries if key != "dist"), given)


def _kept_of_policy(base: Mapping, over: Mapping, trail: Trail) -> set[str] | None:
    before, after = base.entries["use"], over.entries["use"]
    if not (isinstance(before, Scalar) and isinstance(after, Scalar)) or before.text == after.text:
        return None
    kind = next((step for step in reversed(trail) if step in ("reorder", *parameters.LISTED)), None)
    known = parameters.known(kind, after.text) if kind else None
    return None if known is None else known | _RULE_KEYS


__all__ = ["edit", "merge", "say_path"]
