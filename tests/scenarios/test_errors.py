"""Every error says file, line, key, what was found and what was expected, with the nearest valid name."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import NotBuiltError, ScenarioError, ScenarioErrors
from scenarios.errors import Where, listing, nearest_name
from scenarios.nodes import Tree, plain, read_mapping
from scenarios.write import write
from tests.scenarios.samples import COMPLETE, ORDERS, TEXTBOOK, changed, errors_of

LINES = COMPLETE.splitlines()


def line_of(piece: str) -> int:
    return next(number for number, line in enumerate(LINES, 1) if piece in line)


@pytest.mark.parametrize(
    ("old", "new", "path", "found", "nearest"),
    [
        ("seed: 7", "sede: 7", "sede", "`sede`", "seed"),
        ("catalog:\n", "catalogue:\n", "catalogue", "`catalogue`", "catalog"),
        ("cost: 10,", "cost: ten,", "catalog.items[A].cost", '"ten"', None),
        ("cost: 10,", "cots: 10,", "catalog.items[A].cots", "`cots`", "cost"),
        ("shelf_life: 30d", "shelf_life: 30", "catalog.items[A].shelf_life", '"30"', None),
        ("kind: store, at", "kind: stroe, at", "network.locations[S1].kind", '"stroe"', "store"),
        ("[39.10, -84.51]", "[139.10, -84.51]", "network.locations[S1].at[0]", "139.1", None),
        ("[39.10, -84.51]", "[39.10]", "network.locations[S1].at", "a list", None),
        ("[39.10, -84.51]", "[39.10, west]", "network.locations[S1].at[1]", '"west"', None),
        ('"08:00-22:00"', "8-22", "network.locations[S1].open", '"8-22"', None),
        ('cut_off: "18:00"', "cut_off: 25:00", "network.locations[F1].cut_off", '"25:00"', None),
        ("tags: [downtown]", "tags: {a: b}", "network.locations[S1].tags", "a map", None),
        ("{id: V1, kind: supplier}", "{id: V1}", "network.locations[V1].kind", "nothing in V1", None),
        ("{id: V1, kind: supplier}", "V1", "network.locations[3]", '"V1"', None),
        ("to: S2, transit: 1d", "to: S3, transit: 1d", "network.lanes[F1->S3].to", '"S3"', "S2"),
        ("to: S2, transit: 1d", "to: S1, transit: 1d", "network.lanes[2]", "F1 -> S1", None),
        ("to: S2, transit: 1d", "to: F1, transit: 1d", "network.lanes[F1->F1].to", '"F1"', None),
        ("{id: S2, kind", "{id: S1, kind", "network.locations[1].id", '"S1"', None),
        ("transit: 1d", "transit: 1", "network.lanes[F1->S1].transit", '"1"', None),
        ("transit: 1d", "transit: 1 hours", "network.lanes[F1->S1].transit", '"1 hours"', "h"),
        ("transit: 1d", "transit: -1d", "network.lanes[F1->S1].transit", '"-1d"', None),
        ("moq: 24", "moq: 0", "network.lanes[V1->F1].order.moq", '"0"', None),
        ("pack: 12", "pack: 12, days: [tusday]", "network.lanes[V1->F1].order.days[0]", '"tusday"', "tue"),
        ("rate: 20/d", "rate: 20", "demand.pos[A].rate", '"20"', None),
        ("rate: 20/d", "rate: 20/m", "demand.pos[A].rate", '"20/m"', "min"),
        ("rate: 20/d", "every: 1h, rate: 20/d", "demand.pos[A]", "`rate` and `every`", None),
        ("sku: A, rate: 20/d", "sku: A", "demand.pos[A]", "none of them", None),
        ("sku: A, rate: 20/d", "rate: 20/d", "demand.pos[0]", "no `sku`", None),
        ("sku: B, rate", "sku: b, rate", "demand.pos[b].sku", '"b"', "B"),
        ("rate: 20/d", "every: 1h, hours: retail", "demand.pos[A].hours", None, None),
        ("rate: 20/d", "rate: 20/d, hours: retial", "demand.pos[A].hours", '"retial"', "retail"),
        ("rate: 20/d", "rate: 20/d, hours: [1, 2]", "demand.pos[A].hours", "a list of 2", None),
        (
            "sku: A, rate: 20/d",
            "replay: completejournee",
            "demand.pos[0].replay",
            '"completejournee"',
            "completejourney",
        ),
        ("rate: 20/d", "rate: 20/d, columns: {sku: x}", "demand.pos[A].columns", None, None),
        ("at: {ids: [S1]}, sku", "at: {ids: [S9]}, sku", "demand.pos[B].at.ids[0]", '"S9"', "S2"),
        ("at: {ids: [S1]}, sku", "at: {id: [S1]}, sku", "demand.pos[B].at.id", "`id`", "ids"),
        ("{1: .7, 2: .3}", "{1: .7, 2: .4}", "demand.web[0].lines", "a sum of 1.1", None),
        ("{1: .7, 2: .3}", "{one: 1}", "demand.web[0].lines.one", '"one"', None),
        ("abandon: .6", "abandon: 60", "demand.web[0].abandon", '"60"', None),
        (
            "where: {category: toys}",
            "where: {category: toy}",
            "demand.surges[black-friday].where.category",
            '"toy"',
            "toys",
        ),
        ("{pos: lost, web", "{pos: lots, web", "demand.unmet.pos", '"lots"', "lost"),
        ("to: nearest_store", "to: S7", "returns.web.to", '"S7"', "S2"),
        ("days_of_cover: 10", "level: tagret", "inventory.opening.level", '"tagret"', "target"),
        ("days_of_cover: 10", "units: -1", "inventory.opening.units", '"-1"', None),
        ("next: pack", "next: park", "operations.stations.pick.next", '"park"', "pack"),
        ("servers: 3", "servers: 0", "operations.stations.pick.servers", '"0"', None),
        ("duplicates: .001", "duplicate: .001", "streams.pos.duplicate", "`duplicate`", "duplicates"),
        ("tag: downtown}, sweep", "tag: dwntown}, sweep", "streams.rfid[0].at.tag", '"dwntown"', "downtown"),
        ("use: standard", "use: standart", "policies.reservation.use", '"standart"', "standard"),
        (
            "max_shipments: 3",
            "max_shipment: 3",
            "policies.routing.max_shipment",
            "`max_shipment`",
            "max_shipments",
        ),
        ("max_shipments: 3", "max_shipments: 0", "policies.routing.max_shipments", '"0"', None),
        ("use: r_Q", "use: rQ", "policies.reorder[1].use", '"rQ"', "r_Q"),
        ("use: r_Q", 'use: "no.such:Rule"', "policies.reorder[1].use", '"no.such:Rule"', None),
        ("use: r_Q, r: 200, Q: 480", "use: r_Q, r: 200, q: 480", "policies.reorder[1].q", "`q`", "Q"),
        ("use: r_Q, r: 200, Q: 480", "use: r_Q, r: 2.5, Q: 480", "policies.reorder[1].r", '"2.5"', None),
        ("use: r_Q, r: 200, Q: 480", "use: r_Q, r: [2], Q: 480", "policies.reorder[1].r", "a list", None),
        ("use: r_Q, r: 200, Q: 480", "use: r_Q, r: 200, Q: 0", "policies.reorder[1].Q", '"0"', None),
        ("use: r_Q, r: 200, Q: 480", "use: s_S, s: 9, S: 3", "policies.reorder[1].S", '"3"', None),
        ("use: r_Q, r: 200, Q: 480", "r: 200, Q: 480", "policies.reorder[1]", "no `use`", None),
        ("use: r_Q", "source: V2, use: r_Q", "policies.reorder[1].source", '"V2"', "V1"),
        ("use: r_Q", "source: S1, use: r_Q", "policies.reorder[1].source", "no lane from S1 to F1", None),
        ("service: .97", "service: 97", "policies.reorder[0].service", '"97"', None),
        ("review: 1d", "review: daily", "policies.reorder[0].review", '"daily"', None),
        ("{ready: 2h", "{redy: 2h", "promise.pickup.redy", "`redy`", "ready"),
        (
            "supplier_delay: {ids: [V1]",
            "supplier_delay: {ids: [S1]",
            "disruptions[0].supplier_delay.ids[0]",
            '"S1"',
            "V1",
        ),
        ("offline: {ids: [S1]}, ", "", "disruptions[1]", "none of them", None),
        ("2026-11-27T10:00", "27 Nov", "disruptions[1].at", '"27 Nov"', None),
        ("lost_sale: margin", "lost_sale: margn", "costs.lost_sale", '"margn"', None),
        ("America/New_York", "America/NewYork", "time.timezone", '"America/NewYork"', "America/New_York"),
        ("start: 2026-11-02, ", "", "time.start", "nothing", None),
        ("days: 28", "days: 0", "time.days", '"0"', None),
        ("replications: 10", "replications: [10]", "replications", "a list", None),
        (
            "time: {start: 2026-11-02, days: 28, warmup_days: 14, timezone: America/New_York}",
            "time: soon",
            "time",
            '"soon"',
            None,
        ),
    ],
)
def test_one_fault_is_one_error_at_its_place(
    old: str, new: str, path: str, found: str | None, nearest: str | None
) -> None:
    line = line_of(old.split("\n")[0])
    errors = errors_of(changed(COMPLETE, (old, new)))
    (error,) = [error for error in errors if error.path == path]
    assert (error.file, error.line) == ("s.yaml", line)
    assert error.found == found
    assert error.nearest == nearest
    assert error.expected or error.found is None
    assert str(error).startswith(f"s.yaml:{line}: {path}: ")
    assert len(errors) <= 2  # a name that is gone is missed where it was used


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    errors = errors_of(
        changed(
            COMPLETE,
            ("seed: 7", "seed: seven"),
            ("cost: 10,", "cost: -1,"),
            ("S1, transit: 1d", "S1, transit: x"),
            ("rate: 3/d", "rate: 3"),
            ("use: cost", "use: cots"),
            ("split: 2", "splits: 2"),
        )
    )
    assert [error.path for error in errors] == [
        "seed",
        "catalog.items[A].cost",
        "network.lanes[F1->S1].transit",
        "demand.pos[B].rate",
        "costs.splits",
        "policies.routing.use",
    ]
    assert [error.line for error in errors] == sorted(error.line for error in errors)
    assert str(errors).count("\n") == len(errors) - 1 == 5
    assert isinstance(errors, ScenarioError) and (errors.line, errors.path) == (4, "seed")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        *[
            ("seed: 7", f"seed: 7\n{key}: []", key)
            for key in (
                "changes",
                "sweep",
                "design",
                "promotions",
                "prices",
                "elasticity",
                "record",
            )
        ],
        ("inventory:\n", "inventory:\n  miscan: .002\n", "inventory.miscan"),
        ("inventory:\n", "inventory:\n  receiving_error: .01\n", "inventory.receiving_error"),
        ("  zones:\n", "  add: [{id: F13}]\n  zones:\n", "network.add"),
        ("orders_per_day: 40", "orders_per_day: 40, inquiries: {}", "demand.web[0].inquiries"),
        ("  stations:", "  docks: {shifts: []}\n  stations:", "operations.docks.shifts"),
        ("seed: 7", "seed: 7\ncarriers: [{id: P, capacity: 5000}]", "carriers[P].capacity"),
        ("seed: 7", "seed: 7\ncarriers: {id: P, expedite: {times: 2.5}}", "carriers.expedite"),
        ("seed: 7", "seed: 7\ncarriers: {id: P, zones: [10, 20]}", "carriers.zones"),
        ("offline: {ids: [S1]}", "close: {ids: [S1]}", "disruptions[1].close"),
        ("offline: {ids: [S1]}", "labour: {times: .8}", "disruptions[1].labour"),
        ("duplicates: .001", "batch: {every: 1d}", "streams.pos.batch"),
        ("streams:\n", "streams:\n  web_view: {cache: 5m}\n", "streams.web_view"),
        ("  safety:", "  markdown: {after: 56d}\n  safety:", "policies.markdown"),
        ("moq: 24", "price_breaks: []", "network.lanes[V1->F1].order.price_breaks"),
        ("moq: 24", "supplier_fill: .9", "network.lanes[V1->F1].order.supplier_fill"),
        ("{pos: lost", "{pos: {substitute: {share: .4}}", "demand.unmet.pos.substitute"),
        ("use: r_Q, r: 200, Q: 480", "use: newsvendor", "policies.reorder[1].use"),
        ("use: proximity", "use: chain", "policies.routing.use"),
        ("use: proximity", "use: hybrid", "policies.routing.use"),
    ],
)
def test_what_is_not_built_yet_is_no_unknown_key(old: str, new: str, path: str) -> None:
    built_later = [
        error for error in errors_of(changed(COMPLETE, (old, new))) if isinstance(error, NotBuiltError)
    ]
    assert [error.path for error in built_later] == [path]
    assert "is part of the language but not built yet" in str(built_later[0])


def test_a_name_given_twice() -> None:
    for old, new, path in [
        ("- {sku: B, ", "- {sku: A, ", "catalog.items[1].sku"),
        ("share: 1}", "share: .5}\n    - {id: Z1, share: .5}", "network.zones[1].id"),
        (
            "surges: [",
            "surges: [{name: black-friday, from: 2026-11-27, for: 1d, times: 1}, ",
            "demand.surges[1].name",
        ),
    ]:
        errors = errors_of(changed(COMPLETE, (old, new)))
        assert path in [error.path for error in errors]


def test_shares_of_zones_add_up() -> None:
    (error,) = errors_of(changed(COMPLETE, ("share: 1}", "share: .9}")))
    assert (error.path, error.found, error.line) == ("network.zones", "a sum of 0.9", line_of("  zones:"))


def test_a_location_that_nothing_supplies() -> None:
    (error,) = errors_of(
        changed(
            TEXTBOOK,
            ("to: S1, transit: 5d}", "to: S1, transit: 5d}, {from: V1, to: S2}"),
            ("{id: V1", "{id: S2, kind: fc}, {id: S3, kind: store}, {id: V1"),
        )
    )
    assert (error.line, error.path) == (8, "policies.reorder[0]")
    assert "nothing supplies S3; found no lane into S3" in str(error)
    fine = changed(TEXTBOOK, ("{id: V1", "{id: S3, kind: store}, {id: V1"))
    scenarios.loads(fine + "assortment: [{where: {ids: [S1]}, skus: [A]}]\n")  # S3 ranges nothing
    scenarios.loads(changed(fine, ("where: {kind: store}, use", "where: {ids: [S1]}, use")))  # no rule for S3


def test_files_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    (tmp_path / "items.csv").write_text("sku\nA\n")
    path.write_text(changed(TEXTBOOK, ("{items: [{sku: A}]}", "{file: itms.csv}")))
    with pytest.raises(ScenarioErrors) as caught:
        scenarios.load(path)
    (error,) = caught.value
    assert (error.line, error.path, error.nearest) == (3, "catalog.file", "items.csv")
    path.write_text(changed(TEXTBOOK, ("{items: [{sku: A}]}", "{file: items.xlsx}")))
    with pytest.raises(ScenarioErrors, match="save the sheet as CSV"):
        scenarios.load(path)
    path.write_text(
        changed(TEXTBOOK, ("{items: [{sku: A}]}", "{file: items.csv, columns: {sku: ITEM, prise: P}}"))
    )
    with pytest.raises(ScenarioErrors, match="did you mean `price`"):
        scenarios.load(path)


def test_messages_are_put_together_from_what_is_known() -> None:
    assert str(ScenarioError("is wrong")) == "is wrong"
    where = Where("a.yaml", 3)
    error = ScenarioError("is wrong", where=where, path="a.b", found="x", expected="y", nearest="z")
    assert str(error) == "a.yaml:3: a.b: is wrong; found x; expected y; did you mean `z`?"
    assert listing([str(number) for number in range(20)], 3) == "0, 1, 2, … (20 in all)"
    with pytest.raises(ValueError, match="at least one"):
        ScenarioErrors([])


@given(st.text(max_size=8), st.lists(st.text(max_size=8)))
def test_the_nearest_name_is_one_of_the_names(name: str, names: list[str]) -> None:
    assert nearest_name(name, names) in [None, *names]
    if name:
        assert nearest_name(name, [*names, name]) is not None


SAMPLES = [plain(read_mapping(text, "sample.yaml")) for text in (COMPLETE, ORDERS)]
WRONG = st.sampled_from(
    [
        "",
        "x",
        "-1",
        "1e999",
        "5d",
        "3/d",
        "no",
        "null",
        "2026-13-01",
        "é\u0000",
        "A",
        "S9",
        "completejourney",
        "r_Q",
    ]
) | st.sampled_from([[], {}, ["a"], {"a": "b"}, [[]], {"dist": "gamma"}, {"use": "s_S"}, [{}]])


def places(tree: Tree, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [place for key, value in below for place in [(*path, key), *places(value, (*path, key))]]


def mutated(tree: Tree, path: tuple[str | int, ...], value: Tree | None) -> Tree:
    if not path:
        assert value is not None
        return value
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    if len(path) == 1 and value is None:
        del copy[path[0]]
    else:
        copy[path[0]] = mutated(copy[path[0]], path[1:], value)
    result: Tree = copy
    return result


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), st.lists(st.none() | WRONG, min_size=3, max_size=3))
def test_whatever_is_broken_the_error_is_ours_and_has_a_place(
    seed: int, times: int, news: list[Tree | None]
) -> None:
    chooser = random.Random(seed)
    tree: Tree = chooser.choice(SAMPLES)
    for value in news[:times]:
        tree = mutated(tree, chooser.choice(places(tree)), value)
        if not places(tree):
            break
    assert isinstance(tree, dict)
    text = write(tree)
    try:
        resolved = scenarios.loads(text, name="s.yaml")
    except ScenarioErrors as errors:
        for error in errors:
            assert error.message
            assert 1 <= error.line <= text.count("\n") + 1
            assert error.file == "s.yaml"
    else:
        assert scenarios.loads(resolved.to_yaml()).scenario == resolved.scenario
