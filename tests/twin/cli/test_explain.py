"""``twin explain``: an order's life told from a run folder, and what is said where there is none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.twin.scenes import ONE_STORE, WEEK
from tests.twin.web_scenes import SCARCE
from twin.cli.app import app
from twin.runs.explaining import _run, prepare
from twin.runs.progress import Display
from twin.runs.results import Run, load_run


def twin(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a small scenario with web orders."""
    path = tmp_path_factory.mktemp("explain")
    (path / "scarce.yaml").write_text(SCARCE, encoding="utf-8")
    ran = twin("run", path / "scarce.yaml", "--out", path / "runs")
    assert ran.exit_code == 0, ran.output
    return load_run(path / "runs").folder


@pytest.fixture(scope="module")
def listed(folder: Path) -> dict[str, list[int]]:
    """Orders worth a look, by kind."""
    result = twin("explain", folder, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, list[int]] = {}
    for one in json.loads(result.stdout)["orders"]:
        found.setdefault(one["kind"], []).append(one["order"])
    return found


def told(folder: Path, order: int, *options: object) -> dict[str, Any]:
    result = twin("explain", folder, order, "--json", *options)
    assert result.exit_code == 0, result.output
    life: dict[str, Any] = json.loads(result.stdout)
    return life


def steps(life: dict[str, Any], what: str) -> list[dict[str, Any]]:
    return [step for step in life["steps"] if step["what"] == what]


def test_orders_to_look_at_are_listed_a_few_of_each_kind(folder: Path, listed: dict[str, list[int]]) -> None:
    assert {"split", "rejected", "backordered", "cancelled", "late"} <= listed.keys()
    assert all(1 <= len(set(orders)) == len(orders) <= 3 for orders in listed.values())
    shown = twin("explain", folder)
    assert shown.exit_code == 0 and "a picker did not find it all" in shown.stdout
    assert all(str(orders[0]) in shown.stdout for orders in listed.values())


def test_each_kind_shows_in_the_life_of_its_orders(folder: Path, listed: dict[str, list[int]]) -> None:
    assert len(steps(told(folder, listed["split"][0]), "routed")) > 1
    assert steps(told(folder, listed["backordered"][0]), "backordered")
    assert steps(told(folder, listed["cancelled"][0]), "cancelled")
    late = told(folder, listed["late"][0])
    assert any(step["time"] > late["due"] for step in steps(late, "delivered") + steps(late, "ready"))


def test_a_rejected_order_is_told_with_why_each_candidate_was_or_was_not_chosen(
    folder: Path, listed: dict[str, list[int]]
) -> None:
    life = told(folder, listed["rejected"][0])
    first, *_, last = steps(life, "asked")
    (rejected, *_) = steps(life, "rejected")
    chosen = [one["location"] for one in first["candidates"] if one["reason"] == "CHOSEN"]
    assert rejected["location"] in chosen and first["time"] < rejected["time"] <= last["time"]
    assert rejected["location"] not in [one["location"] for one in last["candidates"] if one["reason"] == "CHOSEN"]
    assert "failed to send it before" in [one["text"] for one in last["candidates"]]
    scores = [one["score"] for one in first["candidates"]]
    assert scores == sorted(scores) and all(one["unit"] == "km" for one in first["candidates"])
    times = [step["time"] for step in life["steps"]]
    assert times == sorted(times) and life["steps"][0]["what"] == "cart"
    assert re.fullmatch(r"2026-03-0\dT[\d:.]+-05:00", times[0])


def test_a_life_is_told_in_words_and_local_times(folder: Path, listed: dict[str, list[int]]) -> None:
    order = listed["rejected"][0]
    result = twin("explain", folder, order)
    assert result.exit_code == 0 and "\x1b" not in result.stdout
    assert result.stdout.startswith(f"order {order}: ")
    assert "who can send" in result.stdout and "America/New_York" in result.stdout and " Mar " in result.stdout


def test_variant_and_replication_are_chosen_by_name_and_number(folder: Path, listed: dict[str, list[int]]) -> None:
    order = listed["rejected"][0]
    other = told(folder, order, "--variant", "by-cost")
    assert (other["variant"], other["replication"]) == ("by-cost", 1)
    assert all(one["unit"] == "money" for step in steps(other, "asked") for one in step["candidates"])
    carted = [told(folder, 1, "--replication", n)["steps"][0]["time"] for n in (1, 2) if _is_order(folder, n)]
    assert len(set(carted)) == len(carted)


def _is_order(folder: Path, replication: int) -> bool:
    return twin("explain", folder, 1, "--replication", replication).exit_code == 0


def test_watching_an_order_changes_nothing(folder: Path, listed: dict[str, list[int]]) -> None:
    """The same digests, though its routing was asked in Python and everybody's life was noted."""
    run = load_run(folder)
    again = prepare(run, "base", 1, Display())
    _, result = _run(again, Display(), listed["split"][0], lambda orders: False)
    (kept,) = [one for one in run.info["results"] if (one["variant"], one["replication"]) == ("base", 1)]
    assert (result.events_digest, result.decisions_digest) == (kept["events_digest"], kept["decisions_digest"])


def test_a_changed_program_is_noticed(folder: Path, listed: dict[str, list[int]]) -> None:
    run = load_run(folder)
    run.info["results"][0]["decisions_digest"] = "another"
    still_there = next(order for order in listed["late"] + listed["backordered"] + listed["split"])
    assert all("changed since" in note for note in run.explain(still_there).notes)


def test_from_python(folder: Path, listed: dict[str, list[int]], capsys: pytest.CaptureFixture[str]) -> None:
    life = load_run(folder).explain(listed["split"][0])
    assert life.order == listed["split"][0] and life.steps and not life.notes
    life.print()
    assert capsys.readouterr().out.startswith(f"order {life.order}")
    assert {one.order for one in load_run(folder).notable_orders().orders} == {n for few in listed.values() for n in few}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["0"], "order: found 0; expected one of 1 to"),
        (["9999999"], "order: found 9999999; expected one of 1 to"),
        (["1", "--variant", "by-costs"], "did you mean `by-cost`"),
        (["1", "--replication", "3"], "replication: found 3; expected one of 1 to 2"),
        (["first"], "ORDER"),
    ],
)
def test_bad_input_ends_with_2(folder: Path, arguments: list[str], said: str) -> None:
    result = twin("explain", folder, *arguments)
    assert result.exit_code == 2 and said in result.stderr
    assert result.stdout == "" and "Traceback" not in result.output


def test_an_abandoned_cart_is_no_order(folder: Path) -> None:
    """Half the carts are abandoned, so one of the first twenty is."""
    said = [twin("explain", folder, order) for order in range(1, 21)]
    abandoned = [one for one in said if one.exit_code == 2]
    assert abandoned and all("abandoned" in one.stderr for one in abandoned)


def test_a_folder_without_web_orders_or_without_a_run(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(WEEK + ONE_STORE + "demand: {pos: {at: {kind: store}, sku: A, rate: 2/d}}\n")
    assert twin("run", tmp_path / "one.yaml", "--out", tmp_path / "runs").exit_code == 0
    folders = {"runs": "no web orders", ".": "not a run folder", "no": "no such run folder"}
    for path, said in ((tmp_path / name, said) for name, said in folders.items()):
        result = twin("explain", path)
        assert result.exit_code == 2 and said in result.stderr


def test_the_run_is_not_touched(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    Run(folder).notable_orders()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
