"""The benchmarks by name, each run in a fresh process so that none pays for another's memory or warm caches."""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import platform
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.bench.figures import Figure

BENCHMARKS = {
    "kernel": "the shelf lane over 25 million cells, truth and record",
    "pipeline": "national-pos, day by day: generate, truth, channel, record, reviews, trucks, KPIs",
    "against_simpy": "a plain SimPy model on the same lines, with the same results",
    "small": "one store, one SKU, 10,000 days",
    "startup": "`twin --help`, and two-stores to its first event",
    "quickstart": "the quickstart, split into its parts",
    "decisions": "reorder rules: one cell at a time and many at once",
    "feeds": "reading recorded feeds",
    "routing": "routing rules: compiled, plain and one's own",
    "orders": "web orders through their whole life: hold, route, reserve, pick, pack, ship, deliver",
    "carts": "web carts drawn, 1.8 lines each among 50,000 SKUs",
}


def measure(name: str) -> list[Figure]:
    """Figures of one benchmark, taken in this process."""
    figures: list[Figure] = importlib.import_module(f"tests.bench.{name}").measure()
    return figures


def afresh(name: str) -> list[Figure]:
    """Figures of one benchmark, taken in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as fresh:
        return fresh.submit(measure, name).result()


def machine() -> str:
    """One line on what it runs on, load included: a busy machine gives other figures."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.2f}"
    )


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what this machine does.")
    listed = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which: {listed}; all of them when left out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"unknown benchmark {unknown[0]!r}; there are {listed}")
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are asked for and print their figures."""
    asked = _asked(arguments)
    written: dict[str, object] = {}
    for name in asked.names or BENCHMARKS:
        before = machine()
        print(f"\n{name}: {BENCHMARKS[name]}\n  ({before})", flush=True)
        figures = afresh(name)
        for figure in figures:
            print(f"  {figure}", flush=True)
        written[name] = {"machine": before, "figures": [asdict(figure) for figure in figures]}
    if asked.json is not None:
        asked.json.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    return 0
