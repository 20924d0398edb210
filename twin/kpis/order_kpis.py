"""The KPIs of web orders, of the stations that fulfil them, and of what that costs.

Figures of orders (``web_…``) are known overall, by channel and by time; those of nodes (``node_…``) also by
place; those of stations (``station_…``) overall, by station and by place.
"""

from __future__ import annotations

from twin.kpis.kpi import Kpi

HOUR_US = 3_600_000_000

_PLACED = {"web_orders": 1.0}

_CAME = (
    Kpi("views", "count", "neither", "orders",
        "Views of products on the web, on the day of the view; where `demand.web[].views` has them drawn.",
        {"web_views": 1}),
    Kpi("sessions", "count", "neither", "orders",
        "Sessions on the web, with a cart and without one; where views are drawn. Every cart ends a session.",
        {"web_sessions": 1}),
    Kpi("cart_rate", "ratio", "higher", "orders",
        "Carts, over sessions; where views are drawn.",
        {"web_carts": 1}, {"web_sessions": 1}),
    Kpi("conversion_rate", "ratio", "higher", "orders",
        "Orders placed, refused ones included, over sessions; where views are drawn.",
        {"web_orders": 1}, {"web_sessions": 1}),
)  # fmt: skip

_BECAME = (
    Kpi("orders", "count", "neither", "orders",
        "Web orders placed, refused ones included.",
        {"web_orders": 1}),
    Kpi("order_fill_rate", "ratio", "higher", "orders",
        "Orders of which every unit was reserved from stock at placement, at any nodes, and none rejected afterwards, "
        "over orders.",
        {"web_orders_filled": 1}, _PLACED),
    Kpi("refusal_rate", "ratio", "lower", "orders",
        "Orders of which not one unit was promised, over orders.",
        {"web_refused": 1}, _PLACED),
    Kpi("reject_rate", "ratio", "lower", "orders",
        "Lines that were not found when they were to be picked, or not whole, over lines picked or rejected, at the location "
        "that picks, on the day of the pick.",
        {"node_rejects": 1}, {"node_picks": 1, "node_rejects": 1}),
    Kpi("cancel_rate_customer", "ratio", "lower", "orders",
        "Orders that their customer cancelled, over orders.",
        {"web_cancelled_customer": 1}, _PLACED),
    Kpi("cancel_rate_retailer", "ratio", "lower", "orders",
        "Orders that the retailer cancelled in whole or in part, for want of stock or room or not shipped in time, over orders.",
        {"web_cancelled_retailer": 1}, _PLACED),
    Kpi("stockout_cancel_rate", "ratio", "lower", "orders",
        "Orders that the retailer cancelled in whole or in part for want of stock, over orders.",
        {"web_cancelled_stockout": 1}, _PLACED),
    Kpi("pickup_cancel_rate", "ratio", "lower", "orders",
        "Orders to be collected that customer or retailer cancelled or nobody came for, over orders to be collected.",
        {"web_pickups_cancelled": 1}, {"web_pickups": 1}),
    Kpi("no_show_rate", "ratio", "lower", "orders",
        "Orders that nobody collected within `promise.pickup.hold`, over orders ready so early that this ends before the run.",
        {"web_no_shows": 1}, {"web_kept": 1}),
    Kpi("returned_units", "units", "lower", "orders",
        "Units that came back, at the location they came to, on the day they came.",
        {"node_returned_units": 1}),
)  # fmt: skip

