"""``twin replay``: a recorded feed, taken either way."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import scenarios
from tests.twin.cli.conftest import Invoke
from tests.twin.runs import fake_simulator as fake
from twin.runs.results import load_run

FEED = """\
time,location,article,quantity
2026-11-02T12:00:00,S1,A,1
2026-11-02T13:00:00,S1,A,none
2026-11-03T12:00:00,S1,A,2
"""


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.csv"
    path.write_text(FEED)
    return path


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for `twin.body.replay`; what it was called with."""
    called: dict[str, Any] = {}
    module = ModuleType("twin.body.replay")

    def replay_events(
        plan: Any, feed: Path, *, folder: Path, progress: Any, columns: Any, strict: bool
    ) -> Any:
        called.update(feed=feed, columns=columns, strict=strict)
        return fake.simulate(plan, 1, folder=folder, progress=progress)

    module.replay_events = replay_events  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "twin.body.replay", module)
    return called


def test_as_demand_it_takes_the_place_of_the_scenarios_tills(
    twin: Invoke, scenario: Path, feed: Path, tmp_path: Path
) -> None:
    result = twin(
        "replay",
        feed,
        "--scenario",
        scenario,
        "--as",
        "demand",
        "--column",
        "sku=article",
        "--out",
        tmp_path / "o",
        "--variant",
        "base",
    )
    assert result.exit_code == 0, result.output
    done = load_run(tmp_path / "o")
    assert done.info["replications"] == 3 and done.variants == ("base",)
    pos = scenarios.load(done.folder / "scenario.yaml").scenario.demand.pos
    assert [Path(str(one.replay)).name for one in pos] == ["feed.csv"]
    assert "feed.csv: 1 of 3 rows are bad and left out" in result.stderr and "line 3" in result.stderr


def test_variants_that_are_named_are_kept(twin: Invoke, scenario: Path, feed: Path, tmp_path: Path) -> None:
    scenario.write_text(scenario.read_text() + '  more: {"policies.reorder[0].level": 80}\n')
    arguments = ["--scenario", scenario, "--as", "demand", "--column", "sku=article", "--out", tmp_path / "o"]
    result = twin("replay", feed, *arguments, "--variant", "more", "--variant", "base")
    assert result.exit_code == 0, result.output
    done = load_run(tmp_path / "o")
    assert done.variants == ("base", "more")
    more = scenarios.load(done.folder / "scenario.yaml", variant="more").scenario
    assert more.policies.reorder[0].params["level"] == 80


def test_strict_refuses_bad_rows(twin: Invoke, scenario: Path, feed: Path, tmp_path: Path) -> None:
    result = twin(
        "replay",
        feed,
        "--scenario",
        scenario,
        "--as",
        "demand",
        "--column",
        "sku=article",
        "--strict",
        "--out",
        tmp_path / "o",
        "--variant",
        "base",
    )
    assert result.exit_code == 2
    assert "1 of 3 rows are bad" in result.stderr and "line 3" in result.stderr
    assert not (tmp_path / "o").exists()


def test_as_events_it_is_put_through_once(
    twin: Invoke, scenario: Path, feed: Path, tmp_path: Path, replayed: dict[str, Any]
) -> None:
    result = twin(
        "replay",
        feed,
        "--scenario",
        scenario,
        "--as",
        "events",
        "--column",
        "sku=article",
        "--strict",
        "--out",
        tmp_path / "o",
        "--json",
    )
    assert result.exit_code == 0, result.output
    assert replayed == {"feed": feed, "columns": {"sku": "article"}, "strict": True}
    done = load_run(tmp_path / "o")
    assert (done.info["replications"], done.variants, done.status) == (1, ("base",), "complete")
    assert json.loads(result.stdout)["replications"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv", "--as", "demand"], "nowhere.csv"),
        (["feed.csv", "--as", "weather"], "weather"),
        (["feed.csv", "--as", "demand", "--variant", "base"], "no column 'sku'"),
        (["feed.csv", "--as", "demand", "--variant", "busyer"], "did you mean `busier`"),
        (["feed.csv", "--as", "demand", "--column", "sku=article"], "variant busier"),
        (["feed.csv", "--as", "demand", "--column", "sku"], "expected OURS=THEIRS"),
        (["feed.csv", "--as", "demand", "--column", "skew=article"], "skew"),
        (["feed.csv", "--as", "events", "--replications", "4"], "replayed once"),
        (["feed.csv"], "--as"),
    ],
)
def test_bad_input_ends_with_2(
    twin: Invoke, scenario: Path, feed: Path, replayed: dict[str, Any], arguments: list[str], said: str
) -> None:
    result = twin("replay", *arguments, "--scenario", scenario)
    assert result.exit_code == 2
    assert said in result.stderr and "Traceback" not in result.output
