"""The picture of the README: a run's table of KPIs as it looks in a terminal, as SVG. `python docs/picture.py RUN`."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

import twin
from twin.kpis.summary import series_of
from twin.runs.table import renderables

TARGET = Path(__file__).parent / "images" / "two-stores.svg"


def main(folder: str) -> None:
    """Draw the KPIs of a run folder."""
    run = twin.load_run(folder)
    console = Console(record=True, width=112, force_terminal=True, file=io.StringIO(), highlight=False)
    for part in renderables(series_of(run.values(), None), title="twin run two-stores", level=0.95, console=console):
        console.print(part)
    svg = console.export_svg(title="two-stores: ten replications, and a variant that orders earlier")
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)  # no font is fetched from anywhere
    TARGET.write_text(svg.replace("Fira Code", "ui-monospace, Menlo, Consolas"), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
