"""The catalogue of events and decisions, for others: JSON Schemas of their rows, and the page docs/events.md.

All of it is written from ``twin.events``, ``twin.clock`` and ``twin.brain.log``; ``make docs`` writes the files.
"""

# ruff: noqa: E501 - rows of Markdown tables do not wrap

from __future__ import annotations

from typing import Any

from twin import decisions, events
from twin.brain import log
from twin.clock import Phase
from twin.events import OPTIONAL, PHASE_OF, SINGLE, SOURCE_OF, TELLS, Kind
from twin.record.state import Source

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NEVER_NEGATIVE = ("round", "sequence", "line", "units", "other", "order", "replication")
_LABELS = (("variant", "string", "variant of the scenario"), ("replication", "int32", "number of the replication, from 1"))

_PHASES = {
    Phase.CHANGE: "changes and disruptions; shrink",
    Phase.RECEIPT: "deliveries are put away, and those who waited for them are served",
    Phase.CONVERSION: "payments",
    Phase.RELEASE: "releases, cancellations, expiries",
    Phase.RETURN: "returns",
    Phase.DEMAND: "sales at the till",
    Phase.PICK: "picks; trucks are loaded",
    Phase.COUNT: "counts",
    Phase.REVIEW: "reorder rules are asked: decisions",
    Phase.MEASURE: "truth and record are compared",
}
_SOURCES = {
    Source.SALES: "POS lines, a sequence for each location, in the order in which they were rung up; what nobody hears of takes a number too",
    Source.BACKFILLS: "backorders that were met, in the order in which they were",
    Source.WAREHOUSE: "receipts and dispatches, in the order in which they happened",
    Source.COUNTS: "counts, one number for each location and time",
}


def event_schema() -> dict[str, Any]:
    """JSON Schema of one row of a feed of events, such as a line of a JSONL file."""
    rows = {name: _column(name, kind, text) for name, kind, text in events.COLUMNS}
    rows["kind"] = {"enum": [int(kind) for kind in Kind], "description": rows["kind"]["description"]}
    rows["source"] = {"enum": [int(source) for source in Source], "description": rows["source"]["description"]}
    return {
        "$schema": _DIALECT,
        "title": f"Stocktwin: a row of a feed of events, version {events.VERSION}",
        "description": "Columns of other names are not read. An event is never heard before it happened.",
        "type": "object",
        "required": [name for name in rows if name not in OPTIONAL],
        "properties": rows,
        "allOf": [_rule(kind) for kind in Kind],
    }


def _rule(kind: Kind) -> dict[str, Any]:
    """What holds of the rows of one kind."""
    fixed = {"source": int(SOURCE_OF[kind])}
    if kind in SINGLE:
        fixed["round"] = 0
    if TELLS[kind].other is None:
        fixed["other"] = 0
    return {
        "if": {"required": ["kind"], "properties": {"kind": {"const": int(kind)}}},
        "then": {"properties": {name: {"const": value} for name, value in fixed.items()}},
    }


def decision_schema() -> dict[str, Any]:
    """JSON Schema of one row of ``decisions.parquet``: a line of an order."""
    rows = {name: _column(name, kind, text) for name, kind, text in (*_LABELS, *log.COLUMNS)}
    rows["kind"] = {"enum": list(log.KINDS), "description": rows["kind"]["description"]}
    rows["order"]["minimum"] = 1
    return {
        "$schema": _DIALECT,
        "title": f"Stocktwin: a line of a decision, version {decisions.VERSION}",
        "type": "object",
        "required": list(rows),
        "properties": rows,
        "additionalProperties": False,
        "allOf": [_of_decision(kind) for kind in log.KINDS],
    }


def _of_decision(kind: str) -> dict[str, Any]:
    """What holds of the lines of decisions of one kind."""
    units = {"const": 0} if kind == "count" else {"minimum": 1}
    return {
        "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
        "then": {"properties": {"units": units}},
    }


def _column(name: str, kind: str, text: str) -> dict[str, Any]:
    if kind == "string":
        return {"type": "string", "description": text}
    bits = int(kind.removeprefix("int"))
    lowest = 0 if name in _NEVER_NEGATIVE else -(1 << (bits - 1))
    return {"type": "integer", "minimum": lowest, "maximum": (1 << (bits - 1)) - 1, "description": text}


