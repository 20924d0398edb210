"""Which rule a scenario means by ``use``: a built-in name, or any Python class by its import path."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.parameters import Parameter, Scalar, parameters_of

if TYPE_CHECKING:
    from policies.reorder.base import CellFacts, ReorderPolicy
    from policies.reservation.base import ReservationFacts, ReservationPolicy
    from policies.routing.base import RoutingFacts, RoutingPolicy

BUILT_IN = {
    "base_stock": "policies.reorder.base_stock:BaseStock",
    "periodic": "policies.reorder.periodic:Periodic",
    "r_Q": "policies.reorder.r_q:RQ",
    "s_S": "policies.reorder.s_s:SS",
}

# Rules of the contract that are not there yet: another message than for a name nobody knows.
TO_COME = frozenset(
    {"dynamic", "echelon_base_stock", "lot_for_lot", "newsvendor", "perishable", "wagner_whitin"}
)

RESERVED = frozenset({"where", "use", "review", "source"})  # keys of the scenario's rule itself


@dataclass(frozen=True)
class Family:
    """What rules of one kind have in common.

    Attributes
    ----------
    built_in : dict of str to str
        Import paths by name.
    to_come : frozenset of str
        Names of the language that are not built yet.
    reserved : frozenset of str
        Keys of the scenario's rule itself, which no parameter may be called.
    methods : tuple of tuple of str
        What a class must be able to do: all the methods of one of these.
    """

    built_in: dict[str, str]
    to_come: frozenset[str]
    reserved: frozenset[str]
    methods: tuple[tuple[str, ...], ...]


FAMILIES = {
    "reorder": Family(BUILT_IN, TO_COME, RESERVED, (("quantity",), ("quantities",))),
    "reservation": Family(
        {"standard": "policies.reservation.standard:Standard"},
        frozenset(),
        frozenset({"use"}),
        (("hold", "promise"),),
    ),
    "routing": Family(
        {
            "cost": "policies.routing.cost:Cost",
            "min_splits": "policies.routing.min_splits:MinSplits",
            "proximity": "policies.routing.proximity:Proximity",
        },
        frozenset({"balanced", "chain", "hybrid", "performance"}),
        frozenset({"use"}),
        (("choose",),),
    ),
}


class UnknownPolicy(ValueError):
    """``use`` names nothing that can be had.

    Attributes
    ----------
    found : str
        What was given.
    expected : str
        What would have been right.
    nearest : str or None
        The built-in name closest to it.
    to_come : bool
        Whether it is a rule of the language that is not built yet.
    """

    def __init__(
        self, message: str, found: str, expected: str, nearest: str | None = None, to_come: bool = False
    ) -> None:
        self.found, self.expected, self.nearest, self.to_come = found, expected, nearest, to_come
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"{message}: found {found!r}, expected {expected}{hint}")


def names(kind: str = "reorder") -> tuple[str, ...]:
    """Return the names of the built-in rules of a kind (``FAMILIES``), sorted.

    Examples
    --------
    >>> names()
    ('base_stock', 'periodic', 'r_Q', 's_S')
    >>> names("routing")
    ('cost', 'min_splits', 'proximity')
    """
    return tuple(sorted(FAMILIES[kind].built_in))


def resolve(use: str, kind: str = "reorder") -> type:
    """Return the class that ``use`` names.

    Parameters
    ----------
    use : str
        A built-in name (:func:`names`) or an import path ``"package.module:Class"``.
    kind : str
        ``reorder``, ``reservation`` or ``routing``.

    Raises
    ------
    UnknownPolicy
        No such name, module or attribute, or not a class that can decide. An error inside a module that does
        exist is passed on as it is.

    Examples
    --------
    >>> resolve("r_Q").__name__
    'RQ'
    >>> resolve("rQ")
    Traceback (most recent call last):
    ...
    policies.registry.UnknownPolicy: no such reorder rule: found 'rQ', expected one of base_stock, \
