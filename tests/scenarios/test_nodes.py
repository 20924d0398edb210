"""YAML that cannot surprise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import ScenarioError
from scenarios.nodes import MOST_BYTES, MOST_DEPTH, Mapping, Tree, plain, read_mapping, read_node
from scenarios.write import write, write_inline


def test_scalars_stay_text() -> None:
    text = "{a: 18:30, b: no, c: 1e-3, d: 010, e: 2026-11-02, f: 'null', g: \"\", h: 0x1F}"
    assert plain(read_node(text, "f")) == {
        "a": "18:30",
        "b": "no",
        "c": "1e-3",
        "d": "010",
        "e": "2026-11-02",
        "f": "null",
        "g": "",
        "h": "0x1F",
    }


@pytest.mark.parametrize("nothing", ["", "null", "~", "Null"])
def test_a_value_may_be_left_out(nothing: str) -> None:
    assert plain(read_node(f"a: {nothing}\nb: 1", "f")) == {"b": "1"}


def test_every_place_is_known() -> None:
    root = read_mapping("a: 1\nb:\n  - c: 2\n    d:\n      3\n", "f.yaml")
    assert str(root.keys["b"]) == "f.yaml:2"
    inner = root.entries["b"]
    assert not isinstance(inner, Mapping)
    assert [str(item.where) for item in getattr(inner, "items")] == ["f.yaml:3"]  # noqa: B009


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: &x 1\nb: *x", 1, "anchor"),
        ("a: 1\nb: *x", 2, "alias"),
        ("a: !!python/object:os.system 1", 1, "tag"),
        ("a: !!str 1", 1, "tag"),
        ("a: 1\n\nb: 2\na: 3", 4, "twice"),
        ("x: {a: 1, a: 2}", 1, "twice"),
        ("? [a]\n: 1", 1, "a key is text"),
        ("a: 1\n---\nb: 2", 2, "one document"),
        ("a: [1\nb: 2", 2, "not YAML"),
        ("a:\n\t- 1", 2, "not YAML"),
        ("a: \x01", 1, "not YAML"),
        ("- a", 1, "a map of keys"),
        ("just text", 1, "a map of keys"),
        ("", 1, "empty"),
        ("# only a remark", 1, "empty"),
        ("a: [1, , 2]", 1, "not YAML"),
        ("a: [1, ~]", 1, "empty"),
        ("a:\n  -\n  - 2", 2, "empty"),
        ("{a[b].c: 1}", 1, "not YAML"),
    ],
)
def test_what_is_refused(text: str, line: int, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_mapping(text, "f.yaml")
    assert says in str(caught.value)
    assert (caught.value.file, caught.value.line) == ("f.yaml", line)


def test_a_path_within_braces_wants_quotes_and_the_error_says_so() -> None:
    with pytest.raises(ScenarioError, match="quotes round a key with brackets"):
        read_mapping("variants: {a: {x.y[S1].open: 1}}", "f.yaml")


def test_depth_is_bounded() -> None:
    fits = "[" * (MOST_DEPTH - 1) + "]" * (MOST_DEPTH - 1)
    assert plain(read_node(f"a: {fits}", "f"))
    for deep in ("[" * 200_000, "a: " + "{b: " * MOST_DEPTH):
        with pytest.raises(ScenarioError, match="nested too deep"):
            read_node(deep, "f")


def test_size_is_bounded() -> None:
    with pytest.raises(ScenarioError, match="too big"):
        read_node("a: " + "x" * MOST_BYTES, "f")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)
TREES = st.recursive(
    NAMES,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(NAMES, TREES, max_size=5))
def test_what_is_written_reads_the_same(tree: dict[str, Tree]) -> None:
    assert plain(read_mapping(write(tree), "f")) == tree


def test_small_things_are_written_on_one_line() -> None:
    tree: dict[str, Tree] = {"a": {"x": "1", "y": ["2", {"z": "3"}]}, "b": {"long": "w" * 120}, "c": []}
    assert write(tree).splitlines()[0] == "a: {x: 1, y: [2, {z: 3}]}"
    assert write_inline(tree["a"]) == "{x: 1, y: [2, {z: 3}]}"
