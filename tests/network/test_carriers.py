"""Carrier zones, billable weight and rates."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.carriers import (
    FREIGHT_BY_KG,
    FREIGHT_BY_ZONE,
    KM_PER_MILE,
    MILLIONTHS,
    ZONE_CUTS_M,
    ZONE_CUTS_MILES,
    RateTable,
    billable_grams,
    carrier_zone,
    volume_grams,
)
from policies.routing import RoutingFacts
from policies.routing.shipping import step_of, surcharge


def test_zones_part_at_their_cuts() -> None:
    assert [carrier_zone(cut) for cut in ZONE_CUTS_M] == [1, 2, 3, 4, 5, 6, 7]
    assert [carrier_zone(cut + 1) for cut in ZONE_CUTS_M] == [2, 3, 4, 5, 6, 7, 8]
    assert carrier_zone(10, ()) == 1


def test_the_default_rates_follow_the_law_that_they_are_written_out_from() -> None:
    edges = (0, *ZONE_CUTS_MILES)
    middles = [(a + b) / 2 for a, b in itertools.pairwise(edges)] + [2200]
    for miles, factor in zip(middles, FREIGHT_BY_ZONE, strict=True):
        assert factor == pytest.approx(math.exp(1.77) * (1 + miles * KM_PER_MILE) ** 0.19, abs=6e-5)
    for kg, factor in enumerate(FREIGHT_BY_KG, start=1):
        assert factor == pytest.approx(kg**0.19, abs=6e-7)


@given(grams=st.integers(0, 10**6), cubic_cm=st.integers(0, 10**6), divisor=st.integers(1, 10_000))
def test_billable_weight(grams: int, cubic_cm: int, divisor: int) -> None:
    by_volume = volume_grams(cubic_cm, divisor)
    assert (by_volume - 1) * divisor < cubic_cm * 1000 <= by_volume * divisor
    assert billable_grams(grams, cubic_cm, divisor) == max(grams, by_volume)


def test_impossible_volumes_are_refused() -> None:
    for cubic_cm, divisor in ((-1, 5000), (1, 0)):
        with pytest.raises(ValueError, match=r"cubic_cm\(=.* divisor\(="):
            volume_grams(cubic_cm, divisor)


@given(zone=st.integers(1, 8), grams=st.integers(0, 80_000))
def test_a_rate_is_the_first_step_and_the_tariff_above_it(zone: int, grams: int) -> None:
    """What the routing rules add up is what the carrier charges."""
    table = RateTable.default(times=0.5)
    facts = RoutingFacts(table.tariff(), table.step_grams)
    above = surcharge(facts.tariff, zone - 1, step_of(grams, facts.step_grams))
    assert int(table.first()[zone - 1]) + above == table.rate(zone, grams)


@given(zone=st.integers(1, 7), grams=st.integers(0, 80_000), more=st.integers(0, 5000))
def test_rates_do_not_fall(zone: int, grams: int, more: int) -> None:
    table = RateTable.default()
    assert table.rate(zone, grams) <= table.rate(zone, grams + more) <= table.rate(zone + 1, grams + more)


def test_a_table_of_one_step_charges_by_zone_alone() -> None:
    table = RateTable.of([[4.0], [6.5]], cuts=(100,))
    assert [table.rate(2, grams) for grams in (0, 1, 10**6)] == [round(6.5 * MILLIONTHS)] * 3
    assert table.tariff().tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("rates", "given", "message"),
    [
        ([[1.0]], {}, "expected .8 zones, steps"),
        ([[1.0], [0.5]], {"cuts": (5,)}, "not fall"),
        ([[2.0, 1.0]], {"cuts": ()}, "not fall"),
        ([[-1.0]], {"cuts": ()}, "between 0"),
        ([[1.0], [1.0]], {"cuts": (5,), "step_grams": 0}, r"step_grams\(=0\)"),
        ([[1.0], [1.0], [1.0]], {"cuts": (5, 5)}, "must ascend"),
    ],
)
def test_impossible_tables_are_refused(rates: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RateTable.of(rates, **given)


def test_tables_are_whole_numbers() -> None:
    assert RateTable.default().rates.dtype == np.int64
