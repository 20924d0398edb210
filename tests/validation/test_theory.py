"""What queueing and inventory theory know exactly, the simulator must find."""

from __future__ import annotations

from importlib.resources import files

import pytest

from tests.validation.cases import EOQ, STATISTICAL, eoq_cost, whole_order_fill
from tests.validation.harness import (
    EXACT,
    MOST_ERRORS,
    SHARP_TEST,
    SHARP_VALIDATE,
    Case,
    Outcome,
    run,
)

everyday = pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.slow else []) for case in STATISTICAL],
)


def holds(outcome: Outcome, sharp: float) -> None:
    for estimate in outcome.estimates:
        print(estimate)
    for estimate in outcome.estimates:
        assert estimate.sharpness <= sharp, f"too few replications: {estimate}"
        assert estimate.distance <= MOST_ERRORS, f"theory disagrees: {estimate}"


@everyday
def test_agrees_with_theory(case: Case) -> None:
    holds(run(case, case.test), SHARP_TEST)


@pytest.mark.validation_long
@pytest.mark.parametrize("case", STATISTICAL, ids=lambda case: case.name)
def test_agrees_with_theory_sharply(case: Case) -> None:
    holds(run(case, case.validate), SHARP_VALIDATE)


@pytest.mark.parametrize("case", EOQ, ids=lambda case: case.name)
def test_economic_order_quantity(case: Case) -> None:
    (estimate,) = run(case, 1).estimates
    exact = eoq_cost(case)
    assert estimate.mean == pytest.approx(exact, rel=EXACT)
    assert exact == pytest.approx(estimate.expected, abs=5e-5)  # the best, to the digits that texts print


def test_every_scenario_is_a_case() -> None:
    library = {path.name for path in (files("scenarios") / "validation").iterdir() if path.name.endswith(".yaml")}
    assert {f"{case.scenario}.yaml" for case in (*STATISTICAL, *EOQ)} == library


def test_whole_order_fill() -> None:
    assert whole_order_fill() == pytest.approx(0.630541, abs=5e-7)
