"""Which column of a file holds what: our names, the mapping, the columns that are there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.problems import FeedError, nearest

NAMES = {
    "time": "when the line was sold",
    "location": "id of the store",
    "sku": "id of the item",
    "quantity": "whole units, above 0",
    "price": "money a unit (may be left out)",
    "basket": "id of the receipt (may be left out)",
}
"""The columns of a point-of-sale feed, and what each holds."""

REQUIRED = ("time", "location", "sku", "quantity")


def chosen(
    path: Path,
    mapping: Mapping[str, str],
    required: Sequence[str],
    present: Sequence[str],
    names: Mapping[str, str] = NAMES,
) -> dict[str, str]:
    """Return the file's column of each of our names that is mapped or present.

    Parameters
    ----------
    path
        The file, for messages.
    mapping
        Our name → the file's name; what is left out has the same name in both.
    required
        Our names that must be there.
    present
        The file's columns.
    names
        The columns there may be, and what each holds.

    Raises
    ------
    FeedError
        An unknown name in the mapping; a mapped or required column that the file lacks, or has twice.
    """
    for ours in (*mapping, *required):
        if ours not in names:
            known = ", ".join(names)
            raise FeedError(f"{path}: columns: {ours!r} is none of {known}{nearest(ours, names)}")
    found = {}
    for ours in names:
        theirs = mapping.get(ours, ours)
        if theirs in present:
            if list(present).count(theirs) > 1:
                raise FeedError(f"{path}: has two columns {theirs!r}: rename one, or map {ours} to another")
            found[ours] = theirs
        elif ours in mapping or ours in required:
            columns = ", ".join(present) or "none"
            written = (
                f"columns: {{{ours}: {theirs}}}" if ours in mapping else f"columns: {{{ours}: NAME}} names it"
            )
            raise FeedError(
                f"{path}: no column {theirs!r} for {ours} ({names[ours]}); {written}; "
                f"the file has: {columns}{nearest(theirs, present)}"
            )
    return found
