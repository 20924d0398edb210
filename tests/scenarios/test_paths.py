"""Key paths and laying one tree over another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.errors import ScenarioError, Where
from scenarios.merge import edit, merge
from scenarios.nodes import Null, Tree, plain, read_mapping, read_node, without_nulls
from scenarios.paths import Element, find, is_path, locate, parse_path, say_path, shown
from scenarios.write import write

HERE = Where("here", 1)
SHOPS = """\
network:
  locations:
    - {id: S1, open: 1}
    - {id: "7", open: 2}
    - {id: S.3, open: 3}
  lanes:
    - {from: F1, to: S1, transit: 1d}
    - {from: F1, to: S2, transit: {dist: lognormal, mean: 5d, cv: 1}}
pos:
  - {sku: A, rate: 1}
  - {sku: A, rate: 2}
  - {sku: B, rate: 3}
shrink: {rate: 1}
"""


def laid(base: str, over: str) -> Tree:
    return plain(without_nulls(merge(read_mapping(base, "base"), read_mapping(over, "over"))))


def edited(path: str, value: str, base: str = SHOPS) -> Tree:
    return plain(without_nulls(edit(read_mapping(base, "base"), path, read_node(value, "v"), HERE)))


def at(tree: Tree, *steps: str | int) -> Tree:
    for step in steps:
        tree = tree[step]  # type: ignore[index]
    return tree


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ["a"]),
        ("a.b-c.d", ["a", "b-c", "d"]),
        ("a[S1].b", ["a", Element("S1"), "b"]),
        ('a["S.1"].b[0]', ["a", Element("S.1"), "b", Element("0")]),
        ("a[x][0]", ["a", Element("x"), Element("0")]),
        ("a[F1->S1].transit", ["a", Element("F1->S1"), "transit"]),
    ],
)
def test_paths_come_apart_and_together(text: str, steps: list[str | Element]) -> None:
    assert parse_path(text, HERE) == steps
    assert say_path(steps) == text.replace('"', "")
    assert is_path(text) == (len(steps) > 1)


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x", "[x].a", "a[x]b", 'a["x].b']
)
def test_bad_paths(text: str) -> None:
    with pytest.raises(ScenarioError, match="not a key path"):
        parse_path(text, HERE)


@given(st.lists(st.text(st.characters(exclude_characters=".[]", codec="ascii"), min_size=1), min_size=1))
def test_any_path_of_plain_keys_comes_apart(keys: list[str]) -> None:
    assert parse_path(".".join(keys), HERE) == keys


def test_elements_are_called_by_id_sku_name_ends_or_number() -> None:
    assert at(edited("network.locations[S1].open", "9"), "network", "locations", 0, "open") == "9"
    assert at(edited("network.locations[7].open", "9"), "network", "locations", 1, "open") == "9"
    assert at(edited("network.locations[2].open", "9"), "network", "locations", 2, "open") == "9"
    assert at(edited('network.locations["S.3"].open', "9"), "network", "locations", 2, "open") == "9"
    assert at(edited("pos[B].rate", "9"), "pos", 2, "rate") == "9"
    assert (
        at(edited("network.lanes[F1->S2].transit.mean", "6d"), "network", "lanes", 1, "transit", "mean")
        == "6d"
    )
    assert at(edited("shrink[0].rate", "9"), "shrink", "rate") == "9"


@pytest.mark.parametrize(
    ("path", "says", "nearest"),
    [
        ("network.locations[S9].open", "no such element", "S1"),
        ("network.locations[3].open", "no such element", None),
        ("pos[A].rate", "2 elements are called so", None),
        ("network.locations.open", "a list of 3", None),
        ("network.lanes[0].transit.mean", 'found "1d"', None),
        ("surges[0].times", "found nothing", None),
        ("network[S1].open", "no such element", None),
    ],
)
def test_paths_that_lead_nowhere(path: str, says: str, nearest: str | None) -> None:
    with pytest.raises(ScenarioError) as caught:
        edited(path, "9")
    assert says in str(caught.value)
    assert caught.value.nearest == nearest
    assert caught.value.where == HERE


def test_a_path_makes_the_maps_it_needs() -> None:
    assert edited("policies.routing.use", "cost", "a: 1") == {
        "a": "1",
        "policies": {"routing": {"use": "cost"}},
    }


def test_a_whole_element_may_be_edited_or_taken_away() -> None:
    assert at(edited("pos[B]", "{rate: 9}"), "pos", 2) == {"sku": "B", "rate": "9"}
    assert len(at(edited("network.locations[S1]", "null"), "network", "locations")) == 2
    assert "shrink" not in dict(edited("shrink", "~"))  # type: ignore[arg-type]


def test_a_map_merges_a_list_replaces_null_takes_away() -> None:
    base = "{a: {x: 1, y: 2}, b: [1, 2], c: 3, d: {z: 1}}"
    assert laid(base, "{a: {y: 9, z: 8}, b: [7], c: null, d: 4}") == {
        "a": {"x": "1", "y": "9", "z": "8"},
        "b": ["7"],
        "d": "4",
    }


def test_paths_are_keys_of_an_overlay_at_any_depth() -> None:
    over = 'network: {"locations[S1].open": 9}\nnetwork.lanes[0].transit: 2d\npos[B]: {rate: 8}'
    tree = laid(SHOPS, over)
    assert at(tree, "network", "locations", 0) == {"id": "S1", "open": "9"}
    assert at(tree, "network", "lanes", 0, "transit") == "2d"
    assert at(tree, "pos", 2, "rate") == "8"


def test_paths_in_variants_are_kept_for_later() -> None:
    over = "variants: {a: {shrink.rate: 2}, b: {x.y: 1}}"
    tree = laid("shrink: {rate: 1}\nvariants: {a: {shrink.rate: 3, z: 1}}", over)
    assert at(tree, "shrink", "rate") == "1"
    assert at(tree, "variants") == {"a": {"shrink.rate": "2", "z": "1"}, "b": {"x.y": "1"}}


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        (
            "{dist: exponential, mean: 1d}",
            "{dist: lognormal, cv: 2}",
            {"dist": "lognormal", "mean": "1d", "cv": "2"},
        ),
        ("{dist: lognormal, mean: 1d, cv: 2}", "{dist: exponential}", {"dist": "exponential", "mean": "1d"}),
        (
            "{dist: lognormal, mean: 1d, cv: 2}",
            "{dist: uniform, low: 1d, high: 2d}",
            {"dist": "uniform", "low": "1d", "high": "2d"},
        ),
        ("{dist: lognormal, mean: 1d, cv: 2}", "{dist: constant}", {"dist": "constant", "mean": "1d"}),
        (
            "{dist: lognormal, median: 1d, p95: 2d}",
            "{mean: 3d, cv: 1}",
            {"dist": "lognormal", "mean": "3d", "cv": "1"},
        ),
        ("{dist: lognormal, mean: 1d, cv: 2}", "{sd: 1d}", {"dist": "lognormal", "mean": "1d", "sd": "1d"}),
        ("{dist: lognormal, mean: 1d, cv: 2}", "{cv: 3}", {"dist": "lognormal", "mean": "1d", "cv": "3"}),
        (
            "{dist: lognormal, mean: 1d, cv: 2}",
            "{dist: strange, x: 1}",
            {"dist": "strange", "mean": "1d", "cv": "2", "x": "1"},
        ),
    ],
)
def test_changing_dist_drops_what_the_new_one_has_not(base: str, over: str, result: Tree) -> None:
    assert laid(base, over) == result


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        (
            "{use: base_stock, level: 3, service: .9, where: {kind: fc}, review: 1d}",
            "{use: r_Q, Q: 4}",
            {"use": "r_Q", "service": ".9", "where": {"kind": "fc"}, "review": "1d", "Q": "4"},
        ),
        (
            "{use: base_stock, level: 3}",
            "{use: base_stock, minimum: 1}",
            {"use": "base_stock", "level": "3", "minimum": "1"},
        ),
        ("{use: base_stock, level: 3}", "{use: nobody-knows}", {"use": "nobody-knows", "level": "3"}),
    ],
)
def test_changing_use_drops_what_the_new_one_has_not(base: str, over: str, result: Tree) -> None:
    tree = laid(f"policies: {{reorder: [{base}]}}", f"policies.reorder[0]: {over}")
    assert at(tree, "policies", "reorder", 0) == result


def test_changing_use_by_its_path_drops_too() -> None:
    base = "policies: {routing: {use: hybrid, time: 1, max_shipments: 2}}"
    assert at(edited("policies.routing.use", "cost", base), "policies", "routing") == {
        "use": "cost",
        "max_shipments": "2",
    }


KEYS = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.sampled_from(["1", "2", "x"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(KEYS, TREES, max_size=3)


def lay(base: dict[str, Tree], over: dict[str, Tree]) -> Tree:
    return laid(write(base), write(over))


@given(MAPS)
def test_laying_nothing_or_itself_changes_nothing(tree: dict[str, Tree]) -> None:
    assert lay(tree, {}) == tree
    assert lay(tree, tree) == tree
    assert lay({}, tree) == tree


@given(MAPS, MAPS)
def test_laying_twice_is_laying_once(base: dict[str, Tree], over: dict[str, Tree]) -> None:
    once = lay(base, over)
    assert isinstance(once, dict)
    assert lay(once, over) == once
    assert set(once) == set(base) | set(over)


@given(MAPS, MAPS)
def test_neither_tree_is_changed(base: dict[str, Tree], over: dict[str, Tree]) -> None:
    lower, upper = read_mapping(write(base), "b"), read_mapping(write(over), "o")
    merge(lower, upper)
    assert (plain(lower), plain(upper)) == (base, over)


def test_places_survive_laying_over() -> None:
    root = merge(read_mapping("a: {x: 1}\nb: 2", "base"), read_mapping("\n\na: {y: 1}", "over"))
    assert [str(locate(root, path)[2]) for path in (("a", "x"), ("a", "y"), ("b",))] == [
        "base:1",
        "over:3",
        "base:2",
    ]


def test_paths_of_the_schema_are_found_in_the_file() -> None:
    root = read_mapping("shrink: {rate: 1}\nlanes: [{from: A, to: B}, {from: A, to: C}]", "f")
    assert plain(find(root, ("shrink", 0, "rate")) or Null(HERE)) == "1"  # one map stands for a list of one
    assert plain(find(root, ("lanes", 1, "from_")) or Null(HERE)) == "A"
    assert find(root, ("lanes", 2, "to")) is None
    assert shown(root, locate(root, ("lanes", 1, "transit"))[0]) == "lanes[A->C].transit"
