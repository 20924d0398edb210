"""What a feed can have wrong with it: a row that cannot be read, or a file that cannot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

LISTED = 1_000
"""So many bad rows are kept with their line; the rest are counted."""


class FeedError(ValueError):
    """A feed that cannot be read: no such file or column, bad rows in strict mode, no readable row at all."""


@dataclass(frozen=True)
class BadRow:
    """One row that was left out.

    Attributes
    ----------
    line
        Line of the file, from 1 with the header counted; in Parquet, which has no lines, the row from 1.
    column
        Name of the column in the file; ``""`` where the row as a whole cannot be split.
    value
        What stood there, cut to 80 characters.
    reason
        What was expected instead.
    """

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where} (={self.value!r}) {self.reason}"


@dataclass
class BadRows:
    """Bad rows in the order of the file: all counted, the first thousand listed."""

    count: int = 0
    listed: list[BadRow] = field(default_factory=list)

    @property
    def room(self) -> int:
        """How many more are listed."""
        return LISTED - len(self.listed)

    def extend(self, count: int, rows: Iterable[BadRow]) -> None:
        """Count ``count`` more and list ``rows`` as far as there is room; the others are not even made."""
        self.count += count
        self.listed.extend(_first(self.room, rows))


def _first(number: int, rows: Iterable[BadRow]) -> Iterator[BadRow]:
    if number > 0:
        for index, row in enumerate(rows, start=1):
            yield row
            if index == number:
                return


def shorten(value: object, width: int = 80) -> str:
    """Return the value as a message shows it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    text = "" if value is None else str(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ``" (nearest: 'x')"`` for the name most like ``name``, or nothing."""
    folded = {other.casefold(): other for other in names}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f" (nearest: {folded[close[0]]!r})" if close else ""
