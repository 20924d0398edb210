"""``twin replay``: a recorded feed, taken either way."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import scenarios
from tests.twin.cli.conftest import Invoke
from tests.twin.runs.conftest import SCENARIO
from twin.cli.app import app
from twin.runs.errors import RunError
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
    (digest,) = done.info["feed_digests"].values()
    assert done.info["replay"] == {"feed": "feed.csv", "as": "demand", "digest": digest}


def test_variants_that_are_named_are_kept(twin: Invoke, scenario: Path, feed: Path, tmp_path: Path) -> None:
    scenario.write_text(scenario.read_text() + '  more: {"policies.reorder[0].level": 80}\n')
    arguments = ["--scenario", scenario, "--as", "demand", "--column", "sku=article", "--out", tmp_path / "o"]
    result = twin("replay", feed, *arguments, "--variant", "more", "--variant", "base")
    assert result.exit_code == 0, result.output
    done = load_run(tmp_path / "o")
    assert done.variants == ("base", "more")
    more = scenarios.load(done.folder / "scenario.yaml", variant="more").scenario
    assert more.policies.reorder[0].params["level"] == 80


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """``twin`` with the simulator itself, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A day of the small scenario, without variants."""
    path = tmp_path / "small.yaml"
    text = SCENARIO.partition("variants:")[0].replace("days: 3, warmup_days: 1", "days: 2").replace("replications: 3", "")
    path.write_text(text)
    return path


def test_bad_rows_of_sales_are_told_once(real: Invoke, small: Path, feed: Path) -> None:
    result = real("replay", feed, "--scenario", small, "--as", "demand", "--column", "sku=article")
    assert result.exit_code == 0, result.output
    assert result.output.count("line 3, quantity (='none')") == 1
    assert "1 rows of" in result.stdout and "feed.csv" in result.stdout


@pytest.mark.parametrize("command", ["replay", "run"])
def test_strict_refuses_bad_rows(real: Invoke, small: Path, feed: Path, command: str) -> None:
    source = f"{{replay: {feed}, columns: {{sku: article}}}}"
    named = ["replay", feed, "--scenario", small, "--as", "demand", "--column", "sku=article"]
    result = real(*(named if command == "replay" else ["run", small, "--set", f"demand.pos={source}"]), "--strict")
    assert result.exit_code == 2
    assert "1 of 3 rows are bad" in result.stderr and "line 3" in result.stderr
    assert not Path("runs").exists()


def test_an_edit_comes_after_the_feed(real: Invoke, small: Path, feed: Path) -> None:
    """What the command line sets of demand is set of the feed; errors name it, and no edit of ours."""
    arguments = ["replay", feed, "--scenario", small, "--as", "demand", "--column", "sku=article"]
    late = real(*arguments, "--set", "demand.pos[0].shift=28d")
    assert late.exit_code == 2 and "no line of it lies within the run" in late.stderr
    assert f"{feed}: demand.pos[0].replay" in late.stderr and "--set" not in late.stderr
    soon = real(*arguments, "--set", "demand.pos[0].shift=1h")
    assert soon.exit_code == 0, soon.output


GOOD = {"record_time": 0, "event_time": 0, "kind": 1, "sequence": 0, "location": "S1", "sku": "A", "units": 1}
START = 1793595600_000_000  # 2026-11-02 in New York
WRONG: list[tuple[dict[str, object] | str, str]] = [
    ({"units": "x"}, "units (='x') must be whole units from 0 to 100,000,000"),
    ({"units": 10**12}, "units (='1000000000000') must be whole units"),
    ({"units": 1.5}, "units (='1.5') must be whole units"),
    ({"units": -1}, "units (='-1') must be whole units"),
    ({"units": None}, "units (='') is missing"),
    ({"record_time": "2026-11-02T10:00:00"}, "record_time (='2026-11-02T10:00:00') must be µs since the epoch"),
    ({"event_time": START + 10**12}, "record_time"),
    ({"round": -1}, "round (='-1') must be a whole number from 0"),
    ({"kind": 7}, "kind (='7') must be 1 (sale)"),
    ({"source": 9}, "source (='9') must be 0 (sales)"),
    ({"source": 2}, "source (='2') does not fit the kind"),
    ({"location": "S9"}, "location (='S9') is no location of the scenario"),
    ({"location": "V1"}, "location (='V1') is a supplier"),
    ({"sku": "B"}, "sku (='B') is no item of the scenario"),
    ('{"units": 1,', "is not an object with these columns"),
]


def event(number: int, **other: object) -> dict[str, object]:
    at = START + number * 60_000_000
    return GOOD | {"record_time": at, "event_time": at, "sequence": number} | other


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Good events, and after each a bad one: on the even lines."""
    path = tmp_path / "events.jsonl"
    rows: list[object] = []
    for number, (wrong, _) in enumerate(WRONG):
        rows += [event(2 * number), wrong if isinstance(wrong, str) else event(2 * number + 1) | wrong]
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def test_every_bad_event_is_counted_and_named(real: Invoke, small: Path, events: Path) -> None:
    arguments = ["replay", events, "--scenario", small, "--as", "events"]
    result = real(*arguments)
    assert result.exit_code == 0, result.output
    assert f"{len(WRONG)} rows of events.jsonl could not be read and were left out" in result.stdout
    for number, (_, reason) in enumerate(WRONG):
        assert re.search(rf"line {2 * number + 2}\b.*{re.escape(reason)}", result.stdout), reason
    done = load_run(Path("runs"))
    assert done.info["results"][0]["counters"]["bad_rows"] == len(WRONG)
    assert done.info["results"][0]["counters"]["events"] == len(WRONG)


