"""What a benchmark gives: figures with units, and how they are taken and printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number; ``aim`` is what it is held against, in words."""

    what: str
    value: float
    unit: str
    aim: str = ""

    def __str__(self) -> str:
        digits = 0 if abs(self.value) >= 1000 else 1 if abs(self.value) >= 100 else 2 if abs(self.value) >= 1 else 3
        return f"{self.what:<58} {self.value:>12,.{digits}f} {self.unit:<14} {self.aim}".rstrip()


def wall(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def repeated(work: Callable[[], float], times: int) -> tuple[float, float]:
    """Best and median of what ``work`` returns, seconds, over so many repeats."""
    seconds = [work() for _ in range(times)]
    return min(seconds), statistics.median(seconds)


def rates(what: str, count: int, best: float, median: float, unit: str, aim: str = "") -> list[Figure]:
    """A rate in millions a second, best and median."""
    return [
        Figure(f"{what}, best", count / best / 1e6, f"M {unit}/s", aim),
        Figure(f"{what}, median", count / median / 1e6, f"M {unit}/s"),
    ]
