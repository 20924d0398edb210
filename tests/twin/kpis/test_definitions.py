from __future__ import annotations

import doctest
import importlib
import subprocess
import sys

import pytest

from twin.kpis.definitions import DIMENSIONS, GROUPS, KPIS

CONTRACT = """
fill_rate line_fill_rate lost_units lost_rate lost_rate_seen lost_sales_value backorders_mean on_hand_mean inbound_mean
inventory_value_mean turns days_of_inventory availability sku_out_share sku_out_share_seen
record_accuracy record_accuracy_within record_error_units phantom_rate hidden_rate
record_lag_p95 purchase_orders supplier_otif transfers transfer_units cost_holding cost_ordering cost_backorder cost_lost
cost_fulfilment cost_transfer cost_total revenue profit gmroi
order_fill_rate orders split_rate shipments_per_order units_per_shipment cancel_rate_customer cancel_rate_retailer
stockout_cancel_rate pickup_cancel_rate refusal_rate reject_rate order_cycle_p50 order_cycle_p95 click_to_collect_p95
on_time_rate perfect_order_rate share_delivered_24h pick_wait_mean pick_wait_p95 station_utilisation labour_hours
hold_expiry_rate open_holds_mean oversold_units cost_shipping cost_per_order
""".split()  # noqa: SIM905


def test_the_names_of_the_contract_are_all_there() -> None:
    assert set(CONTRACT) <= KPIS.keys()


@pytest.mark.parametrize("name", KPIS)
def test_every_definition_is_whole(name: str) -> None:
    kpi = KPIS[name]
    assert kpi.name == name
    assert kpi.group in GROUPS
    assert kpi.text.endswith(".")
    assert kpi.not_by <= set(DIMENSIONS)
    assert kpi.scale > 0


def test_ratio_of_one_member() -> None:
    figures = {"demanded": 10.0, "lost": 4.0, "record_lost": 1.0}
    assert KPIS["lost_rate"].ratio(figures) == 0.4
    assert KPIS["lost_rate_seen"].ratio(figures) == pytest.approx(1 / 7)
    assert KPIS["lost_units"].ratio(figures) == 4
    assert KPIS["fill_rate"].ratio({"sold": 0.0, "demanded": 0.0}) is None
    with pytest.raises(KeyError):
        KPIS["fill_rate"].ratio(figures)
    with pytest.raises(ValueError, match="record_lag_p95 is not made of sums"):
        KPIS["record_lag_p95"].ratio(figures)


def test_profit_counts_every_cost_but_what_is_lost() -> None:
    costs = dict(cost_holding=1.0, cost_ordering=2, cost_backorder=4, cost_fulfilment=8, cost_transfer=16)
    figures = costs | {"revenue": 1000.0, "cost_of_goods": 300.0, "cost_lost": 32.0}
    assert KPIS["cost_total"].ratio(figures) == 63
    assert KPIS["profit"].ratio(figures) == 1000 - 300 - 31


def test_the_web_counts_where_it_is_known() -> None:
    pos, web = {"sold": 8.0, "demanded": 10.0}, {"web_units_filled": 1.0, "web_units": 2.0}
    fill = KPIS["fill_rate"]
    assert fill.ratio(pos) == 0.8
    assert fill.ratio(web) == 0.5
    assert fill.ratio(pos | web) == 0.75
    assert KPIS["turns"].sides({"web_cost_of_goods"}) is None
    assert KPIS["days_of_inventory"].sides({"web_cost_of_goods"}) is None


def test_kpis_import_neither_the_simulator_nor_what_is_slow() -> None:
    code = (
        "import sys, importlib, pkgutil, twin.kpis\n"
        "for m in pkgutil.iter_modules(twin.kpis.__path__): importlib.import_module('twin.kpis.' + m.name)\n"
        "print(sorted({'simpy', 'numba', 'scipy', 'pyarrow', 'rich'} & sys.modules.keys()))"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["definitions", "intervals", "kpi", "wording"])
def test_examples_in_docstrings_hold(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"twin.kpis.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
