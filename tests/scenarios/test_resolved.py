"""What one can ask a resolved scenario, and what its digest depends on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios
from scenarios.differences import Difference
from tests.scenarios.samples import COMPLETE, FOLDER, TEXTBOOK, changed, textbook

PINNED = ["0x1.a918c5a7c8254p+4", "0x1.f8d7c2f7a5f27p-2", "0x1.6b7519d2fadd2p+38", "0x1.7d4c23f1cfa47p+37"]
NAMES = ["two-stores", "quickstart", "national-pos", str(FOLDER / "complete.yaml")]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_resolved_reads_the_same_again(name: str) -> None:
    resolved = scenarios.load(name)
    again = scenarios.loads(resolved.to_yaml())
    assert again.scenario == resolved.scenario
    assert (again.digest, again.tree, again.variants) == (resolved.digest, resolved.tree, resolved.variants)
    for variant in resolved.variants:
        other = resolved.with_variant(variant)
        assert again.with_variant(variant).digest == other.digest == scenarios.loads(other.to_yaml()).digest
        assert other.digest != resolved.digest


@pytest.mark.parametrize(
    "edit",
    [
        ("name: textbook", "name: other"),
        ("name: textbook", "name: textbook\ndescription: x\nreplications: 9"),
        ("days: 10}", "days: 1e1, warmup_days: 0, timezone: UTC}"),
        ("transit: 5d}", "transit: {dist: constant, value: 120h}, cost_per_unit: 0, order: {moq: 1}}"),
        ("rate: 2/d}]", "rate: 14/w, size: 1, hours: flat}], surges: []"),
        ("use: base_stock, level: 14", 'review: continuous, level: "14", use: base_stock'),
        ("unmet: backorder", "unmet: {web: backorder, pos: backorder}"),
        ("demand:", "streams: {pos: {latency: 0s, loss: 0}}\ncosts:\nreturns: {}\ndemand:"),
        ("catalog: ", "catalog:   # a remark\n   "),
    ],
)
def test_the_digest_is_of_the_meaning(edit: tuple[str, str]) -> None:
    assert textbook(edit).digest == textbook().digest


@pytest.mark.parametrize(
    "edit",
    [
        ("time:", "seed: 1\ntime:"),
        ("days: 10}", "days: 11}"),
        ("days: 10}", "days: 10, timezone: Europe/Paris}"),
        ("transit: 5d}", "transit: {dist: exponential, mean: 5d}}"),
        ("transit: 5d}", "transit: 5d, order: {pack: 2}}"),
        ("rate: 2/d}]", "rate: 2/d, size: retail}]"),
        ("level: 14", "level: 15"),
        ("level: 14", "level: 14, review: 1d"),
        ("unmet: backorder", "unmet: lost"),
    ],
)
def test_the_digest_sees_what_matters(edit: tuple[str, str]) -> None:
    assert textbook(edit).digest != textbook().digest


def test_derived_figures_have_the_same_bits_on_every_machine() -> None:
    # logarithms: their bits come from our own arithmetic, not from the processor's
    law = (
        textbook(("transit: 5d", "transit: {dist: lognormal, median: 4d, p95: 9d}"))
        .scenario.network.lanes[0]
        .transit
    )
    assert law.mu is not None and law.sigma is not None
    assert [value.hex() for value in (law.mu, law.sigma, law.mean, law.sd)] == PINNED


def test_the_digest_does_not_depend_on_the_hash_seed() -> None:
    program = f"import scenarios; print(scenarios.load({NAMES[-1]!r}).digest)"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {scenarios.load(NAMES[-1]).digest}


def test_files_are_found_from_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("one", "two", "here"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "items.csv").write_text("sku\nA\n")
    text = changed(TEXTBOOK, ("{items: [{sku: A}]}", "{file: items.csv}"))
    (tmp_path / "one" / "base.yaml").write_text(text)
    (tmp_path / "two" / "top.yaml").write_text("extends: ../one/base.yaml\nname: top\n")
    (tmp_path / "two" / "own.yaml").write_text("extends: ../one/base.yaml\ncatalog.file: items.csv\n")
    base, top, own = (
        scenarios.load(tmp_path / name) for name in ("one/base.yaml", "two/top.yaml", "two/own.yaml")
    )
    assert base.scenario.catalog.file == top.scenario.catalog.file == str(tmp_path / "one" / "items.csv")
    assert own.scenario.catalog.file == str(tmp_path / "two" / "items.csv")
    assert base.digest == own.digest  # a digest is of names, not of the folders of one machine
    monkeypatch.chdir(tmp_path / "here")
    typed = scenarios.load(tmp_path / "one" / "base.yaml", sets=["catalog.file=items.csv"])
    assert typed.scenario.catalog.file == str(tmp_path / "here" / "items.csv")
    monkeypatch.chdir(tmp_path)
    assert scenarios.loads(base.to_yaml()).scenario == base.scenario


def test_files_everywhere_they_may_be_named(tmp_path: Path) -> None:
    for name in ("l.csv", "n.parquet", "i.jsonl", "o.csv", "s.csv", "f.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "s.yaml").write_text(
        "name: files\ntime: {start: 2026-01-01, days: 1}\n"
        "catalog: {file: i.jsonl, columns: {sku: ITEM}}\n"
        "network: {files: {locations: l.csv, lanes: n.parquet, columns: {lanes: {from: ORIGIN}}}}\n"
        "inventory:\n  opening: [{where: {kind: fc}, file: s.csv, columns: {units: QTY}}, {units: 3}]\n"
        "  open_orders: {file: o.csv}\n"
        "demand: {pos: [{replay: f.csv, columns: {time: WHEN}, shift: -7d}, {replay: completejourney}]}\n"
        "variants: {other: {inventory.opening: {file: o.csv}}}\n"
    )
    resolved = scenarios.load(tmp_path / "s.yaml")
    scenario = resolved.scenario
    assert scenario.network.files is not None and scenario.network.files.columns is not None
    assert scenario.network.files.lanes == str(tmp_path / "n.parquet")
    assert scenario.network.files.columns.lanes.mapping() == {"from": "ORIGIN"}
    assert scenario.inventory.opening[0].file == str(tmp_path / "s.csv")
    assert [pos.replay for pos in scenario.demand.pos] == [str(tmp_path / "f.csv"), "completejourney"]
    assert scenario.demand.pos[0].shift == -604_800_000_000
    other = resolved.with_variant("other").scenario.inventory.opening
    assert [rule.file for rule in other] == [str(tmp_path / "o.csv")]
    assert str(tmp_path) not in scenarios.resolved.canonical(scenario)


def test_places_and_errors_for_whoever_finds_out_later() -> None:
    resolved = scenarios.load(FOLDER / "complete.yaml")
    file = str(FOLDER / "complete.yaml")
    for path, piece in [
        (("network", "lanes", 0, "from_"), "{from: V1"),
        (("inventory", "shrink", 0, "rate"), "shrink: {"),
        (("policies", "reorder", 1, "params", "Q"), "Q: 480"),
        (("streams", "warehouse", "latency"), "streams:"),
        (("disruptions", 1, "for_"), "for: 4h"),
    ]:
        line = next(number for number, text in enumerate(COMPLETE.splitlines(), 1) if piece in text)
        assert resolved.where(path) == (file, line)
    error = resolved.error(("network", "lanes", 0, "order", "pack"), "too many", found="12", expected="6")
    assert str(error) == f"{file}:19: network.lanes[V1->F1].order.pack: too many; found 12; expected 6"


def test_differences_are_of_the_meaning() -> None:
    base = textbook()
    same = textbook(("transit: 5d", "transit: 120h"), ("days: 10", "days: 10.0, warmup_days: 0"))
    assert scenarios.diff(base, same) == []
    other = textbook(
        ("transit: 5d}", "transit: {dist: exponential, mean: 5d}}, {from: V1, to: S2, transit: 1d}"),
        ("{id: V1", "{id: S2, kind: fc, region: east}, {id: V1"),
        ("level: 14", "level: 15, service: .9"),
        ("unmet: backorder", "unmet: {web: cancel}"),
        ("sku: A, rate: 2/d", "sku: A, rate: 3/d"),
    )
    found = scenarios.diff(base, other)
    assert found == [
        Difference("network.locations[S2]", None, "{id: S2, kind: fc, region: east}"),
        Difference("network.lanes[V1->S1].transit", "5d", "{dist: exponential, mean: 5d}"),
        Difference("network.lanes[V1->S2]", None, "{from: V1, to: S2, transit: 1d}"),
        Difference("demand.pos[A].rate", "2/d", "3/d"),
        Difference("demand.unmet.pos", "backorder", None),
        Difference("demand.unmet.web", "backorder", "cancel"),
        Difference("policies.reorder[0].level", "14", "15"),
        Difference("policies.reorder[0].service", None, ".9"),
    ]
    assert {(one.path, one.b, one.a) for one in scenarios.diff(other, base)} == {
        (one.path, one.a, one.b) for one in found
    }
    assert str(found[3]) == "demand.pos[A].rate: 2/d → 3/d"


def test_differences_of_a_variant() -> None:
    resolved = scenarios.loads(COMPLETE)
    assert scenarios.diff(resolved, resolved.with_variant("cheaper-routing")) == [
        Difference("policies.routing.use", "proximity", "cost")
    ]
