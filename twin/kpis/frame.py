"""KPIs of one replication as tidy columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Words:
    """A column of words, each stored once: row i reads ``words[codes[i]]``."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def array(self) -> NDArray[np.object_]:
        """The column as an array of str."""
        return np.array(self.words, dtype=object)[self.codes] if self.words else np.empty(0, dtype=object)

    def tolist(self) -> list[str]:
        """The column as a list."""
        return [self.words[code] for code in self.codes.tolist()]

    def to_arrow(self) -> pa.DictionaryArray:
        """The column as a dictionary-encoded Arrow array, without spelling out a word."""
        import pyarrow as pa

        return pa.DictionaryArray.from_arrays(pa.array(self.codes), pa.array(self.words, type=pa.string()))


@dataclass(frozen=True)
class KpiFrame:
    """KPIs of one replication; columns ``kpi``, ``dimension``, ``member``, ``value`` of one length.

    What is over the whole network and horizon has dimension and member ``all``. A KPI that cannot be told (a
    ratio whose denominator is zero) has no row.
    """

    kpi: Words
    dimension: Words
    member: Words
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.value)

    def get(self, kpi: str, dimension: str = "all", member: str = "all") -> float | None:
        """One value, or None where it has no row."""
        return self.by(dimension, kpi).get(member)

    def by(self, dimension: str, kpi: str) -> dict[str, float]:
        """Values of a KPI by member of a dimension."""
        if kpi not in self.kpi.words or dimension not in self.dimension.words:
            return {}
        rows = np.flatnonzero(
            (self.kpi.codes == self.kpi.words.index(kpi))
            & (self.dimension.codes == self.dimension.words.index(dimension))
        )
        names, values = self.member.codes[rows].tolist(), self.value[rows].tolist()
        return {self.member.words[code]: value for code, value in zip(names, values, strict=True)}

    def overall(self) -> dict[str, float]:
        """Every KPI over the whole network and horizon."""
        if "all" not in self.dimension.words:
            return {}
        rows = np.flatnonzero(self.dimension.codes == self.dimension.words.index("all"))
        kpis, values = self.kpi.codes[rows].tolist(), self.value[rows].tolist()
        return {self.kpi.words[code]: value for code, value in zip(kpis, values, strict=True)}

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns as plain arrays by name."""
        return {
            "kpi": self.kpi.array(),
            "dimension": self.dimension.array(),
            "member": self.member.array(),
            "value": self.value,
        }

    def to_arrow(self, *, variant: str, replication: int) -> pa.Table:
        """Rows of ``kpis.parquet``: variant, replication, kpi, dimension, member, value."""
        import pyarrow as pa

        head = arrow_head(variant, replication, len(self))
        words = {"kpi": self.kpi, "dimension": self.dimension, "member": self.member}
        body = {name: column.to_arrow() for name, column in words.items()}
        return pa.table(head | body | {"value": pa.array(self.value)})


def arrow_head(variant: str, replication: int, rows: int) -> dict[str, Any]:
    """The columns that say which replication of which variant the rows are of."""
    import pyarrow as pa

    return {
        "variant": Words(np.zeros(rows, dtype=np.int32), (variant,)).to_arrow(),
        "replication": pa.array(np.full(rows, replication, dtype=np.int32)),
    }


class FrameBuilder:
    """Collects KPIs column by column and numbers each word once."""

    def __init__(self) -> None:
        self._kpis: dict[str, int] = {}
        self._dimensions: dict[str, int] = {}
        self._members: dict[str, int] = {}
        self._blocks: list[tuple[int, int, NDArray[np.int32], NDArray[np.float64]]] = []

    def members(self, names: Iterable[str]) -> NDArray[np.int32]:
        """Codes of member names, to be passed to ``add``."""
        return np.array([self._members.setdefault(n, len(self._members)) for n in names], dtype=np.int32)

    def add(self, kpi: str, dimension: str, members: NDArray[np.int32], values: NDArray[np.float64]) -> None:
        """Add the values of one KPI for members of one dimension."""
        kpi_code = self._kpis.setdefault(kpi, len(self._kpis))
        dimension_code = self._dimensions.setdefault(dimension, len(self._dimensions))
        self._blocks.append((kpi_code, dimension_code, members, values))

    def frame(self) -> KpiFrame:
        """All that was added, in that order."""
        lengths = [len(values) for *_, values in self._blocks]
        kpi = np.repeat(np.array([block[0] for block in self._blocks], dtype=np.int32), lengths)
        dimension = np.repeat(np.array([block[1] for block in self._blocks], dtype=np.int32), lengths)
        member = np.concatenate([np.empty(0, np.int32), *(block[2] for block in self._blocks)])
        value = np.concatenate([np.empty(0), *(block[3] for block in self._blocks)])
        return KpiFrame(
            Words(kpi, tuple(self._kpis)),
            Words(dimension, tuple(self._dimensions)),
            Words(member, tuple(self._members)),
            value,
        )
