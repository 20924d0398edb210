"""What is wrong with a scenario, said so that a person can put it right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place: a file and a line counted from 1 (0: not in a file, as for ``--set``)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class ScenarioError(ValueError):
    """One fault of a scenario.

    Parameters
    ----------
    message
        What is wrong, without place or key.
    where
        File and line.
    path
        The key path as one would write it after ``--set``.
    found, expected
        What stands there, and what could.
    nearest
        The valid name that is most like what was found.
    """

    def __init__(
        self,
        message: str,
        *,
        where: Where | None = None,
        path: str = "",
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> None:
        self.message = message
        self.where = where or Where("")
        self.path = path
        self.found = found
        self.expected = expected
        self.nearest = nearest
        super().__init__(self.text())

    @property
    def file(self) -> str:
        return self.where.file

    @property
    def line(self) -> int:
        return self.where.line

    def text(self) -> str:
        """The whole message on one line."""
        parts = [self.message]
        if self.found is not None:
            parts.append(f"found {self.found}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        if self.nearest is not None:
            parts.append(f"did you mean `{self.nearest}`?")
        place = [str(self.where)] if self.where.file else []
        return ": ".join([*place, *([self.path] if self.path else []), "; ".join(parts)])

    def __reduce__(self) -> tuple[object, ...]:  # keyword-only arguments survive a trip between processes
        return _rebuild, (
            type(self),
            self.message,
            self.where,
            self.path,
            self.found,
            self.expected,
            self.nearest,
        )


class NotBuiltError(ScenarioError):
    """A key that is part of the language but whose meaning this version does not simulate."""


class ScenarioErrors(ScenarioError):
    """All faults found in a scenario; its own place is that of the first.

    Iterating yields each :class:`ScenarioError`, in the order of the file.
    """

    def __init__(self, errors: Iterable[ScenarioError]) -> None:
        self.errors: tuple[ScenarioError, ...] = tuple(errors)
        if not self.errors:
            raise ValueError("errors(=()) must hold at least one error")
        first = self.errors[0]
        super().__init__(
            first.message,
            where=first.where,
            path=first.path,
            found=first.found,
            expected=first.expected,
            nearest=first.nearest,
        )

    def text(self) -> str:
        return "\n".join(error.text() for error in self.errors)

    def __iter__(self) -> Iterator[ScenarioError]:
        return iter(self.errors)

    def __len__(self) -> int:
        return len(self.errors)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.errors,)


def _rebuild(
    kind: type[ScenarioError],
    message: str,
    where: Where,
    path: str,
    found: str | None,
    expected: str | None,
    nearest: str | None,
) -> ScenarioError:
    return kind(message, where=where, path=path, found=found, expected=expected, nearest=nearest)


def nearest_name(name: str, valid: Iterable[str]) -> str | None:
    """The name of `valid` most like `name`, or None where none is alike.

    Examples
    --------
    >>> nearest_name("locatons", ["lanes", "locations"])
    'locations'
    """
    import difflib

    names = {candidate.casefold(): candidate for candidate in sorted(valid, reverse=True)}
    close = difflib.get_close_matches(name.casefold(), sorted(names), n=1, cutoff=0.5)
    return names[close[0]] if close else None


def listing(names: Sequence[str], most: int = 12) -> str:
    """Names in a row, cut where they are too many to read."""
    shown = ", ".join(names[:most])
    return f"{shown}, … ({len(names)} in all)" if len(names) > most else shown
