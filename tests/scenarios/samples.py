"""Scenarios that the tests change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import scenarios
from scenarios import Edit, Resolved, ScenarioErrors

FOLDER = Path(__file__).parent
COMPLETE = (FOLDER / "complete.yaml").read_text("utf-8")  # the specification's own sample

TEXTBOOK = """\
name: textbook
time: {start: 2026-01-01, days: 10}
catalog: {items: [{sku: A}]}
network:
  locations: [{id: S1, kind: store}, {id: V1, kind: supplier}]
  lanes: [{from: V1, to: S1, transit: 5d}]
demand: {pos: [{at: {kind: store}, sku: A, rate: 2/d}], unmet: backorder}
policies: {reorder: [{where: {kind: store}, use: base_stock, level: 14}]}
"""


def changed(text: str, *edits: tuple[str, str]) -> str:
    """`text` with pieces of it replaced, each of which must be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def errors_of(text: str, sets: Sequence[str] = ()) -> ScenarioErrors:
    """What is wrong with a scenario that must be wrong."""
    try:
        scenarios.loads(text, name="s.yaml", sets=sets)
    except ScenarioErrors as errors:
        return errors
    raise AssertionError("nothing was found wrong")


def textbook(*edits: tuple[str, str], sets: Sequence[str | Edit] = ()) -> Resolved:
    """The textbook scenario, changed."""
    return scenarios.loads(changed(TEXTBOOK, *edits), sets=sets)
