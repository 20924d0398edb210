"""Every KPI: its name, its unit, which way is better, what it means, and which summed figures it is made of.

A KPI is one weighted sum of figures over another, times a constant: ``scale * sum(a_i x_i) / sum(b_j y_j)``.
The figures are the fields of the ledger and those that :mod:`twin.kpis.sums` derives from it, summed over
whatever a member of a dimension stands for: a location, a week, everything. So a KPI exists in a dimension
when all of its figures do, and it is never an average of averages. The exceptions are the quantiles of
:mod:`twin.kpis.quantiles`.

Examples
--------
>>> KPIS["fill_rate"].ratio({"sold": 90.0, "demanded": 100.0})
0.9
>>> KPIS["fill_rate"].ratio({"sold": 0.0, "demanded": 0.0}) is None
True
"""

from __future__ import annotations

from twin.kpis.kpi import Kpi
from twin.kpis.ledger import DAY_US
from twin.kpis.order_kpis import COST_PER_ORDER, ORDER_COSTS, ORDER_KPIS

GROUPS = ("service", "orders", "stock", "record", "replenishment", "money")

# Dimensions in the order in which they are reported; "all" is the whole network over the whole horizon.
DIMENSIONS = (
    "all", "channel", "kind", "location", "region", "category", "abc", "sku", "supplier", "station", "day",
    "week",
)  # fmt: skip

YEAR_US = 365 * DAY_US


_SERVICE = (
    Kpi("fill_rate", "ratio", "higher", "service",
        "Units met at once, over units demanded: at POS sold from the shelf; on the web reserved from stock at placement and "
        "never rejected afterwards.",
        {"sold": 1}, {"demanded": 1}, over_web={"web_units_filled": 1}, under_web={"web_units": 1}),
    Kpi("line_fill_rate", "ratio", "higher", "service",
        "Lines met whole and at once, over lines demanded.",
        {"lines_filled": 1}, {"lines": 1}, over_web={"web_lines_filled": 1}, under_web={"web_lines": 1}),
    Kpi("demand_units", "units", "neither", "service",
        "Units demanded, whether met or not.",
        {"demanded": 1}, over_web={"web_units": 1}),
    Kpi("lost_units", "units", "lower", "service",
        "Units demanded that were neither sold nor backordered (truth); on the web, refused or cancelled by the retailer.",
        {"lost": 1}, over_web={"web_lost_units": 1}),
    Kpi("lost_rate", "ratio", "lower", "service",
        "Lost units, over units demanded (truth).",
        {"lost": 1}, {"demanded": 1}, over_web={"web_lost_units": 1}, under_web={"web_units": 1}),
    Kpi("lost_rate_seen", "ratio", "lower", "service",
        "Lost units that the record could know of, over the demand it could know of; POS never reports what "
        "it could not sell.",
        {"record_lost": 1}, {"demanded": 1, "lost": -1, "record_lost": 1},
        over_web={"web_lost_units": 1}, under_web={"web_units": 1}),
    Kpi("lost_sales_value", "money", "lower", "service",
        "Lost units at their price.",
        {"lost_value": 1}, over_web={"web_lost_value": 1e-6}),
    Kpi("backorders_mean", "units", "lower", "service",
        "Open backorders, exact time average (truth); of web orders, in the whole only.",
        {"backorder_us": 1}, {"time_us": 1}, over_web={"web_backorder_us": 1}),
)  # fmt: skip

_STOCK = (
    Kpi("on_hand_mean", "units", "neither", "stock",
        "Units on hand in all stores, FCs and hubs, exact time average (truth).",
        {"on_hand_us": 1}, {"time_us": 1}),
    Kpi("inbound_mean", "units", "neither", "stock",
        "Units ordered and not yet received, exact time average, at the location that waits for them.",
        {"inbound_us": 1}, {"time_us": 1}),
    Kpi("inventory_value_mean", "money", "lower", "stock",
        "Stock on hand at cost, exact time average.",
        {"value_us": 1}, {"time_us": 1}),
    Kpi("turns", "per_year", "higher", "stock",
        "Cost of goods sold, scaled to 365 days, over the average inventory value.",
        {"cost_of_goods": 1}, {"value_us": 1}, scale=YEAR_US, not_by=frozenset({"day"}),
        over_web={"web_cost_of_goods": 1}),
    Kpi("days_of_inventory", "days", "lower", "stock",
        "365 over turns.",
        {"value_us": 1}, {"cost_of_goods": 1}, scale=1 / DAY_US, not_by=frozenset({"day"}),
        under_web={"web_cost_of_goods": 1}),
    Kpi("sku_out_share", "ratio", "lower", "stock",
        "Share of ranged cell-time with nothing on the shelf (truth).",
        {"out_us": 1}, {"cell_us": 1}),
    Kpi("availability", "ratio", "higher", "stock",
        "Share of a location's opening hours in which something is on the shelf (truth), each cell weighted with the units a day "
        "that are expected of it, spread evenly over those hours; a location without opening hours is always open. Left out of a "
        "model of more than 400,000 cells × days.",
        {"expected": 1, "missed": -1}, {"expected": 1}),
    Kpi("sku_out_share_seen", "ratio", "lower", "stock",
        "Share of ranged cell-time in which the record has nothing to promise: on hand less what is reserved for web orders or "
        "committed to other locations is 0 or less (ATP, before carts' holds and safety units, which differ by channel).",
        {"out_seen_us": 1}, {"cell_us": 1}),
)  # fmt: skip

