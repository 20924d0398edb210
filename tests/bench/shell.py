"""Running commands as a person does, and how long they take."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def seconds_of(*arguments: str) -> tuple[float, str]:
    """Seconds and output of this Python with arguments, started afresh; fails where the command fails."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return seconds, done.stdout


def twin_seconds(*arguments: str) -> float:
    """Seconds that a ``twin`` command takes."""
    return seconds_of("-m", "twin", *arguments)[0]
