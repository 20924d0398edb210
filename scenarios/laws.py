"""The families of distributions that a scenario may name, and the sets of parameters that each takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

#: Each family with its sets of parameters; a distribution gives exactly one set, complete.
PARAMETERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "constant": (("value",), ("mean",)),
    "exponential": (("mean",), ("median",)),
    "lognormal": (("mean", "cv"), ("mean", "sd"), ("median", "p95"), ("mu", "sigma")),
    "gamma": (("mean", "cv"), ("mean", "sd"), ("shape", "scale")),
    "erlang": (("mean", "shape"),),
    "uniform": (("low", "high"), ("mean", "sd"), ("mean", "cv")),
    "triangular": (("low", "mode", "high"),),
    "normal": (("mean", "sd"), ("mean", "cv"), ("median", "p95")),
    "poisson": (("mean",),),
    "negative_binomial": (("mean", "cv"), ("mean", "sd"), ("r", "p")),
    "geometric": (("mean",), ("p",)),
    "empirical": (("values",), ("values", "weights")),
}

#: Families over whole numbers, which are no laws of time.
DISCRETE: Final = frozenset({"poisson", "negative_binomial", "geometric"})
#: Sets without a unit, hence not for durations.
UNITLESS: Final = frozenset({("mu", "sigma"), ("r", "p"), ("p",)})


def sets_of(dist: str, *, durations: bool = False) -> tuple[tuple[str, ...], ...]:
    """The sets of parameters that `dist` takes."""
    sets = PARAMETERS.get(dist, ())
    return tuple(keys for keys in sets if not (durations and keys in UNITLESS))


def say_sets(dist: str, *, durations: bool = False) -> str:
    """The sets of parameters in words: `mean and cv, or median and p95`."""
    return ", or ".join(" and ".join(keys) for keys in sets_of(dist, durations=durations))


def kept(dist: str, base: Iterable[str], overlay: Iterable[str]) -> set[str]:
    """Which parameters of `base` still have a meaning once `overlay` is laid over it.

    A parameter that the (possibly new) family does not have goes, and so does one that contradicts the
    overlay: with `median` and `p95` in the base and `mean` and `cv` in the overlay, the former two go.
    """
    before, after = set(base), set(overlay)
    fitting = [set(keys) for keys in PARAMETERS.get(dist, ()) if after <= set(keys)]
    if not fitting:
        return before & {key for keys in PARAMETERS.get(dist, ()) for key in keys}
    best = max(fitting, key=lambda keys: (len(keys & before), -len(keys)))
    return best & before
