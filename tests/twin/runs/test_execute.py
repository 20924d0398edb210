"""A run from scenario to folder, and what is left when it is cut short."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import scenarios
import twin
from tests.twin.runs import fake_simulator as fake
from twin.runs import folder as run_folder
from twin.runs.errors import DiskFull, RunError, RunInterrupted
from twin.runs.execute import How, execute, resolve
from twin.runs.progress import Display, Report
from twin.runs.results import Run, load_run

FAKE = fake.__name__
FILES = ["decisions.parquet", "kpis.json", "kpis.parquet", "run.json", "scenario.yaml", "timeline.parquet"]


def run(
    scenario: Path, out: Path, *, display: Display | None = None, jobs: int = 1, **options: object
) -> Run:
    how = How(out=out, jobs=jobs, simulator=FAKE, **options)  # type: ignore[arg-type]
    return execute(resolve(scenario), how, display=display)


def only_run(out: Path) -> Run:
    return load_run(out)


def rows(table: object) -> list[dict[str, object]]:
    return table.to_pylist()  # type: ignore[attr-defined, no-any-return]


class Stopping(Display):
    """Presses Ctrl-C when so many replications have finished and the next is under way."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def report(self, key: str, report: Report) -> None:
        super().report(key, report)
        if self.finished == self.after:
            signal.raise_signal(signal.SIGINT)


def test_a_complete_run_leaves_the_files_of_the_contract(scenario: Path, tmp_path: Path) -> None:
    done = run(scenario, tmp_path / "runs", keep_events=True)
    assert sorted(path.name for path in done.folder.iterdir()) == sorted([*FILES, "events"])
    assert done.folder.name.startswith("small-2") and done.folder.name.endswith(
        done.info["scenario_digest"]["base"][:8]
    )
    assert [path.name for path in done.events()] == [
        f"{v}-{n}-pos.parquet" for v in ("base", "busier") for n in (1, 2, 3)
    ]
    assert (done.state, done.status, done.variants) == ("complete", "complete", ("base", "busier"))
    assert done.info["seed"] == 7 and done.info["replications"] == 3
    assert done.info["assumptions"]["busier"] == ["no stations: picking takes no time", "busier is made up"]
    assert done.info["events"] == 6 * 400
    assert done.info["peak_memory_bytes"] > 1e6
    assert {"numpy", "python", "twin"} <= done.info["versions"].keys()


def test_kpis_are_means_over_replications_with_intervals(scenario: Path, tmp_path: Path) -> None:
    done = run(scenario, tmp_path)
    summary = json.loads((done.folder / "kpis.json").read_text())
    assert (summary["run"], summary["scenario"], summary["replications"]) == (done.folder.name, "small", 3)
    fill = summary["variants"]["base"]["fill_rate"]
    values = list(done.values()["base"]["fill_rate"].values())
    assert fill["mean"] == pytest.approx(sum(values) / 3) and fill["n"] == 3 and fill["unit"] == "ratio"
    assert fill["ci95"][0] < fill["mean"] < fill["ci95"][1]
    assert done.kpis() == summary["variants"]


def test_tables_hold_all_replications_in_order(scenario: Path, tmp_path: Path) -> None:
    done = run(scenario, tmp_path)
    order = [("base", 1), ("base", 2), ("base", 3), ("busier", 1), ("busier", 2), ("busier", 3)]
    for table in (done.kpi_rows(), done.timeline(), done.decisions()):
        assert table.column_names[:2] == ["variant", "replication"]
        assert list(dict.fromkeys((row["variant"], row["replication"]) for row in rows(table))) == order
    assert {"kpi", "dimension", "member", "value"} <= set(done.kpi_rows().column_names)
    assert {"kind", "location", "measure", "value"} <= set(done.timeline().column_names)


def test_the_scenario_kept_gives_the_same_digests_again(scenario: Path, tmp_path: Path) -> None:
    resolved = resolve(scenario, seed=11, days=5, replications=2, sets={"demand.pos[0].rate": "25/d"})
    first = execute(resolved, How(out=tmp_path / "a", simulator=FAKE))
    again = run(first.folder / "scenario.yaml", tmp_path / "b")
    assert first.info["seed"] == 11 and first.info["replications"] == 2
    for name in (
        "scenario_digest",
        "events_digest",
        "decisions_digest",
        "policy_digests",
        "seed",
        "variants",
    ):
        assert again.info[name] == first.info[name], name


def test_jobs_change_nothing(scenario: Path, tmp_path: Path) -> None:
    one, two = run(scenario, tmp_path / "a"), run(scenario, tmp_path / "b", jobs=2)
    for name in ("events_digest", "decisions_digest"):
        assert one.info[name] == two.info[name]
    assert rows(one.kpi_rows()) == rows(two.kpi_rows())
    assert rows(one.decisions()) == rows(two.decisions())
    assert one.kpis() == two.kpis()


