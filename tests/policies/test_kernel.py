"""The kernel decorator: plain until compiled, callable from compiled code, picklable, cached."""

from __future__ import annotations

import builtins
import math
import pickle
from typing import Any

import numba
import numpy as np
import pytest

from policies import kernel as kernel_module
from policies.elementary import exp
from policies.kernel import kernel, numba_available


@kernel
def area(radius: float) -> float:
    """Area of a circle."""
    return math.pi * radius * radius


@kernel
def ring(inner: float, outer: float) -> float:
    """Area between two circles: one kernel that calls another."""
    return area(outer) - area(inner)


def test_it_is_a_function_like_any_other() -> None:
    assert area(2.0) == pytest.approx(12.566370614359172)
    assert area(radius=1.0) == math.pi
    assert area.__name__ == "area"  # type: ignore[attr-defined]
    assert area.__doc__ == "Area of a circle."
    assert repr(area).startswith("<kernel ")


def test_the_compiled_form_is_made_once() -> None:
    assert area.compiled is area.compiled
    assert area.compiled is not area.plain


def test_a_kernel_calls_another_in_both_forms() -> None:
    assert ring(1.0, 2.0) == ring.compiled(1.0, 2.0) == pytest.approx(3 * math.pi)


def test_compiled_code_of_others_may_call_it_by_name() -> None:
    def total(radii: Any) -> Any:
        sum_ = 0.0
        for r in radii:
            sum_ += area(r)
        return sum_

    assert numba.njit(total)(np.array([1.0, 2.0])) == area(1.0) + area(2.0)


def test_it_passes_as_a_first_class_function() -> None:
    def apply(function: Any, x: float) -> Any:
        return function(x)

    assert numba.njit(apply)(area.compiled, 2.0) == area(2.0)


def test_it_pickles_by_name() -> None:
    assert pickle.loads(pickle.dumps(exp)) is exp


def test_without_numba_the_plain_form_is_all_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def no_numba(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "numba":
            raise ImportError("No module named 'numba'")
        return really(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_numba)
    fresh = kernel(area.plain)
    assert fresh.compiled is fresh.plain


def test_code_without_a_file_is_compiled_without_a_cache() -> None:
    names: dict[str, Any] = {}
    exec("def double(x):\n    return 2.0 * x\n", names)
    assert kernel(names["double"]).compiled(4.0) == 8.0


def test_no_option_that_would_change_bits() -> None:
    assert kernel_module.OPTIONS["fastmath"] is False
    assert numba_available()
