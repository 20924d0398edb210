"""``twin`` as a process: start-up, Ctrl-C, killed workers, pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.twin.cli import twin_with_fake
from tests.twin.runs import fake_simulator as fake
from twin.runs.results import load_run

PROGRAM = [sys.executable, str(twin_with_fake.__file__)]
ROOT = Path(twin_with_fake.__file__).resolve().parents[3]


def environment(**more: object) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **{name: str(value) for name, value in more.items()}}


def start(*arguments: object, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "twin", *map(str, arguments)],
        env=environment(),
        capture_output=True,
        text=True,
    )


def wait_for_replications(out: Path, n: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while len(list(out.glob("*/replications/[!.]*"))) < n:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_finished_replications_and_no_orphans(
    scenario: Path, tmp_path: Path, jobs: int, number: signal.Signals
) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    out = tmp_path / "runs"
    process = start(
        "run",
        scenario,
        "--out",
        out,
        "--jobs",
        jobs,
        "--replications",
        20,
        **{fake.STEP_S: 0.1, fake.PIDS: pids},
    )
    wait_for_replications(out, 2, process)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # a terminal sends Ctrl-C to all processes of the group
    else:
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "interrupted: " in stderr and "Traceback" not in stderr
    assert "fill_rate" not in stdout
    left = load_run(out)
    finished = left.info["finished"]["base"]
    assert left.state == "interrupted" and finished >= 2
    assert left.status == f"interrupted: {finished} of 40"
    assert json.loads((left.folder / "kpis.json").read_text())["replications"] == finished
    workers = [int(mark.name) for mark in pids.iterdir()]
    assert len(workers) == jobs and not any(alive(pid) for pid in workers)


def test_a_worker_killed_in_the_middle_is_replaced(scenario: Path, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.mkdir()
    arguments = ("run", scenario, "--replications", 3, "--variant", "base")
    process = start(*arguments, "--out", tmp_path / "a", "--jobs", 2, **{fake.STEP_S: 0.3, fake.PIDS: pids})
    end = time.monotonic() + 60
    while not list(pids.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(int(next(pids.iterdir()).name), signal.SIGKILL)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert "died; running it again" in stderr
    calm = start(*arguments, "--out", tmp_path / "b")
    calm.communicate(timeout=120)
    one, two = load_run(tmp_path / "a"), load_run(tmp_path / "b")
    assert one.status == "complete" and one.info["events_digest"] == two.info["events_digest"]


def test_without_a_terminal_there_are_only_plain_lines(scenario: Path, tmp_path: Path) -> None:
    process = start("run", scenario, "--out", tmp_path / "o")
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "\x1b" not in stdout + stderr and "\r" not in stdout + stderr
    assert stderr.splitlines()[-1].startswith("small: 6 of 6")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m twin schema | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr == ""


def test_help_names_what_there_is_and_nothing_else() -> None:
    done = run("--help")
    assert done.returncode == 0
    commands = done.stdout.split("Commands:")[1].split("\n  ")[1:]
    assert [line.split()[0] for line in commands] == [
        "run", "replay", "validate", "diff", "schema", "scenarios", "compare", "explain",
    ]  # fmt: skip


def test_importing_twin_and_its_command_line_is_light() -> None:
    heavy = {
        "numpy",
        "numba",
        "pyarrow",
        "duckdb",
        "scipy",
        "pydantic",
        "simpy",
        "rich",
        "scenarios",
        "adapters",
        "dashboards",
    }
    code = f"import sys, twin, twin.cli.app; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_ends_with_2() -> None:
    done = run("gate")
    assert done.returncode == 2 and "gate" in done.stderr


def test_the_version_is_told() -> None:
    done = run("--version")
    assert done.returncode == 0 and done.stdout.startswith("twin ")


def test_whoever_reads_a_file_of_stock_is_told_of_nothing_left_behind(tmp_path: Path) -> None:
    """duckdb tells of every object of its own that is there when Python ends."""
    (tmp_path / "stock.csv").write_text("location,sku,units\nS1,A,5\n")
    scenario = tmp_path / "stock.yaml"
    scenario.write_text(
        "name: stock\ntime: {start: 2026-11-02, days: 2}\ncatalog: {items: [{sku: A, cost: 1, price: 2}]}\n"
        "network: {locations: [{id: S1, kind: store}, {id: V1, kind: supplier}], lanes: [{from: V1, to: S1, transit: 5d}]}\n"
        "demand: {pos: [{at: {ids: [S1]}, sku: A, rate: 2/d}]}\ninventory: {opening: {file: stock.csv}}\n"
    )
    done = run("validate", scenario)
    assert (done.returncode, done.stderr) == (0, "")
