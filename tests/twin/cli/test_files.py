"""``validate``, ``diff``, ``schema``, ``scenarios`` and ``compare``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.cli.conftest import Invoke
from tests.twin.runs import fake_simulator as fake


def test_a_valid_file_is_said_to_be(twin: Invoke, scenario: Path) -> None:
    result = twin("validate", scenario, "two-stores")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{scenario}: valid (3 cells, 1 variant)",
        "two-stores: valid (3 cells, 4 variants)",
    ]


def test_every_file_is_checked_and_every_fault_told(twin: Invoke, scenario: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        scenario.read_text()
        .replace("rate: 20/d", "rate: 20")
        .replace("kind: store}, {id", "knd: store}, {id")
    )
    result = twin("validate", wrong, scenario, "nowhere")
    assert result.exit_code == 2
    assert "small.yaml: valid" in result.stdout
    assert "wrong.yaml:7: network.locations" in result.stderr and "knd" in result.stderr
    assert "wrong.yaml:9: demand.pos[A].rate" in result.stderr
    assert "nowhere" in result.stderr


def test_a_variant_that_cannot_be_built_is_not_valid(
    twin: Invoke, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake.WRONG, "busier")
    result = twin("validate", scenario)
    assert result.exit_code == 2 and "nothing supplies F1" in result.stderr


def test_checking_compiles_nothing(monkeypatch: pytest.MonkeyPatch, scenario: Path) -> None:
    import twin.simulate
    from twin.runs.checking import check

    def compiled() -> None:
        raise AssertionError("kernels were warmed up")

    monkeypatch.setattr(twin.simulate, "warm_up", compiled)
    assert check(scenario).cells == 1


def test_differences_are_listed(twin: Invoke, scenario: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(scenario.read_text().replace("seed: 7", "seed: 8"))
    result = twin("diff", scenario, other)
    assert result.exit_code == 0
    assert result.stdout == "seed: 7 -> 8\n"
    assert twin("diff", scenario, scenario).stdout == "no difference\n"
    assert twin("diff", scenario, "nowhere").exit_code == 2


def test_the_schema_is_json(twin: Invoke) -> None:
    result = twin("schema")
    assert result.exit_code == 0
    assert "demand" in json.loads(result.stdout)["properties"]


def test_the_library_is_listed(twin: Invoke) -> None:
    result = twin("scenarios")
    assert result.exit_code == 0
    assert any(line.startswith("two-stores ") for line in result.stdout.splitlines())


def test_runs_are_compared(twin: Invoke, scenario: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 2)):
        assert twin("run", scenario, "--seed", seed, "--out", tmp_path / name).exit_code == 0
    result = twin("compare", tmp_path / "a", tmp_path / "b", "--html", tmp_path / "report.html")
    assert result.exit_code == 0, result.output
    assert "fill_rate" in result.stdout and "difference" in result.stdout
    assert "fill_rate" in (tmp_path / "report.html").read_text()


def test_what_cannot_be_compared_ends_with_2(twin: Invoke, tmp_path: Path) -> None:
    result = twin("compare", tmp_path, tmp_path / "nowhere")
    assert result.exit_code == 2 and "not a run folder" in result.stderr
    result = twin("compare", tmp_path, "--html", tmp_path / "no" / "report.html")
    assert result.exit_code == 2 and "no such folder" in result.stderr