def test_digests_tell_seeds_and_variants_apart(scenario: Path, tmp_path: Path) -> None:
    one = run(scenario, tmp_path / "a")
    other = execute(resolve(scenario, seed=8), How(out=tmp_path / "b", simulator=FAKE))
    digests = [*one.info["events_digest"].values(), *other.info["events_digest"].values()]
    assert len(set(digests)) == 4


def test_killed_workers_change_nothing(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = run(scenario, tmp_path / "a")
    (tmp_path / "marks").mkdir()
    for key in ("base-1", "base-3", "busier-2", "busier-3"):
        (tmp_path / "marks" / key).touch()  # these have died before
    monkeypatch.setenv(fake.KILL, str(tmp_path / "marks"))
    killed = run(scenario, tmp_path / "b", jobs=2)
    assert len(list((tmp_path / "marks").iterdir())) == 6
    assert killed.status == "complete"
    assert killed.info["events_digest"] == calm.info["events_digest"]
    assert rows(killed.kpi_rows()) == rows(calm.kpi_rows())


def test_ctrl_c_keeps_what_has_finished_and_says_how_much(scenario: Path, tmp_path: Path) -> None:
    with pytest.raises(RunInterrupted, match="interrupted: 2 of 6") as stop:
        run(scenario, tmp_path, display=Stopping(after=2))
    left = load_run(stop.value.folder)
    assert (left.state, left.status) == ("interrupted", "interrupted: 2 of 6")
    assert left.info["finished"] == {"base": 2}
    summary = json.loads((left.folder / "kpis.json").read_text())
    assert summary["replications"] == 2 and list(summary["variants"]) == ["base"]
    assert summary["variants"]["base"]["fill_rate"]["n"] == 2
    assert {row["replication"] for row in rows(left.decisions())} == {1, 2}
    assert sorted(path.name for path in left.folder.iterdir()) == FILES


def test_ctrl_c_before_anything_has_finished_leaves_no_kpis(scenario: Path, tmp_path: Path) -> None:
    with pytest.raises(RunInterrupted, match="interrupted: 0 of 6"):
        run(scenario, tmp_path, display=Stopping(after=0))
    left = only_run(tmp_path)
    assert sorted(path.name for path in left.folder.iterdir()) == ["run.json", "scenario.yaml"]
    assert left.kpis() == {} and left.decisions().num_rows == 0


def test_a_second_ctrl_c_while_results_are_joined_loses_nothing(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed_again(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_folder, "join", pressed_again)
    with pytest.raises(KeyboardInterrupt):
        run(scenario, tmp_path, display=Stopping(after=2))
    left = only_run(tmp_path)
    assert left.status == "interrupted: 2 of 6"
    assert left.kpis()["base"]["fill_rate"]["n"] == 2
    assert {row["replication"] for row in rows(left.decisions())} == {1, 2}


def test_a_run_killed_outright_can_be_read_and_does_not_look_whole(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake.STEP_S, "0.1")
    code = (
        "from twin.runs.execute import How, execute, resolve\n"
        f"execute(resolve({str(scenario)!r}), How(out={str(tmp_path / 'runs')!r}, simulator={FAKE!r}))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    end = time.monotonic() + 60
    while len(list((tmp_path / "runs").glob("*/replications/base-*"))) < 2:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    process.kill()
    process.wait()
    left = only_run(tmp_path / "runs")
    assert left.state == "running" and left.status.startswith("running: ") and left.status.endswith(" of 6")
    assert not (left.folder / "kpis.json").exists()
    assert left.kpis()["base"]["fill_rate"]["n"] >= 2
    assert {1, 2} <= {row["replication"] for row in rows(left.timeline())}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_said_plainly_and_spares_what_has_finished(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setenv(fake.FULL, "busier-3")
    with pytest.raises(DiskFull, match=r"(?s)disk full.*busier-3.*stays readable"):
        run(scenario, tmp_path / "runs", jobs=jobs)
    left = only_run(tmp_path / "runs")
    finished = sum(kpis["fill_rate"]["n"] for kpis in left.kpis().values())
    assert (left.state, left.status) == ("failed", f"failed: {finished} of 6 (disk full)")
    assert finished >= 6 - jobs  # all but the one that met the full disk, and those that other workers had in hand
    assert not list(left.folder.rglob("*half*"))


def test_a_disk_full_at_the_very_end_leaves_the_replications(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run_folder, "join", full)
    with pytest.raises(DiskFull, match="No space left"):
        run(scenario, tmp_path)
    left = only_run(tmp_path)
    assert (left.state, left.status) == ("failed", "failed: 6 of 6 (disk full)")
    assert not (left.folder / "kpis.json").exists()
    assert left.kpis()["busier"]["fill_rate"]["n"] == 3
    assert len(rows(left.decisions())) == 6 * 4


def test_no_room_to_begin_with(scenario: Path, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        with pytest.raises(DiskFull, match="no room left to begin a run"):
            run(scenario, tmp_path / "runs")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_tiny_disk(scenario: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(disk)]
    try:
        if subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("mounting a file system is not allowed here")
    except FileNotFoundError:
        pytest.skip("no mount here")
    try:
        with pytest.raises(DiskFull, match="stays readable"):
            run(scenario, disk, jobs=1, keep_events=True)
        left = only_run(disk)
        finished = left.values()["base"]["fill_rate"]
        assert left.state in ("failed", "running") and 1 <= len(finished) <= 3
        assert not list(left.folder.rglob("*.part"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_bug_is_not_swallowed_and_the_run_says_failed(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake.BUG, "base-3")
    with pytest.raises(ZeroDivisionError, match="a bug of ours"):
        run(scenario, tmp_path)
    left = only_run(tmp_path)
    assert left.status == "failed: 2 of 6 (a bug of ours)"
    assert left.kpis()["base"]["fill_rate"]["n"] == 2


def test_a_variant_that_cannot_be_built_stops_the_run_before_it_begins(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake.WRONG, "busier")
    with pytest.raises(scenarios.ScenarioError, match=r"small\.yaml:\d+.*nothing supplies F1"):
        run(scenario, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_variants_are_chosen_by_name_in_the_scenarios_order(scenario: Path, tmp_path: Path) -> None:
    assert run(scenario, tmp_path / "a", variants=["busier"]).variants == ("busier",)
    assert run(scenario, tmp_path / "b", variants=["busier", "base"]).variants == ("base", "busier")
    with pytest.raises(RunError, match="found busyer; expected one of base, busier; did you mean `busier`"):
        run(scenario, tmp_path / "c", variants=["busyer"])


def test_no_variant_may_take_the_name_of_the_scenario_itself(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(scenario.read_text().replace("  busier:", "  base:"))
    with pytest.raises(scenarios.ScenarioError, match=r"variants\.base"):
        run(scenario, tmp_path / "runs")


def test_names_that_file_systems_do_not_take(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(
        scenario.read_text().replace("  busier:", '  "more / sales":').replace("name: small", "name: a b")
    )
    done = run(scenario, tmp_path / "runs")
    assert list(done.kpis()) == ["base", "more / sales"]
    assert done.folder.name.startswith("a%20b-")


def test_two_runs_of_one_second_do_not_meet(scenario: Path, tmp_path: Path) -> None:
    folders = {run(scenario, tmp_path, variants=["base"]).folder for _ in range(3)}
    assert len(folders) == 3


@pytest.mark.parametrize("jobs", [-1, -7])
def test_jobs_below_zero_are_refused(scenario: Path, tmp_path: Path, jobs: int) -> None:
    with pytest.raises(RunError, match=f"jobs: found {jobs}"):
        run(scenario, tmp_path, jobs=jobs)


def test_out_may_not_be_a_file(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(RunError, match="file"):
            run(scenario, out)


def test_load_run_finds_the_only_run_and_says_what_is_wrong_otherwise(scenario: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run folder"):
        twin.load_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match="not a run folder"):
        twin.load_run(tmp_path)
    done = run(scenario, tmp_path / "runs")
    assert twin.load_run(tmp_path / "runs").folder == done.folder == twin.load_run(done.folder).folder
    run(scenario, tmp_path / "runs")
    with pytest.raises(RunError, match="holds 2 runs"):
        twin.load_run(tmp_path / "runs")
    (done.folder / "run.json").write_text("{half")
    with pytest.raises(RunError, match="not readable as JSON"):
        twin.load_run(done.folder)


def test_the_python_interface(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "twin.simulate", fake)
    done = twin.run(
        scenario,
        replications=2,
        seed=3,
        days=2,
        sets=["demand.pos[0].rate=9/d"],
        variants=["base"],
        out=tmp_path,
    )
    assert done.info["seed"] == 3 and done.info["replications"] == 2
    assert done.kpis()["base"]["fill_rate"]["n"] == 2
    assert pq.read_table(done.folder / "decisions.parquet").num_rows == 2 * 3
    assert scenarios.load(done.folder / "scenario.yaml").tree["demand"]["pos"][0]["rate"] == "9/d"  # type: ignore[index, call-overload]
