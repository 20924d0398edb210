"""Things a worker may do with a task, for the tests of the supervisor."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from twin.runs import worker
from twin.runs.progress import Report
from twin.runs.replication import Finished, Task


def finished(task: Task) -> Finished:
    digest = f"{task.variant}/{task.replication}"
    return Finished(task.variant, task.replication, 7, digest, digest, 100, 0.5, 1)


def attempts(task: Task) -> int:
    """Count this attempt at the task in its folder and return how many there have been."""
    marks = Path(task.folder) / f"attempts-{task.key}"
    with marks.open("a") as file:
        file.write("x")
    return len(marks.read_text())


def calmly(task: Task) -> Finished:
    worker._send(Report(5, 0, 10, 50))
    return finished(task)


def dies_once(task: Task) -> Finished:
    if attempts(task) == 1 and task.replication == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return finished(task)


def always_dies(task: Task) -> Finished:
    attempts(task)
    if task.replication == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return finished(task)


def reports_and_waits(task: Task) -> Finished:
    (Path(task.folder) / f"pid-{task.key}").write_text(str(os.getpid()))
    time.sleep(600)
    return finished(task)


def fails(task: Task) -> worker.Failure:
    return worker.Failure(f"{task.key} is wrong", "user", "")


def has_a_bug(task: Task) -> worker.Failure:
    try:
        raise ZeroDivisionError("in the worker")
    except ZeroDivisionError:
        import traceback

        return worker.Failure("", "bug", traceback.format_exc())


def meets_a_full_disk(task: Task) -> worker.Failure:
    return worker.Failure("no room", "disk", "")


def compiles(task: Task) -> Finished:
    from twin.runs.progress import compiling

    compiling("shelf.advance", 2, 3)
    return finished(task)
