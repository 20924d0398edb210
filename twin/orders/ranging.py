"""Where the search for a SKU begins: the first candidate of a zone that ranges it at all.

SKUs that the same locations range are of one kind: a network whose stores all range the same ones has but a few. Nobody before that
candidate can promise a unit, whatever else changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.routing.columns import LOCATION
from twin.orders.state import NONE

MOST_KINDS = 1024  # more than this, each assortment its own, and the search begins at the nearest candidate


class Ranging(NamedTuple):
    """Kinds of SKUs, and who ranges them; s SKUs, z zones."""

    kinds: NDArray[np.int32]  # (s,)
    nearest: NDArray[np.int32]  # (z, kinds): place among the candidates of a zone; how many they are where none ranges the kind


def ranging_of(
    nodes: NDArray[np.void], places: NDArray[np.int32], skus: int, candidate_first: NDArray[np.int64],
    candidates: NDArray[np.int64],
) -> Ranging:  # fmt: skip
    """Kinds of SKUs by who ranges them, and the first candidate of each zone for each kind.

    ``nodes`` and ``places`` are those of the book, ``candidates`` and ``candidate_first`` its candidates by zone.
    """
    zones = candidate_first.size - 1
    assortments, which = np.unique(np.stack([nodes["sheet"], nodes["size"]], axis=1), axis=0, return_inverse=True)
    ranged = np.stack([_ranges(places, sheet, size, skus) for sheet, size in assortments.tolist()])  # (assortments, s)
    packed, one_of, kinds = np.unique(np.packbits(ranged, axis=0), axis=1, return_index=True, return_inverse=True)
    if packed.shape[1] > MOST_KINDS:
        return Ranging(np.zeros(skus, np.int32), np.zeros((zones, 1), np.int32))
    by_location = ranged[:, one_of][which.reshape(-1)]  # (locations, kinds)
    nearest = np.zeros((zones, one_of.size), np.int32)
    for zone in range(zones):
        mine = candidates[candidate_first[zone] : candidate_first[zone + 1], LOCATION]
        has = by_location[mine]
        nearest[zone] = np.where(has.any(axis=0), has.argmax(axis=0), mine.size) if mine.size else 0
    return Ranging(kinds.reshape(-1).astype(np.int32), nearest)


def _ranges(places: NDArray[np.int32], sheet: int, size: int, skus: int) -> NDArray[np.bool_]:
    return np.arange(skus) < size if sheet == NONE else places[sheet] != NONE
