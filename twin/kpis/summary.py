"""Replications of every variant, reduced: what ``kpis.json`` says, and the rows of tables and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from twin.kpis.definitions import KPIS
from twin.kpis.frame import KpiFrame
from twin.kpis.intervals import Difference, Estimate, estimate, paired, welch
from twin.kpis.kpi import Kpi

if TYPE_CHECKING:
    import pyarrow as pa

# One KPI of one variant: its value by number of replication.
Samples: TypeAlias = Mapping[int, float]
# One variant: its KPIs by name.
KpiSamples: TypeAlias = Mapping[str, Samples]
# Overall values: variant -> kpi -> replication -> value.
Values: TypeAlias = Mapping[str, KpiSamples]

Verdict = Literal["better", "worse", "higher", "lower", "not significant", "same", ""]


@dataclass(frozen=True)
class Series:
    """KPIs of one variant of one run, and what they are to be compared with.

    ``reference`` is the label of another series, None for one that is a baseline itself; ``matched`` says
    whether replications of one number share their random numbers with it.
    """

    label: str
    kpis: KpiSamples
    reference: str | None = None
    matched: bool = True


@dataclass(frozen=True)
class Cell:
    """One KPI of one series; ``difference`` and ``verdict`` against its reference, where it has one."""

    estimate: Estimate
    samples: Samples
    difference: Difference | None
    verdict: Verdict


@dataclass(frozen=True)
class Row:
    """One KPI of several series, in their order; None where it cannot be told."""

    kpi: Kpi
    cells: tuple[Cell | None, ...]

    @property
    def zero(self) -> bool:
        """Whether the KPI is 0 in every replication of every series."""
        return all(not any(cell.samples.values()) for cell in self.cells if cell is not None)


def overall_values(frames: Mapping[str, Mapping[int, KpiFrame]]) -> dict[str, dict[str, dict[int, float]]]:
    """Overall KPIs of every variant and replication, in the order of the definitions.

    Parameters
    ----------
    frames : mapping of variant to mapping of replication to KpiFrame
    """
    values: dict[str, dict[str, dict[int, float]]] = {}
    for variant, replications in frames.items():
        overall = {replication: replications[replication].overall() for replication in sorted(replications)}
        told = {kpi: {r: row[kpi] for r, row in overall.items() if kpi in row} for kpi in KPIS}
        values[variant] = {kpi: samples for kpi, samples in told.items() if samples}
    return values


def values_of_rows(
    rows: pa.Table, *, dimension: str = "all", member: str = "all"
) -> dict[str, dict[str, dict[int, float]]]:
    """The same from the rows of ``kpis.parquet``, or of one member of a dimension.

    Variants come in the order of the rows.
    """
    import pyarrow.compute as pc

    if not rows.num_rows:
        return {}
    chosen = pc.and_(pc.equal(rows["dimension"], dimension), pc.equal(rows["member"], member))
    found: dict[str, dict[str, dict[int, float]]] = {}
    for row in rows.filter(chosen).select(["variant", "kpi", "replication", "value"]).to_pylist():
        found.setdefault(row["variant"], {}).setdefault(row["kpi"], {})[row["replication"]] = row["value"]
    return {variant: {kpi: kpis[kpi] for kpi in KPIS if kpi in kpis} for variant, kpis in found.items()}


def summarise(values: Values, *, run: str, scenario: str, level: float = 0.95) -> dict[str, Any]:
    """The structure of ``kpis.json``: mean, sd, interval, n and unit of each overall KPI of each variant.

    ``n`` is the number of replications in which the KPI could be told; ``sd`` and ``ci95`` are null when that
    is one.
    """
    replications = {r for kpis in values.values() for samples in kpis.values() for r in samples}
    return {
        "run": run,
        "scenario": scenario,
        "replications": len(replications),
        "variants": {
            variant: {
                kpi: as_dict(estimate(list(samples.values()), level)) | {"unit": KPIS[kpi].unit}
                for kpi, samples in kpis.items()
            }
            for variant, kpis in values.items()
        },
    }


def difference(candidate: Samples, baseline: Samples, *, matched: bool, level: float = 0.95) -> Difference:
    """Candidate less baseline: paired over the replications both have, or Welch's where they are not matched.

    Parameters
    ----------
    candidate, baseline : mapping of replication to value
    matched : bool
        Whether replications of one number share their random numbers.
    """
    shared = sorted(candidate.keys() & baseline.keys())
    if matched and shared:
        return paired([candidate[r] for r in shared], [baseline[r] for r in shared], level)
    return welch(list(candidate.values()), list(baseline.values()), level)


def verdict(kpi: Kpi, d: Difference) -> Verdict:
    """What a difference means for a KPI, in a word; empty where one replication cannot tell."""
    if d.mean == 0 and d.interval in (None, (0.0, 0.0)):
        return "same"
    if d.significant is None:
        return ""
    if not d.significant:
        return "not significant"
    if kpi.better == "neither":
        return "higher" if d.mean > 0 else "lower"
    return "better" if (d.mean > 0) == (kpi.better == "higher") else "worse"


def series_of(values: Values, baseline: str | None = None) -> list[Series]:
    """The variants of one run, the baseline first: they share seed and random numbers.

    Parameters
    ----------
    values : mapping
        As from :func:`overall_values`.
    baseline : str, optional
        Name of the variant the others are compared with; the first unless given.

    Raises
    ------
    ValueError
        When there is no variant of that name.
    """
    names = list(values)
    first = baseline if baseline is not None else (names[0] if names else "")
    if names and first not in names:
        raise ValueError(f"baseline(={first!r}) must be one of the variants {', '.join(names)}.")
    ordered = sorted(names, key=lambda name: name != first)  # stable: the others keep their order
    return [Series(name, values[name], None if name == first else first) for name in ordered]


def tabulate(series: Sequence[Series], level: float = 0.95) -> Iterator[Row]:
    """One row a KPI, in the order of the definitions; KPIs that no series can tell are left out."""
    by_label = {one.label: one.kpis for one in series}
    for kpi in KPIS.values():
        if any(kpi.name in one.kpis for one in series):
            yield Row(kpi, tuple(_cell(kpi, one, by_label, level) for one in series))


def as_dict(e: Estimate) -> dict[str, Any]:
    """An estimate as JSON has it."""
    interval = None if e.interval is None else list(e.interval)
    return {"mean": e.mean, "sd": e.sd, "ci95": interval, "n": e.n}


def _cell(kpi: Kpi, one: Series, by_label: Mapping[str, KpiSamples], level: float) -> Cell | None:
    samples = one.kpis.get(kpi.name)
    if not samples:
        return None
    mean = estimate(list(samples.values()), level)
    baseline = by_label.get(one.reference, {}).get(kpi.name) if one.reference is not None else None
    if not baseline:
        return Cell(mean, samples, None, "")
    change = difference(samples, baseline, matched=one.matched, level=level)
    return Cell(mean, samples, change, verdict(kpi, change))
