"""Every example in a docstring of policies/ and network/ is right."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import network
import policies

MODULES = [
    info.name
    for package in (policies, network)
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_formulas_have_examples() -> None:
    for name in ("base_stock", "eoq", "levels", "periodic", "r_q", "s_s", "terms"):
        assert doctest.testmod(importlib.import_module(f"policies.reorder.{name}")).attempted > 0
