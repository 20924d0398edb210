"""``twin run`` in this process: what it prints, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin.cli.conftest import Invoke
from tests.twin.runs import fake_simulator as fake
from twin.runs.results import load_run


def test_it_prints_assumptions_kpis_and_the_folder(twin: Invoke, scenario: Path) -> None:
    result = twin("run", scenario)
    assert result.exit_code == 0, result.output
    out = result.stdout
    assert out.index("picking takes no time") < out.index("fill_rate") < out.index("run folder: ")
    assert out.count("picking takes no time") == 1 and "busier: busier is made up" in out
    folder = Path(out.split("run folder: ")[1].strip())
    assert folder.parent.name == "runs" and load_run(folder).status == "complete"
    assert "\x1b" not in result.output
    assert "small: 6 of 6" in result.stderr


def test_options_reach_the_run(twin: Invoke, scenario: Path, tmp_path: Path) -> None:
    arguments = [
        "--replications",
        2,
        "--seed",
        9,
        "--days",
        2,
        "--set",
        "demand.pos[0].rate=9/d",
        "--variant",
        "base",
    ]
    result = twin("run", scenario, *arguments, "--out", tmp_path / "o", "--events", "--engine", "local")
    assert result.exit_code == 0, result.output
    done = load_run(tmp_path / "o")
    assert (done.info["seed"], done.info["replications"], done.variants) == (9, 2, ("base",))
    assert len(done.events()) == 2
    kept = (done.folder / "scenario.yaml").read_text()
    assert "rate: 9/d" in kept and "days: 2" in kept


def test_json_prints_kpis_json_and_nothing_else(twin: Invoke, scenario: Path, tmp_path: Path) -> None:
    result = twin("run", scenario, "--json", "--out", tmp_path / "o")
    assert result.exit_code == 0
    assert result.stdout == (load_run(tmp_path / "o").folder / "kpis.json").read_text()
    assert json.loads(result.stdout)["variants"].keys() == {"base", "busier"}


def test_profile_shows_phases_and_functions(twin: Invoke, scenario: Path) -> None:
    result = twin("run", scenario, "--profile", "--variant", "base")
    assert result.exit_code == 0, result.output
    assert "phases of base-1" in result.stdout and "lane" in result.stdout
    assert "fake_simulator.py" in result.stdout and "tottime" in result.stdout


def test_profile_keeps_json_clean(twin: Invoke, scenario: Path) -> None:
    result = twin("run", scenario, "--profile", "--json", "--variant", "base")
    json.loads(result.stdout)
    assert "phases of base-1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "demand.poss=1"], "did you mean"),
        (["--set", "nonsense"], "expected key.path=value"),
        (["--set", "time.days=-1"], "days"),
        (["--variant", "busyer"], "did you mean `busier`"),
        (["--engine", "dask://host:8786"], "not built yet"),
        (["--engine", "slurm"], "expected local"),
        (["--jobs", "-1"], "jobs"),
        (["--replications", "0"], "replications"),
        (["--days", "soon"], "--days"),
        (["--days", "nan"], "--days nan"),
        (["--nosuch"], "nosuch"),
    ],
)
def test_bad_input_ends_with_2_and_one_clear_message(
    twin: Invoke, scenario: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    result = twin("run", scenario, "--out", tmp_path / "o", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr and result.stdout == ""
    assert "Traceback" not in result.output
    assert not (tmp_path / "o").exists()


def test_a_folder_that_cannot_be_written_is_said_before_the_plan_is_built(
    twin: Invoke, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(fake, "build", None)
    for out, said in (("file", "is a file"), ("file/below", "part of this path is a file")):
        result = twin("run", scenario, "--out", out)
        assert result.exit_code == 2 and said in result.stderr
        assert "building" not in result.stderr


def test_a_scenario_that_is_not_there(twin: Invoke, tmp_path: Path) -> None:
    for name in ("nowhere.yaml", "two-stroes"):
        result = twin("run", name)
        assert result.exit_code == 2 and name in result.stderr
    assert "two-stores" in result.stderr


def test_an_error_of_the_model_names_file_and_line(
    twin: Invoke, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake.WRONG, "busier")
    result = twin("run", scenario)
    assert result.exit_code == 2
    assert "small.yaml:" in result.stderr and "nothing supplies F1" in result.stderr


def test_a_full_disk_ends_with_2(twin: Invoke, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake.FULL, "base-2")
    result = twin("run", scenario)
    assert result.exit_code == 2
    assert "disk full" in result.stderr and "stays readable" in result.stderr


def test_a_bug_keeps_its_traceback(twin: Invoke, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fake.BUG, "base-2")
    result = twin("run", scenario)
    assert isinstance(result.exception, ZeroDivisionError)
