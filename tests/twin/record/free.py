"""What the record has nothing of, counted from its cells."""

from __future__ import annotations

from itertools import pairwise

from twin.record.state import Record


def nothing_free(record: Record) -> list[int]:
    """Cells of each location of which nothing is on hand and promised to nobody."""
    free = record.cells["on_hand"] - record.cells["committed"] - record.cells["reserved"]
    firsts = record.firsts.tolist()
    return [int((free[first:end] <= 0).sum()) for first, end in pairwise(firsts)]
