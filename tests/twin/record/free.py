"""What the record has nothing of, counted from its cells."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twin.record.state import Record


def nothing_free(record: Record, first: NDArray[np.int64]) -> list[int]:
    """Cells of each location (the first of which ``first`` tells) of which nothing is on hand and promised to nobody."""
    free = record.cells["on_hand"] - record.cells["committed"] - record.cells["reserved"]
    return [int((free[first:end] <= 0).sum()) for first, end in pairwise(first.tolist())]