periodic, r_Q, s_S, or an import path like acme.policies:OurRule; did you mean r_Q?
    """
    if ":" not in use:
        return _built_in(use, kind)
    module_name, _, class_name = use.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), *class_name.split("."))):
        raise UnknownPolicy("not an import path", use, "package.module:Class")
    found: Any = _import(module_name, use)
    for part in class_name.split("."):
        if not hasattr(found, part):
            near = get_close_matches(part, [name for name in dir(found) if not name.startswith("_")], 1)
            nearest = f"{module_name}:{near[0]}" if near else None
            raise UnknownPolicy(f"module {module_name} has no {part}", use, "a class of that module", nearest)
        found = getattr(found, part)
    if not isinstance(found, type) or not _decides(found, kind):
        ways = [" and ".join(way) for way in FAMILIES[kind].methods]
        plural = "s" if " and " in ways[0] else ""
        expected = f"a class with {'the' if plural else 'a'} method{plural} {' or '.join(ways)}"
        raise UnknownPolicy(f"not a {kind} rule", use, expected)
    return found


def _built_in(use: str, kind: str) -> type:
    family = FAMILIES[kind]
    if use in family.built_in:
        module_name, _, class_name = family.built_in[use].partition(":")
        found: type = getattr(importlib.import_module(module_name), class_name)
        return found
    expected = f"one of {', '.join(names(kind))}, or an import path like acme.policies:OurRule"
    if use in family.to_come:
        message = f"{kind} rule is part of the language but not built yet"
        raise UnknownPolicy(message, use, expected, to_come=True)
    folded = {name.lower().replace("_", ""): name for name in names(kind)}
    near = get_close_matches(use.lower().replace("_", "").replace("-", ""), list(folded), 1)
    raise UnknownPolicy(f"no such {kind} rule", use, expected, folded[near[0]] if near else None)


def _import(module_name: str, use: str) -> Any:
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        # Only what ``use`` itself names is the scenario's mistake; a module that fails to import another is
        # not.
        if error.name is None or not (module_name + ".").startswith(error.name + "."):
            raise
        where = "an installed package, or one on PYTHONPATH"
        raise UnknownPolicy(f"no module named {error.name}", use, where) from None


def _decides(candidate: type, kind: str) -> bool:
    return any(
        all(callable(getattr(candidate, method, None)) for method in way) for way in FAMILIES[kind].methods
    )


def parameters(use: str, kind: str = "reorder") -> dict[str, Parameter]:
    """Return the parameters that a scenario may give beside ``use``, by name and in order.

    Raises
    ------
    ValueError
        From :func:`resolve`, or a parameter that a scenario cannot write.

    Examples
    --------
    >>> [f"{p.name}: {p.expected}" for p in parameters("base_stock").values()]
    ['level: a whole number or auto', 'service: a number', 'minimum: a whole number']
    """
    known = parameters_of(resolve(use, kind))
    for name in known:
        if name in FAMILIES[kind].reserved:
            raise ValueError(f"{name}: {use} may not call a parameter so, a {kind} rule of a scenario does")
    return known


def default_review_days(use: str) -> float:
    """Return the days between reviews of a rule where the scenario names none; 0 is continuous review.

    Examples
    --------
    >>> default_review_days("periodic"), default_review_days("r_Q")
    (1.0, 0.0)
    """
    return float(getattr(resolve(use), "default_review_days", 0.0))


def read_parameters(use: str, given: Mapping[str, object], kind: str = "reorder") -> dict[str, Scalar]:
    """Return ``given`` with its values typed as the rule declares them.

    Raises
    ------
    ValueError
        An unknown name (with the nearest valid one), a missing one, or a value of the wrong type.

    Examples
    --------
    >>> read_parameters("r_Q", {"r": "10", "Q": "20"})
    {'r': 10, 'Q': 20}
    """
    known = parameters(use, kind)
    for name in given:
        if name not in known:
            folded = {each.lower(): each for each in known}
            near = get_close_matches(name.lower(), list(folded), 1)
            hint = f"; did you mean {folded[near[0]]}?" if near else ""
            raise ValueError(f"{name}: {use} has no such parameter, expected one of {', '.join(known)}{hint}")
    for name, parameter in known.items():
        if parameter.required and name not in given:
            raise ValueError(f"{name}: {use} needs it, expected {parameter.expected}")
    return {name: known[name].read(value) for name, value in given.items()}


def maker(use: str, given: Mapping[str, object]) -> Callable[[CellFacts], ReorderPolicy]:
    """Return what builds the rule that ``use`` names for any cells: its parameters are read once.

    A class that is no :class:`~policies.reorder.ReorderPolicy` but has its methods is wrapped to be one.

    Raises
    ------
    ValueError
        From :func:`resolve` or :func:`read_parameters`; what is returned passes on those of the rule itself.
    """
    from policies.reorder.base import ReorderPolicy
    from policies.reorder.own import Own

    kind, read = resolve(use), read_parameters(use, given)

    def build(cells: CellFacts) -> ReorderPolicy:
        rule = kind(cells, **read)
        return rule if isinstance(rule, ReorderPolicy) else Own(rule, cells)

    return build


def make(use: str, cells: CellFacts, given: Mapping[str, object]) -> ReorderPolicy:
    """Build the rule that ``use`` names for ``cells``; see :func:`maker`.

    Examples
    --------
    >>> from policies.reorder import CellFacts
    >>> make("r_Q", CellFacts.of(1), {"r": "10", "Q": "20"}).order_points().tolist()
    [10]
    """
    return maker(use, given)(cells)


def make_routing(use: str, facts: RoutingFacts, given: Mapping[str, object]) -> RoutingPolicy:
    """Build the routing rule that ``use`` names; a class of somebody's own is wrapped, its plans are checked.

    Raises
    ------
    ValueError
        From :func:`resolve`, :func:`read_parameters` or the rule itself.

    Examples
    --------
    >>> from policies.routing import RoutingFacts
    >>> make_routing("proximity", RoutingFacts.flat(), {"max_shipments": "3"}).max_shipments
    3
    """
    from policies.routing.own import Own

    rule: RoutingPolicy = resolve(use, "routing")(facts, **read_parameters(use, given, "routing"))
    return rule if use in FAMILIES["routing"].built_in else Own(rule, facts)


def make_reservation(use: str, facts: ReservationFacts, given: Mapping[str, object]) -> ReservationPolicy:
    """Build the reservation rule that ``use`` names; a class of somebody's own is wrapped, its answers are checked.

    Raises
    ------
    ValueError
        From :func:`resolve`, :func:`read_parameters` or the rule itself.

    Examples
    --------
    >>> from policies.reservation import ReservationFacts
    >>> make_reservation("standard", ReservationFacts(), {"soft_ttl": 900_000_000}).soft_ttl
    900000000
    """
    from policies.reservation.own import Own

    rule: ReservationPolicy = resolve(use, "reservation")(facts, **read_parameters(use, given, "reservation"))
    return rule if use in FAMILIES["reservation"].built_in else Own(rule, facts)


def source_digest(use: str, kind: str = "reorder") -> str:
    """Return a SHA-256 over the sources of the rule: every .py file of the package that defines it.

    A built-in's package is the whole of ``policies``; a module outside any package counts alone.
    """
    rule = resolve(use, kind)
    if rule.__module__.split(".")[0] == "policies":
        folder = Path(__file__).parent
        files = sorted(folder.rglob("*.py"))
    else:
        source = Path(inspect.getfile(rule))
        folder = source.parent
        files = sorted(folder.rglob("*.py")) if (folder / "__init__.py").exists() else [source]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()
