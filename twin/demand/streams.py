"""Streams of demand as the generator reads them: flat integer tables, shared wherever two streams are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.compiled import inlined
from twin.demand.rhythm import Patterns, Rhythm, patterns
from twin.opened import array_at
from twin.random.laws import ONE, Whole, moments, negative_binomial


@dataclass(frozen=True, eq=False)
class Choice:
    """Which of a location's SKUs a line is for: shares of the SKUs at ``local`` places of its assortment.

    Compared by identity: locations with the same assortment share one.
    """

    local: NDArray[np.int32]
    sku: NDArray[np.int32]
    share: NDArray[np.float64]  # sums to 1


@dataclass(frozen=True)
class Stream:
    """Lines at one location, ``per_day`` on average, spread over its SKUs by ``choice``.

    ``size`` is the law of a line's units; None stands for shrink: one unit gone unseen. ``overdispersion`` is the variance of a
    day's lines over their mean. ``entity`` is the permanent slot of its random numbers.
    """

    location: int
    first_cell: int
    entity: int
    per_day: float
    choice: Choice
    size: Whole | None
    rhythm: Rhythm = field(default_factory=Rhythm)
    overdispersion: float = 1.0

    def unit_moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and variance a day of the units of each SKU of ``choice``, on an average day."""
        if self.size is None:
            return np.zeros(self.choice.share.size), np.zeros(self.choice.share.size)
        first, second = moments(self.size)
        lines = self.per_day * self.choice.share
        spread = lines * (1.0 + (self.overdispersion - 1.0) * self.choice.share)
        return lines * first, lines * (second - first * first) + spread * first * first


@dataclass(frozen=True)
class Clockwork:
    """A line of one cell every ``every`` µs from the start of the run."""

    location: int
    cell: int
    sku: int
    entity: int
    every: int
    size: Whole


T = TypeVar("T")


class StreamTables(NamedTuple):
    """Streams as arrays, S of them; laws, choices and patterns are concatenated and found by offset."""

    location: NDArray[np.int16]
    first_cell: NDArray[np.int64]
    entity: NDArray[np.int64]
    shrinks: NDArray[np.uint8]
    rhythm: NDArray[np.int32]
    choice: NDArray[np.int32]
    size_law: NDArray[np.int32]
    count_law: NDArray[np.int32]  # (S, patterns of the rhythm with most)
    of_day: NDArray[np.int32]  # (rhythms, days): pattern within the rhythm
    edges_first: NDArray[np.int32]  # (rhythms,)
    edges: NDArray[np.int64]  # (patterns, 97)
    edges_guide: NDArray[np.int32]  # (patterns, 256)
    stretch: NDArray[np.float64]  # (patterns, 96)
    law_first: NDArray[np.int64]
    law_offset: NDArray[np.int64]
    law_length: NDArray[np.int64]
    thresholds: NDArray[np.int64]
    choice_offset: NDArray[np.int64]
    choice_bits: NDArray[np.int64]
    guide_offset: NDArray[np.int64]
    guide: NDArray[np.int32]
    last: NDArray[np.uint32]  # the last uniform number that stands for a choice
    dense: NDArray[np.uint8]  # whether choice i stands for the i-th place of the assortment and for SKU i
    local: NDArray[np.int32]  # the place in the assortment of a choice that is not dense
    sku: NDArray[np.int32]


_I8, _I4, _I2, _U1 = np.int64, np.int32, np.int16, np.uint8


@inlined()
def open_streams(t: NDArray[np.int64]) -> StreamTables:
    """The streams behind a table made by ``twin.memory.table_of``; for kernels."""
    return StreamTables(
        array_at(t, 0, _I2, 1),
        array_at(t, 1, _I8, 1),
        array_at(t, 2, _I8, 1),
        array_at(t, 3, _U1, 1),
        array_at(t, 4, _I4, 1),
        array_at(t, 5, _I4, 1),
        array_at(t, 6, _I4, 1),
        array_at(t, 7, _I4, 2),
        array_at(t, 8, _I4, 2),
        array_at(t, 9, _I4, 1),
        array_at(t, 10, _I8, 2),
        array_at(t, 11, _I4, 2),
        array_at(t, 12, np.float64, 2),
        array_at(t, 13, _I8, 1),
        array_at(t, 14, _I8, 1),
        array_at(t, 15, _I8, 1),
        array_at(t, 16, _I8, 1),
        array_at(t, 17, _I8, 1),
        array_at(t, 18, _I8, 1),
        array_at(t, 19, _I8, 1),
        array_at(t, 20, _I4, 1),
        array_at(t, 21, np.uint32, 1),
        array_at(t, 22, _U1, 1),
        array_at(t, 23, _I4, 1),
        array_at(t, 24, _I4, 1),
    )


class _LawArrays(TypedDict):
    law_first: NDArray[np.int64]
    law_offset: NDArray[np.int64]
    law_length: NDArray[np.int64]
    thresholds: NDArray[np.int64]


class _ChoiceArrays(TypedDict):
    choice_offset: NDArray[np.int64]
    choice_bits: NDArray[np.int64]
    guide_offset: NDArray[np.int64]
    guide: NDArray[np.int32]
    last: NDArray[np.uint32]
    dense: NDArray[np.uint8]
    local: NDArray[np.int32]
    sku: NDArray[np.int32]


