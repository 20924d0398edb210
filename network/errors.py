"""What can be wrong with a network, said so that the line to mend is found."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

Path = tuple[str | int, ...]


def show_path(path: Path) -> str:
    """Return a path as a scenario writes it.

    Examples
    --------
    >>> show_path(("lanes", 2, "from"))
    'lanes[2].from'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class NetworkError(ValueError):
    """Something is wrong with a network.

    Attributes
    ----------
    path : tuple of str and int
        Where, from the root of what was given: ``("lanes", 2, "from")``.
    message : str
        What is wrong.
    found : object
        What was found there.
    expected : str
        What would be right.
    nearest : str or None
        The valid name closest to what was found.
    more : tuple of NetworkError
        What else is wrong with the same network.
    """

    def __init__(
        self, path: Path, message: str, *, found: object, expected: str, nearest: str | None = None
    ) -> None:
        self.path, self.message = path, message
        self.found, self.expected, self.nearest = found, expected, nearest
        self.more: tuple[NetworkError, ...] = ()
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"{show_path(path)}: {message}: found {found!r}, expected {expected}{hint}")


def nearest_name(name: object, names: Iterable[str]) -> str | None:
    """Return the valid name that is closest to ``name``, or None when none is close.

    Examples
    --------
    >>> nearest_name("F2", ["F1", "S1"])
    'F1'
    >>> nearest_name("warehouse", ["F1", "S1"])
    """
    folded = {each.lower(): each for each in names}
    close = get_close_matches(str(name).lower(), list(folded), 1, cutoff=0.5)
    return folded[close[0]] if close else None
