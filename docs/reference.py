"""Write the reference pages that are made from the code: `make docs`. A test holds them to be current."""

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))


def kpis() -> str:
    """Return docs/kpis.md: every KPI that is computed."""
    from twin.kpis.definitions import GROUPS, KPIS

    lines = ["# KPIs", "", *_ABOUT_KPIS]
    for group in GROUPS:
        lines += [
            "",
            f"## {group.capitalize()}",
            "",
            "| kpi | unit | better | definition |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{kpi.name}` | {kpi.unit} | {kpi.better} | {_cell(kpi.text)} |"
            for kpi in KPIS.values()
            if kpi.group == group
        ]
    return "\n".join(lines) + "\n"


_ABOUT_KPIS = """\
What `kpis.json` and `kpis.parquet` hold. Rates are ratios. Made from the code by `make docs`.

`kpis.json` has each KPI over the whole network and horizon, with its interval over replications. `kpis.parquet` has every
replication, and each KPI by `dimension` and `member`: `all`, `channel`, `kind` and `location`, `region`, `category`, `abc`,
`sku`, `supplier`, `station` (as `NAME@LOCATION`), `day` and `week`, as far as what it is made of is known there. Stock and
sales are kept by location and SKU in a model of up to 400,000 cells × days, and by location and category in a larger one,
which has no `sku` and `abc`; what belongs to a place alone (orders to suppliers, trips, snapshots of the record, how long it had
nothing to promise) is by place and by time only. Days are told up to ten years of them.

Web orders are told overall, by `channel` and by time, on the day they were placed; what happened to them at a location (picks,
shipments, returns, what was earned and what a carrier charged) by place too, on the day it happened; stations over the whole
horizon, by station and by place. `fill_rate`, `line_fill_rate` and `demand_units` count POS and web together; by place and by
product, POS alone. `revenue` includes the web's, but not by product, where `turns`, `days_of_inventory` and `gmroi` are left
out for that reason. By place, `cost_total` and `profit` lack `cost_split`, which belongs to no place. Without web demand there
are none of these rows; `views`, `sessions`, `cart_rate` and `conversion_rate` are there where `demand.web[].views` is.

Of a replayed feed of events only what was decided and heard is told: `purchase_orders`, `transfers`, `cost_ordering`,
`record_lag_p95` and `sku_out_share_seen`.""".splitlines()


def _cell(text: str) -> str:
    """Text as it stands in a cell of a table."""
    return text.replace("|", "\\|")


def schema() -> str:
    """Return docs/scenario.schema.json: the JSON Schema of scenario files."""
    import scenarios

    return _as_json(scenarios.json_schema())


def scenario() -> str:
    """Return docs/scenario-reference.md: every key of the language."""
    from scenarios import reference

    return reference.markdown()


def events() -> str:
    """Return docs/events.md: the catalogue of events and decisions."""
    from twin import catalogue

    return catalogue.markdown()


def event_schema() -> str:
    """Return docs/events.schema.json: the JSON Schema of a row of a feed of events."""
    from twin import catalogue

    return _as_json(catalogue.event_schema())


def decision_schema() -> str:
    """Return docs/decisions.schema.json: the JSON Schema of a row of the decisions."""
    from twin import catalogue

    return _as_json(catalogue.decision_schema())


def _as_json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


PAGES = {
    "kpis.md": kpis,
    "scenario-reference.md": scenario,
    "scenario.schema.json": schema,
    "events.md": events,
    "events.schema.json": event_schema,
    "decisions.schema.json": decision_schema,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
