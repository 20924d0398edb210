"""What the record must hold to be under way, from what was ordered and what was heard of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.twin.scenes import Ran
from twin.events import Kind


def expected_inbound(ran: Ran) -> NDArray[np.int64]:
    """Units ordered towards each cell of which no receipt was heard yet, each receipt once."""
    units, seen = np.zeros(ran.plan.cells, np.int64), set[int]()
    for opening in ran.plan.orders:
        units[opening.cell] += opening.units
    for order in ran.orders:
        np.add.at(units, order.cells, order.units)
    for message, _ in ran.heard:
        if message.kind == Kind.RECEIPT and message.sequence not in seen:
            seen.add(message.sequence)
            np.subtract.at(units, message.cells, message.other)
    return units