def test_strict_refuses_bad_events_before_there_is_a_run_folder(real: Invoke, small: Path, events: Path) -> None:
    result = real("replay", events, "--scenario", small, "--as", "events", "--strict")
    assert result.exit_code == 2 and "15 of 30 rows are bad, refused (strict)" in result.stderr
    assert "line 2, units (='x')" in result.stderr and "… and 5 more" in result.stderr
    result = real("replay", events, "--scenario", small, "--as", "events", "--column", "units=pieces")
    assert result.exit_code == 2 and "no column 'pieces' for units" in result.stderr
    assert not Path("runs").exists()


def test_an_open_loop_tells_what_was_decided_and_nothing_of_a_truth(real: Invoke, small: Path, tmp_path: Path) -> None:
    feed = tmp_path / "sold.jsonl"
    feed.write_text("".join(json.dumps(event(number, units=4)) + "\n" for number in range(10)))
    result = real("replay", feed, "--scenario", small, "--as", "events")
    assert result.exit_code == 0, result.output
    done = load_run(Path("runs"))
    kpis = done.kpis()["base"]
    assert kpis.keys() == {"purchase_orders", "transfers", "cost_ordering", "record_lag_p95", "sku_out_share_seen"}
    orders = {(row["order"], row["kind"]) for row in done.decisions().to_pylist()}
    assert kpis["purchase_orders"]["mean"] == len(orders) > 0
    assert set(done.timeline()["measure"].to_pylist()) == {"orders_placed"}
    assumptions = "\n".join(done.info["assumptions"]["base"])
    assert "Open loop" in assumptions and "lost at the till" not in assumptions
    assert done.info["replay"] == {"feed": "sold.jsonl", "as": "events", "digest": hashlib.sha256(feed.read_bytes()).hexdigest()}


def test_events_outside_the_run_are_left_out_and_said(real: Invoke, small: Path, tmp_path: Path) -> None:
    feed = tmp_path / "long.jsonl"
    numbers = (-5, 5, 10, 10**5)
    feed.write_text("".join(json.dumps(event(number)) + "\n" for number in numbers))
    result = real("replay", feed, "--scenario", small, "--as", "events")
    assert result.exit_code == 0, result.output
    assert "1 events of long.jsonl are heard before the start of the run" in result.stdout
    assert "1 events of long.jsonl are heard after its end" in result.stdout
    result = real("replay", feed, "--scenario", small, "--as", "events", "--set", "time.start=2027-11-02")
    assert result.exit_code == 2 and "found no row heard within the run" in result.stderr


def test_the_same_from_python(small: Path, feed: Path, events: Path, tmp_path: Path) -> None:
    import twin as api
    from adapters.problems import FeedError

    done = api.replay(events, small, "events", out=tmp_path / "o")
    assert done.info["replay"]["feed"] == "events.jsonl"
    with pytest.raises(FeedError, match="no column 'sku'"):
        api.replay(feed, small, "demand", out=tmp_path / "o")
    with pytest.raises(RunError, match="as: found weather; expected one of demand, events"):
        api.replay(feed, small, "weather", out=tmp_path / "o")
    assert api.validate(small).scenario.name == "small"
    assert api.compare([done.folder]).series


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv", "--as", "demand"], "nowhere.csv"),
        (["feed.csv", "--as", "weather"], "--as: found weather; expected one of demand, events"),
        (["feed.csv", "--as", "demand", "--variant", "base"], "no column 'sku'"),
        (["feed.csv", "--as", "demand", "--variant", "busyer"], "did you mean `busier`"),
        (["feed.csv", "--as", "demand", "--column", "sku=article"], "variant busier"),
        (["feed.csv", "--as", "demand", "--column", "sku"], "expected OURS=THEIRS"),
        (["feed.csv", "--as", "demand", "--column", "skew=article"], "skew"),
        (["feed.csv", "--as", "events", "--replications", "4"], "--replications: found 4; a feed of events is replayed once"),
        (["feed.csv"], "--as"),
    ],
)
def test_bad_input_ends_with_2(real: Invoke, scenario: Path, feed: Path, arguments: list[str], said: str) -> None:
    result = real("replay", *arguments, "--scenario", scenario)
    assert result.exit_code == 2
    assert said in result.stderr and "Traceback" not in result.output
    assert "--set" not in result.stderr
