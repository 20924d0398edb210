"""What can go wrong with a run and is not the program's fault: one line for a person, never a traceback."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Errors of the user's that other packages raise. They are looked for only where their module has been
# imported, since what was not imported cannot have raised: reporting a misspelt option imports nothing heavy.
_INPUT_ERRORS = (
    ("scenarios.errors", "ScenarioError"),
    ("network.checks", "NetworkError"),
    ("adapters.problems", "FeedError"),
    ("twin.errors", "TwinError"),
)

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class RunError(Exception):
    """A run could not be started, finished or read; the message says why and what to do."""


class DiskFull(RunError):
    """The run folder's file system has no room left; what was finished before stays readable."""


class Quarantined(RunError):
    """A replication killed its worker time after time and was set aside; all others have finished."""


class WorkerFailed(RunError):
    """A replication in another process met an error of the user's; the message is that error's own."""


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C in the middle of a run, raised once the run folder is in order.

    Attributes
    ----------
    folder
        The run folder; its finished replications can be read with `twin.load_run`.
    status
        For instance ``interrupted: 3 of 10``.
    """

    def __init__(self, folder: Path, status: str) -> None:
        super().__init__(f"{status} in {folder}")
        self.folder = folder
        self.status = status


def is_disk_full(error: BaseException) -> bool:
    """Whether `error` says that no more can be written: disk, quota or file-size limit."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def is_input_error(error: BaseException) -> bool:
    """Whether `error` is the user's to put right: a scenario, a feed, a file or memory that is not there."""
    if isinstance(
        error, (RunError, FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError)
    ):
        return True
    for module, name in _INPUT_ERRORS:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return True
    return is_disk_full(error)


def for_a_person(error: BaseException) -> str:
    """The message of an input error; for one of the system, the file and what was wrong with it."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
