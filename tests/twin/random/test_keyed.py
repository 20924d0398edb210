"""Sporadic draws: addressed by what they are for, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.random.drawn import drawn_quantile, drawn_u32
from twin.random.keyed import KeyedDraws, entity, mix
from twin.random.purposes import Purpose
from twin.random.tables import STEPS, quantile_draw_plain


@pytest.mark.parametrize(
    ("value", "mixed"),
    # The first outputs of splitmix64 seeded with 0 (Steele, Lea, Flood 2014): its state counts up by 2**64 / golden ratio.
    [(0, 0xE220A8397B1DCDAF), (0x9E3779B97F4A7C15, 0x6E789E6AA1B965F4), (0x3C6EF372FE94F82A, 0x06C45D188009454F)],
)
def test_mix_is_splitmix64(value: int, mixed: int) -> None:
    assert mix(value) == mixed


@given(st.lists(st.text(max_size=5), min_size=1, max_size=3), st.lists(st.text(max_size=5), min_size=1, max_size=3))
def test_other_names_are_other_entities(one: list[str], other: list[str]) -> None:
    assert (entity(*one) == entity(*other)) == ("\x1f".join(one) == "\x1f".join(other))
    assert 0 <= entity(*one) < 2**63


def test_names_do_not_run_together() -> None:
    assert entity("ab", "c") != entity("a", "bc") != entity("abc")


def test_entities_are_the_same_on_every_machine() -> None:
    assert entity("rate", "S1", "A") == 8004296441729993508


def test_draws_are_uniform_and_unlike_each_other() -> None:
    draws = KeyedDraws(7, 1)
    n = 20_000
    lead = np.array([draws.u32(Purpose.LEAD_TIME, 99, i) for i in range(n)]) / 2**32
    transit = np.array([draws.u32(Purpose.TRANSIT, 99, i) for i in range(n)]) / 2**32
    neighbour = np.array([draws.u32(Purpose.LEAD_TIME, 100, i) for i in range(n)]) / 2**32
    replication = np.array([KeyedDraws(7, 2).u32(Purpose.LEAD_TIME, 99, i) for i in range(n)]) / 2**32
    error = 1 / np.sqrt(n)
    for sample in (lead, transit, neighbour, replication):
        assert abs(sample.mean() - 0.5) < 4 * error * np.sqrt(1 / 12)
        bins = np.bincount((sample * 64).astype(int), minlength=64)
        assert ((bins - n / 64) ** 2 / (n / 64)).sum() < 63 + 4 * np.sqrt(2 * 63)  # chi-square of 63 degrees
    for other in (transit, neighbour, replication, np.roll(lead, 1)):
        assert abs(np.corrcoef(lead, other)[0, 1]) < 4 * error


SEEDS, SLOTS = st.integers(0, 2**64 - 1), st.integers(0, 2**63 - 1)
KEYS = (SEEDS, st.integers(1, 10**6), st.sampled_from(Purpose), SLOTS, st.integers(0, 2**40))


@given(*KEYS)
def test_compiled_draws_have_the_same_bits(seed: int, replication: int, purpose: Purpose, slot: int, n: int) -> None:
    draws = KeyedDraws(seed, replication)
    root = draws.root(purpose, slot)
    assert -(2**63) <= root < 2**63
    assert drawn_u32(root, n) == draws.u32(purpose, slot, n)


TABLE = np.cumsum(np.arange(3 * (STEPS + 1), dtype=np.int64))


@given(*KEYS)
def test_values_are_drawn_by_the_same_numbers(seed: int, replication: int, purpose: Purpose, slot: int, n: int) -> None:
    draws = KeyedDraws(seed, replication)
    drawn = drawn_quantile(TABLE, draws.root(purpose, slot), n)
    assert drawn == quantile_draw_plain(TABLE, draws.u32(purpose, slot, n))
    assert len(drawn_quantile.signatures) == len(drawn_u32.signatures) == 1
