"""Read off a rule's constructor which parameters it takes, and read their values from text."""

from __future__ import annotations

import inspect
import math
import types
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Scalar = bool | int | float | str | None

REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule.

    Attributes
    ----------
    name : str
        As a scenario writes it, letter case included.
    types : tuple of type
        What it may be, of ``bool``, ``int``, ``float``, ``str`` and ``NoneType``.
    words : tuple of str
        Words it may be, such as ``auto``; with no ``types``, a closed choice.
    default : object
        Its value where the scenario gives none; ``REQUIRED`` when it must.
    """

    name: str
    types: tuple[type, ...]
    words: tuple[str, ...]
    default: Any

    @property
    def required(self) -> bool:
        """Whether a scenario must give it."""
        return self.default is REQUIRED

    @property
    def expected(self) -> str:
        """What a value must be, in words for an error message.

        Examples
        --------
        >>> Parameter("level", (int,), ("auto",), "auto").expected
        'a whole number or auto'
        """
        names = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        kinds = [names[kind] for kind in (bool, int, float, str) if kind in self.types]
        if int in self.types and float in self.types:
            kinds.remove(names[int])
        return " or ".join([*kinds, *self.words]) or "nothing"

    def read(self, value: object) -> Scalar:
        """Return ``value``, given as text or already typed, as this parameter's type.

        Raises
        ------
        ValueError
            With what was expected and found.

        Examples
        --------
        >>> level = Parameter("level", (int,), ("auto",), "auto")
        >>> level.read("14"), level.read("auto"), level.read(3)
        (14, 'auto', 3)
        >>> level.read("1.5")
        Traceback (most recent call last):
        ...
        ValueError: level: expected a whole number or auto, found '1.5'
        """
        if isinstance(value, str) and value in self.words:
            return value
        if value is None and types.NoneType in self.types:
            return None
        for kind in (bool, int, float, str):
            if kind in self.types:
                read = _read_as(kind, value)
                if read is not None:
                    return read
        raise ValueError(f"{self.name}: expected {self.expected}, found {value!r}")


def _read_as(kind: type, value: object) -> Scalar:
    """``value`` as ``kind``, or None where it is not one."""
    if isinstance(value, bool) or kind is bool:
        word = str(value).lower()
        return word == "true" if kind is bool and word in ("true", "false") else None
    if kind is str:
        return value if isinstance(value, str) else None
    if isinstance(value, float) and kind is int:
        return int(value) if value.is_integer() else None
    if not isinstance(value, (str, int, float)) or "_" in str(value):
        return None
    try:
        read = int(value) if kind is int else float(value)
    except ValueError:
        return None
    return read if math.isfinite(read) else None


def parameters_of(rule: type) -> dict[str, Parameter]:
    """Return the parameters of a rule's constructor, in order: all but the first, which is its cells.

    Parameters
    ----------
    rule : type
        A class constructed as ``rule(cells, **parameters)``.

    Raises
    ------
    ValueError
        The constructor takes no cells, or a parameter that a scenario cannot write.

    Examples
    --------
    >>> class Ours:
    ...     def __init__(self, cells, *, boost: float = 1.5, mode: Literal["fast", "slow"] = "fast"): ...
    >>> {p.name: p.expected for p in parameters_of(Ours).values()}
    {'boost': 'a number', 'mode': 'fast or slow'}
    """
    signature = inspect.signature(rule)
    try:
        hints = get_type_hints(rule.__init__)  # type: ignore[misc]  # a class's own constructor, as written
    except NameError:  # an annotation that only a type checker can resolve
        hints = {}
    named = [p for p in signature.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not named or named[0].kind is inspect.Parameter.KEYWORD_ONLY:
        raise ValueError(f"{rule.__qualname__} must take the facts about its cells as its first argument")
    return {p.name: _parameter(rule, p, hints.get(p.name)) for p in named[1:]}


def _parameter(rule: type, p: inspect.Parameter, hint: Any) -> Parameter:
    kinds, words = _kinds(_guess(p.default) if hint is None else hint)
    if kinds is None:
        raise ValueError(f"{rule.__qualname__}: a scenario cannot write {p.name}, whose type is {hint}")
    return Parameter(p.name, kinds, words, p.default)


def _guess(default: object) -> Any:
    """The type of a parameter without an annotation: its default's, or any."""
    if default is REQUIRED or default is None:
        return int | float | str | None
    return type(default)


def _kinds(hint: Any) -> tuple[tuple[type, ...] | None, tuple[str, ...]]:
    """The scalar types and words of an annotation; None for types where it has any other."""
    if hint in (bool, int, float, str, types.NoneType):
        return (hint,), ()
    if get_origin(hint) is Literal and all(isinstance(word, str) for word in get_args(hint)):
        return (), get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        found: tuple[type, ...] = ()
        words: tuple[str, ...] = ()
        for part in get_args(hint):
            kinds, more = _kinds(part)
            if kinds is None:
                return None, ()
            found, words = found + kinds, words + more
        return found, words
    return None, ()
