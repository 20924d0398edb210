"""The parameters of policies: their names and types come from the policies themselves.

Reorder rules and policies of one's own are asked through `policies.registry`. The built-in ones of reservation and
routing take times and shares as the language writes them, so their parameters are listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Protocol

from scenarios import values
from scenarios.errors import listing, nearest_name
from scenarios.fields import fault, kind_of
from scenarios.values import ValueFault


class Parameter(Protocol):
    """What must be known of a parameter; the registry's parameters are such."""

    @property
    def expected(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def default(self) -> Any: ...
    def read(self, value: object, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A parameter of a policy that is listed here: what it is, how it is read, its default as text."""

    expected: str
    parse: Callable[[str], Any]
    written: str | None = None
    required: bool = False

    @property
    def default(self) -> Any:
        """The default with its type; None where there is none."""
        return None if self.written is None else self.parse(self.written)

    def read(self, value: object, /) -> Any:
        """The value of a text."""
        return self.parse(str(value))


_AMOUNT: Final = Listed("a number of at least 0", values.amount)
_SPLITS: Final = {
    "max_shipments": Listed("a whole number of at least 1", values.positive_count),
    "split_penalty": _AMOUNT,
    "split_min_value": _AMOUNT,
    "split_lines": Listed("true or false", values.boolean, "false"),
    "reject_cooldown": Listed("a duration", values.duration),
}

#: Policies by kind and name.
LISTED: Final[dict[str, dict[str, dict[str, Listed]]]] = {
    "reservation": {
        "standard": {
            "soft_ttl": Listed("a duration", values.positive_duration, "30m"),
            "hard_ttl": Listed("a duration", values.positive_duration, "48h"),
            "oversell": Listed("a share", values.share, ".10"),
            "partial": Listed("true or false", values.boolean, "false"),
            "backorder_limit": Listed("a whole number of at least 0", values.count),
        }
    },
    "routing": {
        "proximity": _SPLITS,
        "cost": _SPLITS,
        "min_splits": _SPLITS,
    },
}
#: Policies that the language names and this version does not have.
TO_COME: Final[dict[str, frozenset[str]]] = {
    "routing": frozenset({"balanced", "chain", "hybrid", "performance"}),
    "reservation": frozenset(),
}


def names(kind: str) -> tuple[str, ...]:
    """The names of the built-in policies of a kind."""
    if kind in LISTED:
        return tuple(LISTED[kind])
    from policies import registry

    return registry.names()


def of(kind: str, use: str) -> Mapping[str, Parameter]:
    """The parameters of a policy by name.

    Raises
    ------
    PydanticCustomError
        There is no such policy, or its code cannot be imported.
    """
    if kind in LISTED and ":" not in use:
        if use not in LISTED[kind]:
            _refuse(kind, use, built=use not in TO_COME[kind])
        return LISTED[kind][use]
    from policies import registry

    try:
        return registry.parameters(use, kind)
    except registry.UnknownPolicy as error:
        _refuse(kind, use, error.nearest, error.expected, built=not error.to_come)
    except Exception as error:  # whatever somebody's own module does when it is imported
        raise fault(
            f"cannot be used: {type(error).__name__}: {error}", at=("use",), found=f'"{use}"'
        ) from error


def _refuse(
    kind: str, use: str, nearest: str | None = None, expected: str | None = None, *, built: bool
) -> NoReturn:
    if not built:
        raise fault("is part of the language but not built yet", at=("use",), found=f'"{use}"', built=False)
    known = names(kind)
    raise fault(
        f"no such {kind} policy",
        at=("use",),
        found=f'"{use}"',
        expected=expected or f"one of {listing(known)}, or an import path like acme.policies:OurRule",
        nearest=nearest or nearest_name(use, known),
    )


def default_review_days(use: str) -> float:
    """Days between reviews of a reorder rule where the scenario names none; 0 is continuous review."""
    from policies import registry

    return registry.default_review_days(use)


def known(kind: str, use: str) -> set[str] | None:
    """The names of a policy's parameters, or None where there is no such policy."""
    try:
        return set(of(kind, use))
    except ValueError:  # pydantic's errors are such
        return None


def read(kind: str, use: str, beside: Mapping[str, Any], own: Iterable[str]) -> dict[str, Any]:
    """Give the parameters beside `use` their types and check their values.

    Parameters
    ----------
    kind, use
        Which policy.
    beside
        The keys beside `use`, as text.
    own
        The keys of the rule itself, for the nearest name.

    Raises
    ------
    PydanticCustomError
        An unknown policy or parameter, a missing one, a value that it cannot have.
    """
    parameters = of(kind, use)
    typed: dict[str, Any] = {}
    for key, value in beside.items():
        if key not in parameters:
            takes = f"one of {listing([*parameters])}" if parameters else "no parameter"
            near = nearest_name(key, [*parameters, *own])
            raise fault(
                f"{use} has no such parameter", at=(key,), found=f"`{key}`", expected=takes, nearest=near
            )
        typed[key] = _read_one(key, value, parameters[key])
        if kind not in LISTED and isinstance(typed[key], int) and abs(typed[key]) > values.MOST_UNITS:
            expected = f"at most {values.MOST_UNITS:,} units"
            raise fault("more than can be kept", at=(key,), found=kind_of(value), expected=expected)
    for key, parameter in parameters.items():
        if parameter.required and key not in typed:
            raise fault("is missing", at=(key,), expected=f"{parameter.expected}, which {use} needs")
    if kind not in LISTED:
        _try_out(use, typed, beside)
    return typed


def _read_one(key: str, value: object, parameter: Parameter) -> Any:
    if not isinstance(value, str):
        raise fault("not a single value", at=(key,), found=kind_of(value), expected=parameter.expected)
    try:
        return parameter.read(value)
    except ValueFault as error:
        raise fault(
            error.message, at=(key,), found=kind_of(value), expected=error.expected, nearest=error.nearest
        ) from None
    except ValueError:
        raise fault(
            "not a valid value", at=(key,), found=kind_of(value), expected=parameter.expected
        ) from None


def _try_out(use: str, typed: Mapping[str, Any], beside: Mapping[str, Any]) -> None:
    """Let a built-in rule judge its parameters: it is the one that knows that S must be above s."""
    from policies import registry

    if use not in registry.BUILT_IN:
        return
    from policies.reorder.base import CellFacts

    try:
        registry.make(use, CellFacts.of(0), typed)
    except ValueError as error:
        said = re.fullmatch(r"(\w+)\(=(.*?)\) must (?:be )?(.*)", str(error), re.DOTALL)
        if said is None or said[1] not in typed:
            raise fault(str(error)) from None
        raise fault("out of range", at=(said[1],), found=kind_of(beside[said[1]]), expected=said[3]) from None