def markdown() -> str:
    """The page docs/events.md."""
    parts = (
        _INTRODUCTION.format(events=events.VERSION, decisions=decisions.VERSION),
        _table(("kind", "", "tells that", "`units`", "`other`", "source", "phase"), map(_kind_row, Kind)),
        _NO_EVENT,
        _table(
            ("column", "type", "holds"),
            ((f"`{n}`", kind, text + ("; may be left out" if n in OPTIONAL else "")) for n, kind, text in events.COLUMNS),
        ),
        _IDS,
        _table(("source", "", "numbers"), ((int(s), _name(s), _SOURCES[s]) for s in Source)),
        _ORDER,
        _table(("phase", "", "what is done in it"), ((int(p), _name(p), _PHASES[p]) for p in Phase)),
        _ROUNDS,
        _VIEWS,
        _table(("column", "type", "holds"), ((f"`{n}`", kind, text) for n, kind, text in events.VIEW_COLUMNS)),
        _DECISIONS,
        _table(("column", "type", "holds"), ((f"`{n}`", kind, text) for n, kind, text in (*_LABELS, *log.COLUMNS))),
        _ACKNOWLEDGED,
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _kind_row(kind: Kind) -> tuple[object, ...]:
    tells = TELLS[kind]
    lines = "" if kind in SINGLE else "; one or more lines"
    return (
        int(kind), _name(kind), tells.what + lines, tells.units, tells.other or "0", _name(SOURCE_OF[kind]), _name(PHASE_OF[kind]),
    )  # fmt: skip


def _name(member: Kind | Source | Phase) -> str:
    return member.name.lower()


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


_INTRODUCTION = """\
# Events and decisions

What the record hears and what the brain decides: version {events} of the events, version {decisions} of the decisions. They
are the same in every body: simulated, replayed or your own. Made from the code by `make docs`. Kinds, sources and columns
keep their number and meaning; what is new gets a new one.

## Events
"""

_NO_EVENT = """\
No event tells of demand that an empty shelf lost, nor of shrink, which comes out in a count only.

A row is a line of an event. `twin run … --events` writes them as `events/*.parquet`, and `twin replay FEED --as events` reads
them from Parquet, CSV or JSONL, under other names with `--column ours=theirs`. One row as JSON:
[events.schema.json](events.schema.json).
"""

_IDS = """\
## Ids

An event is known by its source and its `sequence`, which counts from 0 within the source, and for sales within those of the
location. It is applied once, however often
it comes. A number missing from a sequence means nothing: the event was lost, is late, or had nothing to tell. An id is
remembered for a window of numbers behind the highest that was heard; what is older is not applied, and is counted as
`beyond_window`.
"""

_ORDER = """\
## The order within an instant

An event is heard at its `record_time`, never before its `event_time`, in the phase of its kind. At one instant the phases run
in this order:
"""

_ROUNDS = """\
Within a phase what happens in the world comes before what the record hears of it; then the location, the rank of the source
and the sequence decide.

What an event or a decision causes without delay in a later phase is still part of the same *round*. What it causes in its own
phase or an earlier one is done in the next round of the same instant, which runs through the phases again. A review in round
0 orders from the FC next door, whose truck leaves at once: it is loaded in the phase `pick` of round 1, and with a transit of
0 the receipt is in round 2. Tills belong to round 0; a backfill that a receipt of a later round
allows is heard after round 0. `round` holds what time and kind alone cannot tell: whether
a message came before or after the decisions of its instant.

The rows of a feed may come in any order. They are applied by `record_time`, `round` and phase; then sales and backfills by
location and `sequence`, the others by source and `sequence`. Rows that agree in all of these are the lines of one event, and
`line` numbers them. Where it is left out they are its lines as they come, and an event that came twice at one instant cannot
be told from one with twice the lines: leave out the copy.
"""

_VIEWS = """\
## Views

Where a scenario has `demand.web[].views`, `--events` keeps a file of views beside the others, `views.parquet`. The record does not
hear them, no decision depends on them, they are in no digest, and a replay does without them. Rows come a stretch of days at a
time, and in order of time within it; a cart's views are in the stretch of their cart.
"""

_DECISIONS = """\
Sessions are numbered by the day on which their cart came or, without one, they began: those with a cart first, in the order of
their carts, then the others. So a session keeps its number however many days are drawn at once. A cart without views (of an entry
of `demand.web` that has none) takes a number, too.

## Decisions

A decision is an order for one location over one lane, or a request to count cells of one location after a pick that found nothing
(`inventory.count[].after_empty_pick`; it falls due so long after its `time`). `decisions.parquet` has a row a line; one row as JSON:
[decisions.schema.json](decisions.schema.json).
"""

_ACKNOWLEDGED = """\
The digest of decisions covers number, time, places, rule, lines, units, positions, `complete_to`, and when a count falls due; with
web orders also where they are reserved and sent: two runs with the same
digest decided alike, and knew alike.

## Which event acknowledges which decision

| decision | enters the record at once | is acknowledged by | which changes |
| --- | --- | --- | --- |
| purchase | `units` inbound at the destination | `receipt` at the destination | inbound − `other`, on hand + `units` |
| transfer | `units` inbound at the destination, committed at the origin | `dispatch` at the origin | committed − `units`, on hand − `units`, both at the origin |
| | | then `receipt` at the destination | inbound − `other`, on hand + `units` |
| count | nothing; until it falls due no other is asked for | `count` there | on hand, to what was found as of then |

An acknowledgement names cells and units, not the order: an order may come in several deliveries, and a truck carries lines of
several. What no event acknowledges stays inbound or committed, even where the channel lost the event. The inventory position
is on hand + inbound − committed − backordered, so that an order counts from the moment it is decided, and a transfer counts
against its origin from that moment on.
"""
