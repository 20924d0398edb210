"""Which rule a scenario means by ``use``: a built-in name, or any Python class by its import path."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policies.parameters import Parameter, Scalar, parameters_of

if TYPE_CHECKING:
    from policies.reorder.base import CellFacts, ReorderPolicy

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


def names() -> tuple[str, ...]:
    """Return the names of the built-in reorder rules, sorted.

    Examples
    --------
    >>> names()
    ('base_stock', 'periodic', 'r_Q', 's_S')
    """
    return tuple(sorted(BUILT_IN))


def resolve(use: str) -> type:
    """Return the class that ``use`` names.

    Parameters
    ----------
    use : str
        A built-in name (:func:`names`) or an import path ``"package.module:Class"``.

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
        return _built_in(use)
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
    if not isinstance(found, type) or not _decides(found):
        raise UnknownPolicy("not a reorder rule", use, "a class with a method quantity or quantities")
    return found


def _built_in(use: str) -> type:
    if use in BUILT_IN:
        module_name, _, class_name = BUILT_IN[use].partition(":")
        found: type = getattr(importlib.import_module(module_name), class_name)
        return found
    expected = f"one of {', '.join(names())}, or an import path like acme.policies:OurRule"
    if use in TO_COME:
        message = "reorder rule is part of the language but not built yet"
        raise UnknownPolicy(message, use, expected, to_come=True)
    folded = {name.lower().replace("_", ""): name for name in names()}
    near = get_close_matches(use.lower().replace("_", "").replace("-", ""), list(folded), 1)
    raise UnknownPolicy("no such reorder rule", use, expected, folded[near[0]] if near else None)


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


def _decides(candidate: type) -> bool:
    return any(callable(getattr(candidate, method, None)) for method in ("quantity", "quantities"))


def parameters(use: str) -> dict[str, Parameter]:
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
    known = parameters_of(resolve(use))
    for name in known:
        if name in RESERVED:
            raise ValueError(f"{name}: {use} may not call a parameter so, a reorder rule of a scenario does")
    return known


def default_review_days(use: str) -> float:
    """Return the days between reviews of a rule where the scenario names none; 0 is continuous review.

    Examples
    --------
    >>> default_review_days("periodic"), default_review_days("r_Q")
    (1.0, 0.0)
    """
    return float(getattr(resolve(use), "default_review_days", 0.0))


def read_parameters(use: str, given: Mapping[str, object]) -> dict[str, Scalar]:
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
    known = parameters(use)
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


def source_digest(use: str) -> str:
    """Return a SHA-256 over the sources of the rule: every .py file of the package that defines it.

    A built-in's package is the whole of ``policies``; a module outside any package counts alone.
    """
    rule = resolve(use)
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
