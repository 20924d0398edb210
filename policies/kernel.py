"""One function, two speeds: plain Python, and machine code where numba is installed.

A rule marked with :func:`kernel` is called like any function and is then plain Python. Its attribute
``compiled`` is the same function compiled by numba on first use; other compiled code may simply call the rule
by its name. Numba is imported only then, so that importing a policy stays cheap and works without it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

# No fastmath: reordering of sums would give other bits on other processors. The numpy error model leaves out
# the tests for division by zero, which would cost a branch in every inner loop.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}

FEW = 4096  # of an array: below this many values, compiling costs more than it gains


class Kernel(Generic[P, R]):
    """A function with a plain and a compiled form that give the same bits.

    Attributes
    ----------
    plain : callable
        The function as written.
    compiled : callable
        The compiled form (a numba dispatcher), made on first access; ``plain`` where numba is missing.

    Notes
    -----
    Write only what both forms understand alike: numbers, arrays, ``math.sqrt``, ``math.floor``,
    ``math.frexp``, ``math.ldexp`` and other kernels. Integers are 64 bits wide when compiled and do not warn
    when they overflow.
    """

    plain: Callable[P, R]

    def __init__(self, function: Callable[P, R]) -> None:
        self.plain = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.plain(*args, **kwargs)

    @functools.cached_property
    def compiled(self) -> Callable[P, R]:
        try:
            import numba
        except ImportError:
            return self.plain
        try:
            return cast(Callable[P, R], numba.njit(cache=True, **OPTIONS)(self.plain))
        except RuntimeError:  # no place to keep a cache: a function typed at a prompt, or a read-only machine
            return cast(Callable[P, R], numba.njit(**OPTIONS)(self.plain))

    @property
    def _numba_type_(self) -> Any:
        """What numba asks of a name that it meets in compiled code: here, the compiled form's type."""
        return cast(Any, self.compiled)._numba_type_

    def __reduce__(self) -> str:
        """Pickle by name, as functions are."""
        return cast(str, cast(Any, self).__qualname__)

    def __repr__(self) -> str:
        return f"<kernel {cast(Any, self).__module__}.{cast(Any, self).__qualname__}>"


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Mark ``function`` as a kernel.

    Examples
    --------
    >>> @kernel
    ... def twice(x: float) -> float:
    ...     return 2.0 * x
    >>> twice(4.0)
    8.0
    """
    return Kernel(function)


def numba_available() -> bool:
    """Whether compiled forms are to be had, without importing numba."""
    from importlib.util import find_spec

    return find_spec("numba") is not None
