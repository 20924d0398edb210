"""Scenarios with web orders through the command line, on the real simulator: exit status, table, run folder, faults with a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import scenarios
from twin.cli.app import app
from twin.runs.results import load_run

#: KPIs of orders that each scenario must tell.
TOLD = ("orders", "order_fill_rate", "order_cycle_p95", "on_time_rate", "hold_expiry_rate", "station_utilisation", "cost_per_order")


def twin(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def bopis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Result, Path]]:
    """Three days of click and collect, with and without precedence for those who collect."""
    out = tmp_path_factory.mktemp("bopis") / "run"
    few = ("--days", 3, "--set", "time.warmup_days=1", "--replications", 2, "--variant", "base", "--variant", "one-picker")
    yield twin("run", "bopis", *few, "--out", out), out


def kpis_of(out: Path) -> dict[str, Any]:
    found = json.loads((load_run(out).folder / "kpis.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_orders_are_told_with_intervals(bopis: tuple[Result, Path]) -> None:
    result, out = bopis
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    groups = [words[0] for words in lines if len(words) == 1]
    assert groups.index("Service") < groups.index("Orders") < groups.index("Stock")
    shown = {words[0] for words in lines if words}
    base = kpis_of(out)["variants"]["base"]
    for name in (*TOLD, "click_to_collect_p95"):
        figure = base[name]
        assert name in shown and figure["n"] == 2
        assert figure["ci95"][0] <= figure["mean"] <= figure["ci95"][1]
    assert base["orders"]["mean"] > 1000 and base["order_fill_rate"]["mean"] > 0.9
    assert 0 < base["station_utilisation"]["mean"] < 1
    assert "no web orders" not in result.stdout


def test_variants_meet_the_same_orders(bopis: tuple[Result, Path]) -> None:
    result, out = bopis
    variants = kpis_of(out)["variants"]
    assert variants.keys() == {"base", "one-picker"}
    base, fewer = variants["base"], variants["one-picker"]
    assert fewer["orders"] == base["orders"]
    assert fewer["labour_hours"]["mean"] < base["labour_hours"]["mean"]
    assert fewer["pick_wait_mean"]["mean"] > base["pick_wait_mean"]["mean"]
    assert "difference" in result.stdout
    compared = twin("compare", out)
    assert compared.exit_code == 0, compared.output
    assert "click_to_collect_p95" in compared.stdout


def test_two_stores_run_with_routing_by_cost(tmp_path: Path) -> None:
    out = tmp_path / "run"
    few = ("--days", 7, "--replications", 2, "--variant", "cheaper-routing")
    result = twin("run", "two-stores", *few, "--out", out)
    assert result.exit_code == 0, result.output
    told = kpis_of(out)["variants"]["cheaper-routing"]
    assert all(told[name]["n"] == 2 for name in TOLD)
    assert "Stores do not ship: ship_from_store is absent." in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("next: pack}", "next: park}", "operations.stations.pick.next", "did you mean"),
        ("abandon: .6", "abandon: 1.6", "demand.web[0].abandon", "1.6"),
        ("to: nearest_store", "to: V1", "returns.web.to", "nearest_store, origin or the id of a store"),
        ("use: proximity", "use: hybrid", "policies.routing.use", "not built yet"),
        ("{id: Z1, at: [39.15, -84.45], share: 1}", "{id: Z1, at: [39.15, -84.45], share: .5}", "network.zones", "a sum of 1"),
    ],
)
@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_bad_scenario_ends_with_2_and_names_its_line(
    tmp_path: Path, command: str, old: str, new: str, key: str, said: str
) -> None:
    text = Path(str(scenarios.load("two-stores").source)).read_text("utf-8")
    assert text.count(old) == 1
    path = tmp_path / "wrong.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    line = next(number for number, row in enumerate(path.read_text("utf-8").splitlines(), 1) if new in row)
    more = ("--out", tmp_path / "out") if command == "run" else ()
    result = twin(command, path, *more)
    assert result.exit_code == 2 and "Traceback" not in result.output
    place = f"wrong.yaml:{line}: {key}" if key != "network.zones" else f"wrong.yaml:{line - 1}: {key}"
    assert place in result.stderr and said in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_not_simulated_names_its_line(tmp_path: Path) -> None:
    text = Path(str(scenarios.load("two-stores").source)).read_text("utf-8")
    path = tmp_path / "lossy.yaml"
    path.write_text(text.replace("streams:\n", "streams:\n  web: {latency: 5s, loss: .01}\n"), "utf-8")
    line = path.read_text("utf-8").splitlines().index("  web: {latency: 5s, loss: .01}") + 1
    result = twin("validate", path)
    assert result.exit_code == 2
    assert f"lossy.yaml:{line}: streams.web.loss" in result.stderr and "not simulated yet" in result.stderr


def test_views_are_told_and_kept_and_change_no_decision(tmp_path: Path) -> None:
    """Some days of two stores: the funnel is in the table, the views are in a file, and the feed of events is replayed as ever."""
    few = ("--days", 3, "--set", "time.warmup_days=1", "--replications", 1, "--variant", "base")
    viewed = ("--set", "demand.web[0].views={session: {dist: geometric, mean: 3}}")
    out, plain = tmp_path / "views", tmp_path / "plain"
    result = twin("run", "two-stores", *few, *viewed, "--events", "--out", out)
    assert result.exit_code == 0, result.output
    assert twin("run", "two-stores", *few, "--out", plain).exit_code == 0
    run, without = load_run(out), load_run(plain)
    digests = [json.loads((one.folder / "run.json").read_text("utf-8"))["decisions_digest"] for one in (run, without)]
    assert digests[0] == digests[1]
    shown = {line.split()[0] for line in result.stdout.splitlines() if line.split()}
    assert {"views", "sessions", "cart_rate", "conversion_rate"} <= shown
    assert "There are 11.5 views to a cart" in result.stdout.replace("\n", " ")
    told = kpis_of(out)["variants"]["base"]
    assert "views" not in kpis_of(plain)["variants"]["base"]
    views = pq.read_table(run.folder / "events" / "base-1-views.parquet")
    assert views.num_rows > told["views"]["mean"] > 100  # the file has those of the warm-up, too
    as_events = ("--scenario", "two-stores", *few[:4], *viewed, "--as", "events", "--out", tmp_path / "again")
    replayed = twin("replay", run.folder / "events", *as_events)
    assert replayed.exit_code == 0, replayed.output
