"""Runs beside each other: every KPI of each, and how sure it is that they differ.

Replications of two runs with one seed share their random numbers, so their differences are taken replication
by replication (paired); those of other runs are compared by Welch's interval. Where runs with one seed have
different numbers of replications, only those that all of them have are shown: means and differences are then of
the same replications.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from twin.kpis.summary import Cell, KpiSamples, Row, Series, as_dict, tabulate, values_of_rows
from twin.runs.errors import RunError
from twin.runs.results import Run, load_run


@dataclass(frozen=True)
class Source:
    """One of the runs compared."""

    label: str
    folder: Path
    seed: int
    status: str
    variants: dict[str, KpiSamples]


@dataclass(frozen=True)
class Comparison:
    """Series of several runs, each with the series it is compared with.

    ``sources`` are the runs, the baseline's first; ``series`` their variants; ``level`` the confidence of
    intervals; ``notes`` say what was left out.
    """

    sources: tuple[Source, ...]
    series: tuple[Series, ...]
    level: float
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        """One row a KPI, with a cell for each of ``series``."""
        return tabulate(self.series, self.level)

    def print(self, file: TextIO | None = None) -> None:
        """Print the table; plain lines where ``file`` (standard output) is no terminal."""
        from twin.runs.table import print_series

        print_series(self.series, title=self.title, level=self.level, file=file)
        for note in self.notes:
            print(note, file=file)
        for source in self.sources:
            if source.status != "complete":
                print(f"{source.label} is not complete ({source.status}).", file=file)

    @property
    def title(self) -> str:
        """The runs by name."""
        return " · ".join(source.label for source in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        series: list[dict[str, Any]] = [
            {"label": one.label, "reference": one.reference, "kpis": {}} for one in self.series
        ]
        for row in self.rows():
            for entry, cell in zip(series, row.cells, strict=True):
                if cell is not None:
                    entry["kpis"][row.kpi.name] = _entry(row, cell)
        return {"level": self.level, "notes": list(self.notes), "series": series}

    def html(self) -> str:
        """A self-contained report: one file, no script, nothing fetched."""
        from twin.runs.compare_html import report

        return report(self)

    def write_html(self, path: str | Path) -> None:
        """Write the report to a file, whole or not at all."""
        from twin.runs.durable import write_text

        write_text(Path(path), self.html())


def compare(
    runs: Sequence[str | Path],
    *,
    baseline: str | None = None,
    level: float = 0.95,
    dimension: str = "all",
    member: str = "all",
) -> Comparison:
    """Compare run folders, or the variants of one.

    Parameters
    ----------
    runs : sequence of path
        Run folders; unfinished ones count with what has finished.
    baseline : str, optional
        Label of the series that all others are compared with. Unless given, a variant is compared with the
        one of its name in the first run, or else with the first run's first variant.
    level : float
        Confidence of the intervals.
    dimension, member : str
        What the KPIs are of, such as ``location`` and ``S1``; the whole network unless given.

    Raises
    ------
    RunError
        When a folder is no run, has nothing to compare, or is given twice; or for an unknown baseline.
    """
    if not 0 < level < 1:
        raise RunError(f"level {level}: expected a number between 0 and 1")
    opened = [load_run(run) for run in runs]
    if not opened:
        raise RunError("nothing to compare: expected at least one run folder")
    labels = _labels(opened)
    sources = [_source(run, label, dimension, member) for run, label in zip(opened, labels, strict=True)]
    sources, notes = _shared(sources)
    series = _series(sources) if baseline is None else _against(baseline, _series(sources), sources)
    return Comparison(tuple(sources), tuple(series), level, tuple(notes))


def _shared(sources: Sequence[Source]) -> tuple[list[Source], list[str]]:
    """Of the runs with one seed, the replications that all their variants have; and words where that leaves some out."""
    result, notes = list(sources), []
    for seed in dict.fromkeys(source.seed for source in sources):
        together = [source for source in sources if source.seed == seed]
        numbers = {(s.label, name): _numbers(kpis) for s in together for name, kpis in s.variants.items()}
        common = frozenset.intersection(*numbers.values())
        if all(one == common for one in numbers.values()):
            continue
        counts = ", ".join(f"{_name_of(key, together)} has {len(one)}" for key, one in numbers.items())
        if not common:
            notes.append(f"No replication is shared ({counts}): differences are not paired.")
            continue
        notes.append(
            f"Shown are the {len(common)} replications that all have, means and differences alike ({counts})."
            if len(common) > 1
            else f"Shown is the one replication that all have ({counts})."
        )
        result = [_restricted(source, common) if source.seed == seed else source for source in result]
    return result, notes


def _numbers(kpis: KpiSamples) -> frozenset[int]:
    return frozenset(number for samples in kpis.values() for number in samples)


def _name_of(key: tuple[str, str], sources: Sequence[Source]) -> str:
    label, variant = key
    if len(sources) == 1:
        return variant
    return label if all(len(source.variants) == 1 for source in sources) else f"{label}/{variant}"


def _restricted(source: Source, numbers: frozenset[int]) -> Source:
    variants: dict[str, KpiSamples] = {
        variant: {
            kpi: chosen
            for kpi, samples in kpis.items()
            if (chosen := {n: value for n, value in samples.items() if n in numbers})
        }
        for variant, kpis in source.variants.items()
    }
    return replace(source, variants=variants)


def _labels(runs: Sequence[Run]) -> list[str]:
    """The shortest names that tell the runs apart: of the scenario, of the folder, or the whole path."""
    for names in (
        [str(run.info["scenario"]) for run in runs],
        [run.folder.resolve().name for run in runs],
        [str(run.folder.resolve()) for run in runs],
    ):
        if len(set(names)) == len(names):
            return names
    again = next(name for i, name in enumerate(names) if name in names[:i])
    raise RunError(f"{again}: given twice")


def _source(run: Run, label: str, dimension: str, member: str) -> Source:
    values = values_of_rows(run.kpi_rows(), dimension=dimension, member=member)
    if not values:
        where = "" if dimension == "all" else f" for {dimension} {member}"
        raise RunError(f"{run.folder}: has no KPIs{where} to compare ({run.status})")
    ordered: dict[str, KpiSamples] = {name: values[name] for name in run.variants if name in values}
    return Source(label, run.folder, int(run.info["seed"]), run.status, ordered)


def _series(sources: Sequence[Source]) -> list[Series]:
    """Every variant of every run, beside the one of its name in the first run where there is one."""
    first, others = sources[0], sources[1:]
    leader = next(iter(first.variants))
    repeated = {variant for source in others for variant in source.variants}
    series = []
    for source in sources:
        for variant, kpis in source.variants.items():
            to = variant if source is not first and variant in first.variants else leader
            alone = source is first and (variant == leader or variant in repeated)
            reference = None if alone else _name(first, to, sources)
            series.append(Series(_name(source, variant, sources), kpis, reference, source.seed == first.seed))
    return series


def _against(baseline: str, series: Sequence[Series], sources: Sequence[Source]) -> list[Series]:
    """Every series against the one named."""
    seeds = {_name(source, name, sources): source.seed for source in sources for name in source.variants}
    if baseline not in seeds:
        raise RunError(f"no series {baseline!r} to compare with; expected one of {', '.join(seeds)}")
    ordered = sorted(series, key=lambda one: one.label != baseline)  # stable: the others keep their order
    return [
        Series(
            one.label,
            one.kpis,
            None if one.label == baseline else baseline,
            seeds[one.label] == seeds[baseline],
        )
        for one in ordered
    ]


def _name(source: Source, variant: str, sources: Sequence[Source]) -> str:
    if len(sources) == 1:
        return variant
    return source.label if all(len(s.variants) == 1 for s in sources) else f"{source.label}/{variant}"


def _entry(row: Row, cell: Cell) -> dict[str, Any]:
    entry = as_dict(cell.estimate) | {"unit": row.kpi.unit}
    if cell.difference is not None:
        d = cell.difference
        interval = None if d.interval is None else list(d.interval)
        entry["difference"] = {
            "mean": d.mean, "interval": interval, "n": d.n, "paired": d.paired, "verdict": cell.verdict,
        }  # fmt: skip
    return entry