class _Shelf(Generic[T]):
    """Numbers things in the order they are first met."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}
        self.things: list[T] = []

    def number(self, key: object, thing: T) -> int:
        if key not in self.numbers:
            self.numbers[key] = len(self.things)
            self.things.append(thing)
        return self.numbers[key]


@dataclass
class _Builder:
    laws: _Shelf[Whole] = field(default_factory=_Shelf)
    choices: _Shelf[Choice] = field(default_factory=_Shelf)
    rhythms: _Shelf[Patterns] = field(default_factory=_Shelf)

    def law(self, law: Whole) -> int:
        return self.laws.number(law, law)

    def count_laws(self, stream: Stream, rhythm: Patterns) -> list[int]:
        means = (stream.per_day * rhythm.factor).tolist()
        return [self.law(negative_binomial(mean, mean * stream.overdispersion)) for mean in means]


def stream_tables(streams: Sequence[Stream], start_us: int, days: int) -> StreamTables:
    """Flatten ``streams``, ordered by location, for a run of ``days`` days from ``start_us``."""
    build = _Builder()
    for rhythm in dict.fromkeys(s.rhythm for s in streams):
        build.rhythms.number(rhythm, patterns(rhythm, start_us, days))
    rhythm_of = [build.rhythms.numbers[s.rhythm] for s in streams]
    counts = [build.count_laws(s, build.rhythms.things[r]) for s, r in zip(streams, rhythm_of, strict=True)]
    size = [build.law(s.size) if s.size is not None else 0 for s in streams]
    choice = [build.choices.number(id(s.choice), s.choice) for s in streams]
    widest = max((len(row) for row in counts), default=1)
    rhythms = build.rhythms.things
    edges = [p.edges for p in rhythms]
    return StreamTables(
        location=np.array([s.location for s in streams], np.int16),
        first_cell=np.array([s.first_cell for s in streams], np.int64),
        entity=np.array([s.entity for s in streams], np.int64),
        shrinks=np.array([s.size is None for s in streams], np.uint8),
        rhythm=np.array(rhythm_of, np.int32),
        choice=np.array(choice, np.int32),
        size_law=np.array(size, np.int32),
        count_law=np.array([row + [0] * (widest - len(row)) for row in counts], np.int32).reshape(-1, widest),
        of_day=np.array([p.of_day for p in rhythms], np.int32).reshape(-1, days),
        edges_first=_offsets([len(e) for e in edges]).astype(np.int32),
        edges=np.concatenate(edges) if edges else np.zeros((0, 97), np.int64),
        edges_guide=np.concatenate([p.guide for p in rhythms]) if rhythms else np.zeros((0, 256), np.int32),
        stretch=np.concatenate([p.stretch for p in rhythms]) if rhythms else np.zeros((0, 96)),
        **law_arrays(build.laws.things),
        **_choice_arrays(build.choices.things),
    )


def _offsets(lengths: list[int]) -> NDArray[np.int64]:
    return (
        np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64) if lengths else np.zeros(0, np.int64)
    )


def law_arrays(laws: Sequence[Whole]) -> _LawArrays:
    """Laws of whole numbers, one behind the other."""
    arrays = [law.array for law in laws] or [np.array([ONE], np.int64)]
    return {
        "law_first": np.array([law.first for law in laws] or [0], np.int64),
        "law_offset": _offsets([a.size for a in arrays]),
        "law_length": np.array([a.size for a in arrays], np.int64),
        "thresholds": np.concatenate(arrays),
    }


def _guide(cumulative: NDArray[np.int64], bits: int) -> NDArray[np.int32]:
    """For each of 2**bits equal steps of a uniform number, where to begin looking in ``cumulative``."""
    steps = np.arange(1 << bits, dtype=np.int64) << (32 - bits)
    return np.searchsorted(cumulative, steps, side="right").astype(np.int32)


def _is_dense(choice: Choice) -> bool:
    places = np.arange(choice.local.size)
    return bool(np.array_equal(choice.local, places) and np.array_equal(choice.sku, places))


def _choice_arrays(choices: list[Choice]) -> _ChoiceArrays:
    last, bits, guides = [np.zeros(0, np.uint32)], [], []
    for choice in choices:
        edges = np.rint(np.cumsum(choice.share) / np.cumsum(choice.share)[-1] * ONE).astype(np.int64)
        edges[-1] = ONE
        last.append(np.maximum(edges - 1, 0).astype(np.uint32))  # no guide points to a choice without a share that comes first
        bits.append(min(16, max(0, int(edges.size).bit_length())) if edges.size > 1 else 0)
        guides.append(_guide(edges, bits[-1]))
    empty = np.zeros(0, np.int64)
    return {
        "choice_offset": _offsets([part.size for part in last[1:]]),
        "choice_bits": np.array(bits, np.int64),
        "guide_offset": _offsets([g.size for g in guides]),
        "guide": np.concatenate(guides) if guides else empty.astype(np.int32),
        "last": np.concatenate(last),
        "dense": np.array([_is_dense(choice) for choice in choices], np.uint8),
        "local": np.concatenate([*(choice.local for choice in choices), empty]).astype(np.int32),
        "sku": np.concatenate([*(choice.sku for choice in choices), empty]).astype(np.int32),
    }
