"""What if: the language of scenarios, its loading and its library."""

from typing import Any

from scenarios.differences import Difference, diff
from scenarios.edits import Edit
from scenarios.errors import NotBuiltError, ScenarioError, ScenarioErrors
from scenarios.loading import load, loads, validate
from scenarios.resolved import Resolved
from scenarios.schema.scenario import Scenario
from scenarios.shelf import library

__all__ = [
    "Difference",
    "Edit",
    "NotBuiltError",
    "Resolved",
    "Scenario",
    "ScenarioError",
    "ScenarioErrors",
    "diff",
    "json_schema",
    "library",
    "load",
    "loads",
    "validate",
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors."""
    from scenarios.export import json_schema

    return json_schema()