_RECORD = (
    Kpi("record_accuracy", "ratio", "higher", "record",
        "Over cells with truth or record above 0, at the snapshots: share where record equals truth.",
        {"snapshot_equal": 1}, {"snapshot_cells": 1}),
    Kpi("record_accuracy_within", "ratio", "higher", "record",
        "Of the same cells, the share where the record is off by at most one unit, or by at most 5 % of the truth.",
        {"snapshot_within": 1}, {"snapshot_cells": 1}),
    Kpi("record_error_units", "ratio", "lower", "record",
        "Sum of |record - truth| over the sum of truth, without what is only events on their way.",
        {"snapshot_error": 1, "snapshot_in_flight": -1}, {"snapshot_truth": 1}),
    Kpi("record_in_flight", "ratio", "lower", "record",
        "The part of |record - truth| that is only events on their way, over the sum of truth.",
        {"snapshot_in_flight": 1}, {"snapshot_truth": 1}),
    Kpi("phantom_rate", "ratio", "lower", "record",
        "Cells where the record has stock and there is none, over cells where the record has stock.",
        {"snapshot_phantom": 1}, {"snapshot_record_above": 1}),
    # Cells with truth above 0 are those with truth or record above 0, less the phantoms.
    Kpi("hidden_rate", "ratio", "lower", "record",
        "Cells with stock of which the record has none, over cells with stock.",
        {"snapshot_hidden": 1}, {"snapshot_cells": 1, "snapshot_phantom": -1}),
    Kpi("record_lag_p95", "seconds", "lower", "record",
        "95th percentile of the time from an event to its arrival in the record.",
        {}),
)  # fmt: skip

_REPLENISHMENT = (
    Kpi("purchase_orders", "count", "neither", "replenishment",
        "Orders to suppliers placed in the horizon, at the location that ordered.",
        {"orders_placed": 1}),
    Kpi("supplier_otif", "ratio", "higher", "replenishment",
        "Of the orders to suppliers placed and due in the horizon, the share at the gate in full by then, unloaded or not.",
        {"orders_otif": 1}, {"orders_due": 1}),
    Kpi("transfers", "count", "neither", "replenishment",
        "Trips between own locations that left in the horizon, at the location they left.",
        {"trips": 1}),
    Kpi("transfer_units", "units", "neither", "replenishment",
        "Units sent from one own location to another, at the location they left.",
        {"dispatched": 1}),
)  # fmt: skip

_COSTS = ("cost_holding", "cost_ordering", "cost_backorder", "cost_lost", "cost_fulfilment", "cost_transfer")
_GROSS_MARGIN = {"revenue": 1.0, "cost_of_goods": -1.0}
_WEB_COSTS = {kpi.name: 1.0 for kpi in ORDER_COSTS} | {"web_cost_lost": 1.0, "web_cost_backorder": 1.0}
_WEB_MARGIN = {"web_revenue": 1.0, "web_cost_of_goods": -1.0}
# What is lost is not paid: it is a cost of a plan, but profit already lacks its margin.
_PAID = {name: -1.0 for name in _COSTS if name != "cost_lost"}
_WEB_PAID = {name: -1.0 for name in _WEB_COSTS if name != "web_cost_lost"}
_BY_CHANNEL = frozenset({"channel"})

_MONEY = (
    Kpi("revenue", "money", "higher", "money",
        "Units sold, backorders met included, at their price.",
        {"revenue": 1}, over_web={"web_revenue": 1}),
    Kpi("cost_holding", "money", "lower", "money",
        "Inventory value over time, at holding_per_day.",
        {"cost_holding": 1}),
    Kpi("cost_ordering", "money", "lower", "money",
        "Orders to suppliers, at the cost of an order.",
        {"cost_ordering": 1}),
    Kpi("cost_backorder", "money", "lower", "money",
        "Open backorders over time, at backorder_per_day.",
        {"cost_backorder": 1}, over_web={"web_cost_backorder": 1}),
    Kpi("cost_lost", "money", "lower", "money",
        "Lost units, at their margin or at lost_sale, as `costs.lost_sale` says; 0 where it says nothing.",
        {"cost_lost": 1}, over_web={"web_cost_lost": 1}),
    Kpi("cost_fulfilment", "money", "lower", "money",
        "Units moved out of a location to another one, or picked for a web order, at pick.",
        {"cost_fulfilment": 1}),
    Kpi("cost_transfer", "money", "lower", "money",
        "Trips between own locations, by trip and by unit, at the location they left.",
        {"cost_transfer": 1}),
    *ORDER_COSTS,
    Kpi("cost_total", "money", "lower", "money",
        "The sum of all costs above.",
        dict.fromkeys(_COSTS, 1.0), not_by=_BY_CHANNEL, over_web=_WEB_COSTS),
    COST_PER_ORDER,
    Kpi("profit", "money", "higher", "money",
        "Revenue less cost of goods and all costs but cost_lost, which is not paid.",
        _GROSS_MARGIN | _PAID, not_by=_BY_CHANNEL, over_web=_WEB_MARGIN | _WEB_PAID),
    Kpi("gmroi", "per_year", "higher", "money",
        "Gross margin, scaled to 365 days, over the average inventory value.",
        _GROSS_MARGIN, {"value_us": 1}, scale=YEAR_US, not_by=frozenset({"day"}), over_web=_WEB_MARGIN),
)  # fmt: skip

KPIS: dict[str, Kpi] = {
    kpi.name: kpi for group in (_SERVICE, ORDER_KPIS, _STOCK, _RECORD, _REPLENISHMENT, _MONEY) for kpi in group
}
