"""What runs inside a worker process. It lives exactly as long as the process that started it, and no longer.

A worker holds one end of a pipe. Through it go its reports; and when the other end closes, because the run
was stopped or its process died, the worker ends at once, whatever it is doing: no orphans.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from twin.runs.errors import DiskFull, for_a_person, is_input_error
from twin.runs.progress import Report, on_compiling
from twin.runs.replication import Finished, Plans, Task, perform

_plans = Plans()
_wire: Connection | None = None


@dataclass(frozen=True)
class Compiling:
    """Report of a worker: kernel `i` of `n` is being compiled."""

    name: str
    i: int
    n: int


@dataclass(frozen=True)
class Failure:
    """An error as it travels between processes: not every exception survives pickling.

    Attributes
    ----------
    message
        For a person.
    kind
        ``disk`` (no room left), ``user`` (bad input) or ``bug``.
    trace
        The traceback, for a bug.
    """

    message: str
    kind: str
    trace: str


def begin(wire: Connection) -> None:
    """Prepare a new worker: Ctrl-C is the business of the process that started it."""
    global _wire
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _wire = wire
    threading.Thread(target=_end_with, args=(wire,), daemon=True).start()
    on_compiling(lambda name, i, n: _send(Compiling(name, i, n)))


def work(task: Task) -> Finished | Failure:
    """Run a replication and say how it went; errors are returned, not raised."""
    try:
        return perform(task, _plans, _send)
    except DiskFull as error:
        return Failure(str(error), "disk", "")
    except Exception as error:
        known = is_input_error(error)
        return Failure(for_a_person(error), "user" if known else "bug", traceback.format_exc())


def _send(message: Report | Compiling) -> None:
    if _wire is not None:
        try:
            _wire.send(message)
        except OSError:  # nobody listens any more
            os._exit(1)


def _end_with(wire: Connection) -> None:
    with suppress(EOFError, OSError):
        wire.recv()
    os._exit(1)
