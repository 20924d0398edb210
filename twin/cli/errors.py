"""What the user did wrong, on stderr and with status 2; what we did wrong keeps its traceback."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

BAD_INPUT = 2
STOPPED = 128 + signal.SIGINT


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors of the user's into one message and exit status 2, and a stop into 130."""
    from twin.runs.errors import RunInterrupted, for_a_person, is_input_error

    try:
        yield
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except RunInterrupted as stop:
        typer.echo(f"{stop.status}; read what has finished in {stop.folder}", err=True)
        raise typer.Exit(STOPPED) from None
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(STOPPED) from None
    except Exception as error:
        if not is_input_error(error):
            raise
        typer.echo(for_a_person(error), err=True)
        raise typer.Exit(BAD_INPUT) from None


def fail(message: str) -> typer.Exit:
    """Print `message` and return the exit to be raised."""
    typer.echo(message, err=True)
    return typer.Exit(BAD_INPUT)


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """Treat a request to terminate like Ctrl-C: the run folder is brought in order first."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
