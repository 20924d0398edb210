"""Replications on the processors of one machine: workers may be killed, and the run finishes all the same.

Each worker stands behind a one-place `ProcessPoolExecutor` of its own, a *lane*. When a process dies, the
pool it breaks held one task: the death is put down to the right one and no other worker is disturbed. The
lane is built anew and the task run again, with the same result; it is set aside after three deaths.
"""

from __future__ import annotations

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import Pipe, get_context, resource_tracker
from multiprocessing.connection import Connection, wait

from twin.runs import worker
from twin.runs.errors import DiskFull, Quarantined, WorkerFailed
from twin.runs.progress import Display, Report
from twin.runs.replication import Finished, Task

DEATHS = 3
POLL_S = 0.05
Work = Callable[[Task], "Finished | worker.Failure"]


class Supervisor:
    """Runs tasks in `jobs` worker processes.

    Parameters
    ----------
    jobs
        Worker processes at a time, at least 1.
    display
        Is told how far each replication is.
    on_finished
        Called in this process with each replication that has finished.
    deaths
        After how many deaths of its worker a task is set aside.
    work
        What a worker does with a task; a function at the top level of a module.
    """

    def __init__(
        self,
        jobs: int,
        display: Display,
        on_finished: Callable[[Finished], None],
        *,
        deaths: int = DEATHS,
        work: Work = worker.work,
    ) -> None:
        if jobs < 1:
            raise ValueError(f"jobs(={jobs}) must be at least 1.")
        self._jobs = jobs
        self._display = display
        self._on_finished = on_finished
        self._deaths = deaths
        self._work = work
        self._died: Counter[str] = Counter()
        self._set_aside: list[Task] = []

    def run(self, tasks: Sequence[Task]) -> None:
        """Run all tasks; return when each has finished.

        Raises
        ------
        Quarantined
            Once all others have finished, when a task killed its worker too often.
        WorkerFailed, DiskFull
            At once, when a replication met an error of the user's or a full disk.
        RuntimeError
            At once, with the worker's traceback, when a replication met a bug.
        KeyboardInterrupt
            On Ctrl-C. Whatever is raised, no worker is left behind.
        """
        waiting = deque(tasks)
        lanes = [_Lane(self._work) for _ in range(min(self._jobs, len(waiting)))]
        try:
            while waiting or any(lane.busy for lane in lanes):
                for lane in lanes:
                    if waiting and not lane.busy:
                        lane.submit(waiting.popleft())
                self._listen(lanes)
                for lane in lanes:
                    if lane.busy and lane.future.done():
                        waiting.extendleft(self._collect(lane))
        except BaseException:
            for lane in lanes:
                lane.cut()
            raise
        finally:
            for lane in lanes:
                lane.close()
        if self._set_aside:
            names = ", ".join(task.key for task in self._set_aside)
            raise Quarantined(
                f"{names}: the worker process died {self._deaths} times (killed, or out of memory?); "
                "try fewer --jobs, or --jobs 1 to see what happens"
            )

    def _listen(self, lanes: Sequence[_Lane]) -> None:
        """Wait a moment for reports and pass them on."""
        by_wire = {lane.wire: lane for lane in lanes if lane.busy and not lane.deaf}
        if not by_wire:
            time.sleep(POLL_S)
        for wire in wait(list(by_wire), POLL_S):
            assert isinstance(wire, Connection)
            lane = by_wire[wire]
            message = lane.hear()
            if isinstance(message, Report):
                self._display.report(lane.task.key, message)
            elif isinstance(message, worker.Compiling):
                self._display.compiling(message.name, message.i, message.n)

    def _collect(self, lane: _Lane) -> list[Task]:
        """Take what a lane has come to; return the task if it is to be run again."""
        task = lane.task
        try:
            outcome = lane.future.result()
        except BrokenProcessPool:
            lane.rebuild()
            self._died[task.key] += 1
            if self._died[task.key] < self._deaths:
                self._display.again(task.key, self._died[task.key])
                return [task]
            self._set_aside.append(task)
            return []
        lane.busy = False
        if isinstance(outcome, worker.Failure):
            _raise(task, outcome)
        else:
            self._on_finished(outcome)
        return []


class _Lane:
    """One worker process, its pool of one place, and our end of the pipe between us."""

    future: Future[Finished | worker.Failure]
    task: Task

    def __init__(self, work: Work) -> None:
        self._work = work
        self.busy = False
        self.rebuild()

    def rebuild(self) -> None:
        """Start over with a new pool; its process starts with the first task."""
        if hasattr(self, "_pool"):
            self.close()
        self.busy = self.deaf = False
        self.wire, self._far_end = Pipe(duplex=True)
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=worker.begin, initargs=(self._far_end,)
        )

    def submit(self, task: Task) -> None:
        with _no_ctrl_c():
            try:
                self.future = self._pool.submit(self._work, task)
            except BrokenProcessPool:  # it died with nothing to do: nobody's fault
                self.rebuild()
                self.future = self._pool.submit(self._work, task)
        self._far_end.close()  # the worker has its own now; without this we would never see it close
        self.task, self.busy = task, True

    def hear(self) -> object:
        """The next report, or None once the worker has gone."""
        try:
            return self.wire.recv()
        except (EOFError, OSError):
            self.deaf = True
            return None

    def cut(self) -> None:
        """Have the worker end at once: its end of the pipe closes."""
        self.wire.close()
        self._far_end.close()

    def close(self) -> None:
        """Let the process go and wait until it has."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.cut()


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Start a process that Ctrl-C does not reach, from its first instruction on; ours comes a bit later."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: the worker ignores it as soon as it has started
        yield
        return
    resource_tracker.ensure_running()  # it would lift the mask when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _raise(task: Task, failure: worker.Failure) -> None:
    if failure.kind == "disk":
        raise DiskFull(failure.message)
    if failure.kind == "user":
        raise WorkerFailed(failure.message)
    raise RuntimeError(f"replication {task.key} failed in its worker process:\n{failure.trace}")