_SHIPPED = (
    Kpi("split_rate", "ratio", "lower", "orders",
        "Orders of which more than one shipment left (or stood ready), over orders of which one did.",
        {"web_split": 1}, {"web_shipped": 1}),
    Kpi("shipments_per_order", "count", "lower", "orders",
        "Shipments that left (or stood ready), over orders with one.",
        {"web_shipments": 1}, {"web_shipped": 1}),
    Kpi("units_per_shipment", "units", "higher", "orders",
        "Units shipped, over shipments, at the location they left, on the day they left.",
        {"node_shipped_units": 1}, {"node_shipments": 1}),
    Kpi("order_cycle_p50", "hours", "lower", "orders",
        "Median of the time from placed to delivered, of orders placed in the horizon and delivered whole by the end; those "
        "collected are in `click_to_collect_p95`.",
        {}),
    Kpi("order_cycle_p95", "hours", "lower", "orders",
        "95th percentile of the same.",
        {}),
    Kpi("click_to_collect_p95", "hours", "lower", "orders",
        "95th percentile of the time from placed to ready to be collected.",
        {}),
    Kpi("share_delivered_24h", "ratio", "higher", "orders",
        "Orders delivered (or collected) whole within 24 hours of placement, over orders delivered whole; of those placed 24 hours "
        "or more before the end.",
        {"web_delivered_24h": 1}, {"web_delivered_judged": 1}),
    Kpi("on_time_rate", "ratio", "higher", "orders",
        "Orders delivered (or ready to be collected) whole by their first promise, over orders whose first promise falls due "
        "before the end; without those that were refused or that their customer cancelled.",
        {"web_on_time": 1}, {"web_promised": 1}),
    Kpi("perfect_order_rate", "ratio", "higher", "orders",
        "Of the same orders, the share delivered or collected, on time, complete and undamaged.",
        {"web_perfect": 1}, {"web_promised": 1}),
)  # fmt: skip

_RESERVED = (
    Kpi("hold_expiry_rate", "ratio", "lower", "orders",
        "Lines held for carts that ran out, over lines held.",
        {"web_holds_expired": 1}, {"web_holds": 1}),
    Kpi("open_holds_mean", "count", "neither", "orders",
        "Lines held for carts, exact time average.",
        {"web_hold_us": 1}, {"time_us": 1}),
    Kpi("oversold_units", "units", "lower", "orders",
        "Units reserved for orders that were not there at the pick: sold at a till, lost or stolen, unknown to the record.",
        {"web_oversold_units": 1}),
)  # fmt: skip

_STATIONS = (
    Kpi("pick_wait_mean", "hours", "lower", "orders",
        "Time from arrival at the first station to the start of service, mean; by station, at that station.",
        {"node_wait_us": 1}, {"node_waits": 1}, scale=1 / HOUR_US),
    Kpi("pick_wait_p95", "hours", "lower", "orders",
        "95th percentile of the time from arrival at the first station to the start of service.",
        {}),
    Kpi("station_utilisation", "ratio", "neither", "orders",
        "Server time at work, over server time on shift.",
        {"station_busy_us": 1}, {"station_capacity_us": 1}),
    Kpi("jobs_in_system_mean", "count", "lower", "orders",
        "Jobs at stations, waiting or in service, exact time average.",
        {"station_in_system_us": 1}, {"time_us": 1}),
    Kpi("blocked_rate", "ratio", "lower", "orders",
        "Jobs that found no room at their station, over jobs that came to it.",
        {"station_blocked": 1}, {"station_arrivals": 1}),
    Kpi("labour_hours", "hours", "lower", "orders",
        "Server hours on shift.",
        {"station_capacity_us": 1}, scale=1 / HOUR_US),
)  # fmt: skip

ORDER_KPIS = (*_CAME, *_BECAME, *_SHIPPED, *_RESERVED, *_STATIONS)

ORDER_COSTS = (
    Kpi("cost_shipping", "money", "lower", "money",
        "What carriers charge for shipments, at the location they left, on the day they left.",
        {"cost_shipping": 1}),
    Kpi("cost_split", "money", "lower", "money",
        "Shipments beyond an order's first, at split; belongs to no location.",
        {"cost_split": 1}),
)  # fmt: skip

COST_PER_ORDER = Kpi(
    "cost_per_order", "money", "lower", "money",
    "Shipping, picking and splitting of web orders, over orders that were not refused.",
    {"cost_shipping": 1, "cost_picking": 1, "cost_split": 1}, {"web_orders": 1, "web_refused": -1},
)  # fmt: skip
