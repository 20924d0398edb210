"""Workers may be killed at any time; the run finishes all the same, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.twin.runs import crashing
from twin.runs.errors import DiskFull, Quarantined, WorkerFailed
from twin.runs.progress import Display, Report
from twin.runs.replication import Finished, Task
from twin.runs.supervisor import Supervisor, Work


class Watching(Display):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, Report]] = []
        self.kernels: list[tuple[str, int, int]] = []
        self.repeated: list[tuple[str, int]] = []

    def report(self, key: str, report: Report) -> None:
        self.heard.append((key, report))

    def compiling(self, name: str, i: int, n: int) -> None:
        self.kernels.append((name, i, n))

    def again(self, key: str, deaths: int) -> None:
        self.repeated.append((key, deaths))


def run(folder: Path, work: Work, n: int = 4, jobs: int = 2) -> tuple[list[Finished], Watching]:
    display = Watching()
    done: list[Finished] = []
    tasks = [Task(str(folder), "base", i) for i in range(1, n + 1)]
    Supervisor(jobs, display, done.append, work=work).run(tasks)
    return sorted(done, key=lambda one: one.replication), display


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(condition: object, seconds: float = 20.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_all_tasks_finish_and_report(tmp_path: Path) -> None:
    done, display = run(tmp_path, crashing.calmly, n=5)
    assert [one.replication for one in done] == [1, 2, 3, 4, 5]
    assert ("base-1", Report(5, 0, 10, 50)) in display.heard


def test_a_killed_worker_is_replaced_and_its_task_run_again_with_the_same_result(tmp_path: Path) -> None:
    done, display = run(tmp_path, crashing.dies_once)
    assert done == [crashing.finished(Task("", "base", i)) for i in range(1, 5)]
    assert display.repeated == [("base-2", 1)]
    assert [len((tmp_path / f"attempts-base-{i}").read_text()) for i in (1, 2, 3, 4)] == [1, 2, 1, 1]


def test_a_task_that_kills_three_workers_is_set_aside_and_the_others_finish(tmp_path: Path) -> None:
    display = Watching()
    done: list[Finished] = []
    tasks = [Task(str(tmp_path), "base", i) for i in range(1, 5)]
    with pytest.raises(Quarantined, match="base-2: the worker process died 3 times"):
        Supervisor(2, display, done.append, work=crashing.always_dies).run(tasks)
    assert sorted(one.replication for one in done) == [1, 3, 4]
    assert [len((tmp_path / f"attempts-base-{i}").read_text()) for i in (1, 2, 3, 4)] == [1, 3, 1, 1]


@pytest.mark.parametrize(
    ("work", "error", "message"),
    [
        (crashing.fails, WorkerFailed, "is wrong"),
        (crashing.meets_a_full_disk, DiskFull, "no room"),
        (crashing.has_a_bug, RuntimeError, "ZeroDivisionError: in the worker"),
    ],
)
def test_errors_of_workers_come_through(
    tmp_path: Path, work: Work, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run(tmp_path, work)


def test_compilation_in_a_worker_is_reported(tmp_path: Path) -> None:
    _, display = run(tmp_path, crashing.compiles, n=1, jobs=1)
    assert display.kernels == [("shelf.advance", 2, 3)]


def test_ctrl_c_ends_the_workers_at_once(tmp_path: Path) -> None:
    marks = [tmp_path / f"pid-base-{i}" for i in (1, 2)]
    main = threading.main_thread().ident
    assert main is not None

    def press() -> None:
        wait_for(lambda: all(mark.is_file() and mark.read_text() for mark in marks))
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=press, daemon=True).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, crashing.reports_and_waits, n=2)
    assert time.monotonic() - began < 30
    pids = [int(mark.read_text()) for mark in marks]
    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_workers_end_when_their_parent_is_killed_outright(tmp_path: Path) -> None:
    script = (
        "from twin.runs.supervisor import Supervisor\n"
        "from twin.runs.progress import Display\n"
        "from twin.runs.replication import Task\n"
        "from tests.twin.runs import crashing\n"
        f"tasks = [Task({str(tmp_path)!r}, 'base', i) for i in (1, 2)]\n"
        "Supervisor(2, Display(), print, work=crashing.reports_and_waits).run(tasks)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    marks = [tmp_path / f"pid-base-{i}" for i in (1, 2)]
    wait_for(lambda: all(mark.is_file() and mark.read_text() for mark in marks))
    parent.kill()
    parent.wait()
    pids = [int(mark.read_text()) for mark in marks]
    wait_for(lambda: not any(alive(pid) for pid in pids))


def test_no_jobs_is_refused() -> None:
    with pytest.raises(ValueError, match=r"jobs\(=0\)"):
        Supervisor(0, Display(), print)
