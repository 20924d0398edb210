"""Rules by name and by import path."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import registry
from policies.registry import UnknownPolicy
from policies.reorder import ALWAYS, RQ, BaseStock, CellFacts, ReorderState

OWN = '''
from policies.reorder import CellFacts, ReorderPolicy, ReorderState

LIMIT = 3

class OurReorder(ReorderPolicy):
    def __init__(self, cells: CellFacts, *, target: int, boost: float = 1.0) -> None:
        super().__init__(cells)
        self.target = round(target * boost)

    def quantity(self, state: ReorderState) -> int:
        return max(0, self.target - int(state.position))

class Plain:
    def __init__(self, cells, target=4):
        self.target = target

    def quantity(self, state):
        return max(0, self.target - state.position)

class Clash(Plain):
    def __init__(self, cells, review=1): ...

class Idle:
    pass
'''


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package of somebody else's on the path; its name."""
    package = tmp_path / "acme_of_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "policies.py").write_text(OWN)
    (package / "broken.py").write_text("import not_there_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "acme_of_test"
    for name in [name for name in sys.modules if name.startswith("acme_of_test")]:
        del sys.modules[name]


def test_every_built_in_resolves_to_the_class_of_its_name() -> None:
    for name in registry.names():
        assert registry.resolve(name).name == name  # type: ignore[attr-defined]


def test_own_rule_by_import_path(acme: str) -> None:
    use = f"{acme}.policies:OurReorder"
    known = registry.parameters(use).values()
    assert [(p.name, p.required) for p in known] == [("target", True), ("boost", False)]
    rule = registry.make(use, CellFacts.of(1), {"target": "4", "boost": "2.5"})
    assert rule.quantity(ReorderState(index=0, position=3)) == 7


def test_own_class_without_our_base_class(acme: str) -> None:
    rule = registry.make(f"{acme}.policies:Plain", CellFacts.of(2), {"target": "6"})
    assert rule.quantity(ReorderState(index=0, position=1)) == 5
    assert rule.order_points().tolist() == [ALWAYS, ALWAYS]


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("base-stock", "no such reorder rule: found 'base-stock', .*; did you mean base_stock"),
        ("RQ", "did you mean r_Q"),
        ("sS", "did you mean s_S"),
        ("zzz", "expected one of base_stock, periodic, r_Q, s_S, or an import path like"),
        ("newsvendor", "part of the language but not built yet"),
        ("nowhere_to_be.found:Rule", "no module named nowhere_to_be"),
        ("{acme}.nothing:Rule", r"no module named acme_of_test.nothing: .*PYTHONPATH"),
        ("{acme}.policies:OurReoder", r"has no OurReoder.*did you mean acme_of_test.policies:OurReorder"),
        ("{acme}.policies:LIMIT", "not a reorder rule: .*a class with a method quantity or quantities"),
        ("{acme}.policies:Idle", "not a reorder rule"),
        ("acme/policies.py:Rule", "not an import path: .*package.module:Class"),
        (":Rule", "not an import path"),
        ("os:", "not an import path"),
    ],
)
def test_what_cannot_be_had_says_why(acme: str, use: str, message: str) -> None:
    with pytest.raises(UnknownPolicy, match=message):
        registry.resolve(use.replace("{acme}", acme))


def test_what_the_error_carries() -> None:
    with pytest.raises(UnknownPolicy) as caught:
        registry.resolve("basestock")
    assert (caught.value.found, caught.value.nearest) == ("basestock", "base_stock")
    assert not caught.value.to_come
    with pytest.raises(UnknownPolicy) as caught:
        registry.resolve("dynamic")
    assert caught.value.to_come


def test_a_fault_inside_somebodys_module_is_not_hidden(acme: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="not_there_at_all"):
        registry.resolve(f"{acme}.broken:Rule")


def test_a_parameter_may_not_take_a_key_of_the_scenario(acme: str) -> None:
    with pytest.raises(ValueError, match=r"review: .*Clash may not call a parameter so"):
        registry.parameters(f"{acme}.policies:Clash")


def test_parameters_are_typed_and_checked_by_name(acme: str) -> None:
    assert registry.read_parameters("s_S", {"s": "4", "S": "auto", "order_at": "<"}) == {
        "s": 4,
        "S": "auto",
        "order_at": "<",
    }
    with pytest.raises(ValueError, match=r"q: r_Q has no such parameter, .* r, Q, .*did you mean Q"):
        registry.read_parameters("r_Q", {"q": "4"})
    with pytest.raises(ValueError, match="level: expected a whole number or auto, found 'much'"):
        registry.read_parameters("base_stock", {"level": "much"})
    with pytest.raises(ValueError, match=r"target: .* needs it, expected a whole number"):
        registry.read_parameters(f"{acme}.policies:OurReorder", {})


def test_make_builds_and_passes_on_the_rules_own_refusals() -> None:
    assert isinstance(registry.make("r_Q", CellFacts.of(1), {"r": "1", "Q": "2"}), RQ)
    assert isinstance(registry.make("base_stock", CellFacts.of(1), {}), BaseStock)
    with pytest.raises(ValueError, match=r"S\(=4\) must be above s\(=10\)"):
        registry.make("s_S", CellFacts.of(0), {"s": "10", "S": "4"})


def test_default_reviews(acme: str) -> None:
    found = {name: registry.default_review_days(name) for name in registry.names()}
    assert found == {"base_stock": 0.0, "periodic": 1.0, "r_Q": 0.0, "s_S": 0.0}
    assert registry.default_review_days(f"{acme}.policies:Plain") == 0.0


def test_source_digest_follows_the_sources(acme: str, tmp_path: Path) -> None:
    use = f"{acme}.policies:OurReorder"
    before = registry.source_digest(use)
    assert before == registry.source_digest(use)
    (tmp_path / acme / "helper.py").write_text("FACTOR = 2\n")
    assert registry.source_digest(use) != before
    assert registry.source_digest("r_Q") == registry.source_digest("s_S") != before


def test_source_digest_of_a_single_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lonely_rule_of_test.py").write_text(OWN)
    (tmp_path / "neighbour.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = registry.source_digest("lonely_rule_of_test:OurReorder")
    (tmp_path / "neighbour.py").write_text("x = 1\n")
    assert registry.source_digest("lonely_rule_of_test:OurReorder") == before


def test_importing_the_registry_is_cheap() -> None:
    code = "import sys, policies.registry; print({'numpy', 'numba'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_building_a_rule_does_not_load_numba() -> None:
    code = (
        "import sys; from policies.reorder import BaseStock, CellFacts; "
        "BaseStock(CellFacts.of(9, demand_mean=2, lead_time_mean=5)); print('numba' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
