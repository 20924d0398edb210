"""Files, bases, edits and variants, laid together."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import scenarios
from scenarios import ScenarioError, ScenarioErrors
from scenarios.values import DAY
from tests.scenarios.samples import COMPLETE, FOLDER, TEXTBOOK, changed, errors_of, textbook


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_specifications_sample_is_complete_and_typed() -> None:
    resolved = scenarios.load(FOLDER / "complete.yaml")
    scenario = resolved.scenario
    assert resolved.variants == ("cheaper-routing", "no-shrink")
    assert scenario.start_us == 1_793_595_600_000_000
    assert (scenario.warmup_us, scenario.end_us) == (
        scenario.start_us + 14 * DAY,
        scenario.start_us + 42 * DAY,
    )
    assert scenario.network.lanes[1].departs == (7_200_000_000,)
    assert scenario.demand.pos[0].rate == 20
    assert scenario.demand.web[0].lines == {1: 0.7, 2: 0.3}
    assert scenario.policies.reorder[0].params == {"level": "auto", "service": 0.97}
    assert (scenario.policies.reorder[0].review, scenario.policies.reorder[1].review) == (DAY, "continuous")
    assert scenario.policies.reservation is not None
    assert scenario.policies.reservation.params["soft_ttl"] == 1_800_000_000
    assert scenario.operations.stations["pick"].next == "pack"
    assert scenario.streams.rfid[0].sweep == 10_800_000_000
    assert scenario.inventory.opening[0].days_of_cover == 10
    assert scenario.inventory.shrink[0].rate == 0.01
    assert scenario.disruptions[0].supplier_delay is not None
    assert scenario.disruptions[0].supplier_delay.times == 2
    assert scenario.disruptions[1].at == 1_795_791_600_000_000
    assert scenario.costs.lost_sale == "margin"


def test_variants_of_the_sample() -> None:
    resolved = scenarios.loads(COMPLETE)
    routing = resolved.with_variant("cheaper-routing").scenario.policies.routing
    assert routing is not None
    assert (routing.use, routing.params) == ("cost", {"max_shipments": 3})
    calm = resolved.with_variant("no-shrink")
    assert calm.scenario.inventory.shrink[0].rate == 0
    assert (calm.variant, calm.variants, "variants" in calm.tree) == ("no-shrink", (), False)
    assert scenarios.loads(COMPLETE, variant="no-shrink").digest == calm.digest


def test_what_is_left_out_has_a_plain_meaning() -> None:
    scenario = textbook().scenario
    assert (scenario.seed, scenario.replications, scenario.time.timezone) == (0, 1, "UTC")
    assert scenario.streams.pos.latency.constant == 0
    assert scenario.network.lanes[0].capacity_units is None
    assert (scenario.network.lanes[0].order.moq, scenario.network.lanes[0].order.pack) == (1, 1)
    assert (scenario.demand.unmet.pos, scenario.demand.unmet.web) == ("backorder", "backorder")
    assert scenario.demand.pos[0].hours == "flat"
    assert scenario.inventory.opening == ()
    assert scenario.policies.reorder[0].where.kind == ("store",)


def test_a_periodic_rule_looks_once_a_day_unless_told() -> None:
    rule = textbook(("use: base_stock", "use: periodic")).scenario.policies.reorder[0]
    assert rule.review == DAY
    rule = textbook(("use: base_stock", "use: periodic, review: 2d")).scenario.policies.reorder[0]
    assert rule.review == 2 * DAY
    with pytest.raises(ScenarioErrors, match="looks in a rhythm"):
        textbook(("use: base_stock", "use: periodic, review: continuous"))


def test_one_map_stands_for_a_list_of_one() -> None:
    listed = textbook(
        ("pos: [{at: {kind: store}, sku: A, rate: 2/d}]", "pos: {at: {kind: [store]}, sku: A, rate: 2/d}")
    )
    assert listed.scenario == textbook().scenario


def test_library_names_and_paths(tmp_path: Path) -> None:
    assert scenarios.load("two-stores").scenario.name == "two-stores"
    path = write(tmp_path, "own.yaml", TEXTBOOK)
    assert scenarios.load(str(path)).scenario == scenarios.load(path).scenario
    for name, near in [("two-store", "two-stores"), ("validation/nothing-like-it", None)]:
        with pytest.raises(ScenarioErrors, match="no such scenario in the library") as caught:
            scenarios.load(name)
        assert near is None or caught.value.nearest == near
    with pytest.raises(ScenarioErrors, match="No such file") as caught:
        scenarios.load(tmp_path / "won.yaml")
    assert caught.value.nearest == "own.yaml"
    with pytest.raises(ScenarioErrors, match="is a folder"):
        scenarios.load(tmp_path)


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(TEXTBOOK.replace("textbook", "Köln").encode("latin-1"))
    with pytest.raises(ScenarioErrors, match="not UTF-8"):
        scenarios.load(path)
    path.write_bytes(b"\xef\xbb\xbf" + TEXTBOOK.encode())
    assert scenarios.load(path).scenario.name == "textbook"


def test_every_scenario_of_the_library_is_valid_and_described() -> None:
    names = dict(scenarios.library())
    assert {"quickstart", "two-stores", "national-pos"} <= set(names)
    for name, description in names.items():
        assert description
        assert scenarios.validate(name).scenario.name == name.removeprefix("validation/")


def test_two_stores_is_the_pos_part_of_the_sample() -> None:
    changed_keys = {
        difference.path.split(".")[0]
        for difference in scenarios.diff(scenarios.load("two-stores"), scenarios.loads(COMPLETE))
    }
    assert changed_keys <= {
        "description",
        "network",
        "demand",
        "returns",
        "operations",
        "streams",
        "policies",
        "promise",
        "costs",
    }


def test_extends(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, "base.yaml", TEXTBOOK)
    write(
        tmp_path / "sub",
        "middle.yaml",
        "extends: ../base.yaml\ntime: {days: 20}\nvariants: {x: {time.days: 30}}",
    )
    top = write(
        tmp_path,
        "top.yaml",
        "extends: sub/middle.yaml\nname: top\nnetwork.lanes[V1->S1].transit: 6d\n"
        "policies.reorder[0]: {use: r_Q, r: 3, Q: 4}\nvariants: {x: {description: a}, y: {description: b}}",
    )
    resolved = scenarios.load(top)
    scenario = resolved.scenario
    assert (scenario.name, scenario.time.days, scenario.network.lanes[0].transit.constant) == (
        "top",
        20,
        6 * DAY,
    )
    assert scenario.policies.reorder[0].params == {"r": 3, "Q": 4}
    both = resolved.with_variant("x").scenario
    assert (both.time.days, both.description, resolved.variants) == (30, "a", ("x", "y"))
    assert resolved.where(("time", "start")) == (str(tmp_path / "sub/../base.yaml"), 2)
    assert resolved.where(("network", "lanes", 0, "transit")) == (str(top), 3)
    assert "extends" not in resolved.tree


def test_extends_of_the_library(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.yaml", "extends: two-stores\ninventory.shrink.rate: 1/d\n")
    assert scenarios.load(path).scenario.inventory.shrink[0].rate == 1


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("me.yaml", "extends itself"),
        ("nowhere.yaml", "No such file"),
        ("two-storeys", "did you mean `two-stores`"),
        ("[a, b]", "expected a path or a library name"),
    ],
)
def test_bad_extends(tmp_path: Path, base: str, says: str) -> None:
    path = write(tmp_path, "me.yaml", f"name: me\nextends: {base}\n")
    with pytest.raises(ScenarioErrors, match=says) as caught:
        scenarios.load(path)
    assert (caught.value.file, caught.value.line) == (str(path), 2)


def test_too_long_a_chain(tmp_path: Path) -> None:
    write(tmp_path, "f0.yaml", TEXTBOOK)
    for number in range(1, 30):
        write(tmp_path, f"f{number}.yaml", f"extends: f{number - 1}.yaml\n")
    assert scenarios.load(tmp_path / "f10.yaml").scenario.name == "textbook"
    with pytest.raises(ScenarioErrors, match="extends too many files"):
        scenarios.load(tmp_path / "f29.yaml")


def test_sets_are_laid_over_in_their_order_and_before_variants() -> None:
    sets = [
        "time.days=3",
        "time.days=4",
        "policies.reorder[0].use=r_Q",
        "policies.reorder[0].Q=5",
        "policies.reorder[0].r=2",
        'network.locations[S1].open="09:00-21:00"',
        "demand.pos[A]={size: 2}",
    ]
    resolved = textbook((TEXTBOOK, TEXTBOOK + "variants: {long: {time.days: 9}}\n"), sets=sets)
    scenario = resolved.scenario
    assert (scenario.time.days, resolved.with_variant("long").scenario.time.days) == (4, 9)
    assert scenario.policies.reorder[0].params == {"r": 2, "Q": 5}
    assert scenario.network.locations is not None
    assert scenario.network.locations[0].open == (32_400_000_000, 75_600_000_000)
    assert resolved.with_variant("long").scenario.policies.reorder[0].use == "r_Q"


def test_a_set_may_take_away() -> None:
    assert textbook(sets=["demand.unmet=null"]).scenario.demand.unmet.pos == "lost"
    assert textbook(sets=["demand.unmet="]).scenario.demand.unmet.pos == "lost"


@pytest.mark.parametrize(
    ("edit", "path", "says"),
    [
        ("time.dayz=3", "time.dayz", "did you mean `days`"),
        ("time.days=three", "time.days", "a number"),
        ("time.days", "", "key.path=value"),
        ("=3", "", "key.path=value"),
        ("time..days=3", "", "not a key path"),
        ("time.days=[1", "", "not YAML"),
        ("network.locations[S2].open=1", "network.locations[S2].open", "did you mean `S1`"),
        ("extends=two-stores", "extends", "only at the top of a file"),
    ],
)
def test_bad_sets(edit: str, path: str, says: str) -> None:
    (error,) = errors_of(TEXTBOOK, [edit])
    assert error.path == path
    assert says in str(error)
    assert str(error).startswith(f"--set {edit}:")


@pytest.mark.parametrize(
    ("variants", "path", "says"),
    [
        ("{a: {inventory.shrnk: {rate: 1/d}}}", "inventory.shrnk", "did you mean `shrink`"),
        ("{a: {network.locations: {}}}", "network.locations", "expected a list"),
        ('{a: {"demand.pos[C].rate": 1/d}}', "demand.pos[C].rate", "no such element"),
        ("{base: {seed: 1}}", "variants.base", "another name"),
        ("{a: 3}", "variants.a", "a map of paths and values"),
        ("[a]", "variants", "a map of paths and values"),
        ("{a: {variants: {b: {}}}}", "variants", "only at the top of a file"),
        ("{a: {seed: 2}}", "variants.a.seed", "the same for all variants"),
        ("{a: {replications: 2}}", "variants.a.replications", "or --replications"),
    ],
)
def test_bad_variants(variants: str, path: str, says: str) -> None:
    (error,) = errors_of(TEXTBOOK + f"variants: {variants}\n")
    assert (error.path, error.line) == (path, 9)
    assert says in str(error)


def test_an_error_of_the_base_is_told_once_and_one_of_a_variant_says_which() -> None:
    text = changed(TEXTBOOK, ("seed", "sead")) if "seed" in TEXTBOOK else TEXTBOOK + "sead: 1\n"
    errors = errors_of(text + "variants: {a: {description: x}, b: {time.days: x}}\n")
    assert [error.path for error in errors] == ["sead", "time.days"]
    assert "(variant b)" in str(errors.errors[1])


def test_an_unknown_variant_names_the_nearest() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenarios.loads(COMPLETE).with_variant("no-shrunk")
    assert caught.value.nearest == "no-shrink"
    with pytest.raises(ScenarioErrors, match="the file has none"):
        scenarios.loads(TEXTBOOK, variant="a")


def test_a_resolved_scenario_travels_between_processes() -> None:
    resolved = scenarios.loads(COMPLETE)
    copy = pickle.loads(pickle.dumps(resolved))
    assert (copy.scenario, copy.digest) == (resolved.scenario, resolved.digest)
    assert copy.with_variant("no-shrink").digest == resolved.with_variant("no-shrink").digest
    errors = errors_of(TEXTBOOK + "sead: 1\ncost: 2\n")
    assert str(pickle.loads(pickle.dumps(errors))) == str(errors)
    assert len(errors) == 2


def test_values_from_python_are_taken_as_they_are() -> None:
    """Text is not read as YAML, None takes away, and no message speaks of the command line."""
    changed_by = [
        scenarios.Edit("description", "{a: b}", "sets['description']"),
        scenarios.Edit("time.days", 3, "days=3"),
        scenarios.Edit("demand.pos", [{"sku": "A", "rate": "7/d"}], "sets['demand.pos']"),
        scenarios.Edit("policies", None, "sets['policies']"),
    ]
    scenario = textbook(sets=changed_by).scenario
    assert (scenario.description, scenario.time.days, scenario.policies.reorder) == ("{a: b}", 3, ())
    assert [pos.rate for pos in scenario.demand.pos] == [7]
    for value in (float("nan"), True, [1], object()):
        with pytest.raises(ScenarioErrors) as caught:
            textbook(sets=[scenarios.Edit("time.days", value, f"days={value}")])
        assert "days=" in str(caught.value) and "--set" not in str(caught.value)


def test_a_misspelt_base_is_not_the_file_that_asks_for_it(tmp_path: Path) -> None:
    own = tmp_path / "base2.yaml"
    own.write_text("extends: base.yaml\n")
    with pytest.raises(ScenarioErrors, match="No such file") as caught:
        scenarios.load(own)
    assert caught.value.nearest is None
    (tmp_path / "bases.yaml").write_text("name: x\n")
    with pytest.raises(ScenarioErrors, match="No such file") as caught:
        scenarios.load(own)
    assert caught.value.nearest == "bases.yaml"


def test_a_run_folder_is_not_a_scenario_but_holds_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(TEXTBOOK)
    monkeypatch.chdir(tmp_path)
    for source in (folder, "runs"):
        with pytest.raises(ScenarioErrors, match=r"that of this run is .*scenario\.yaml"):
            scenarios.load(source)
