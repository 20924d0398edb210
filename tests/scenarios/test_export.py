"""The JSON Schema for editors and the reference for people, both written from the schema."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import scenarios
from scenarios import reference
from scenarios.export import every_part
from scenarios.schema.base import Part
from scenarios.schema.scenario import Scenario
from tests.scenarios.samples import COMPLETE, ORDERS, TEXTBOOK, changed

SCHEMA = scenarios.json_schema()
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """The part of JSON Schema that ours uses."""
    if "$ref" in schema and not fits(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]):
        return False
    if "anyOf" in schema and not any(fits(value, option) for option in schema["anyOf"]):
        return False
    if "if" in schema and not fits(value, schema["if"]) and not fits(value, schema.get("else", {})):
        return False
    if ("enum" in schema and value not in schema["enum"]) or ("const" in schema and value != schema["const"]):
        return False
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        return False
    kinds = schema.get("type", list(TYPES))
    if not isinstance(
        value, tuple(kind for name in ([kinds] if isinstance(kinds, str) else kinds) for kind in TYPES[name])
    ):
        return False
    if isinstance(value, list):
        length = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return length and all(fits(item, schema.get("items", {})) for item in value)
    return not isinstance(value, dict) or fits_object(value, schema)


def fits_object(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    if any(key not in value for key in schema.get("required", ())):
        return False
    if any(not fits(key, schema.get("propertyNames", {})) for key in value):
        return False
    return all(
        fits(below, known[key])
        if key in known
        else others is not False and fits(below, others if others is not True else {})
        for key, below in value.items()
    )


class Editor(yaml.SafeLoader):
    """Reads YAML 1.2 as an editor does: numbers are numbers; dates, `18:30` and `no` are text."""


Editor.yaml_implicit_resolvers = {}


Editor.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
Editor.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)$"), list("-+.0123456789")
)
Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))


def typed(text: str) -> Any:
    def keys(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {str(key): keys(value) for key, value in tree.items()}
        return [keys(item) for item in tree] if isinstance(tree, list) else tree

    return keys(yaml.load(text, Loader=Editor))


@pytest.mark.parametrize(
    "text", [COMPLETE, ORDERS, TEXTBOOK, *(scenarios.load(name).to_yaml() for name, _ in scenarios.library())]
)
def test_what_loads_fits_the_json_schema(text: str) -> None:
    assert fits(typed(text), SCHEMA)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 7", "sede: 7"),
        ("seed: 7", "seed: [7]"),
        ("rate: 20/d", "rte: 20/d"),
        ("kind: store, at", "kind: shop, at"),
        ("max_shipments: 3", "max_shipment: 3"),
        ("dist: lognormal, mean: 5d", "dist: lognorm, mean: 5d"),
        ("[39.10, -84.51]", "[39.10]"),
        ("days: 28, ", ""),
        ("inventory:\n", "inventory:\n  miscan: .002\n"),
        ("use: r_Q, r: 200", "use: r_Q, R: 200"),
        ("seed: 7", "seed: 7\ncarriers: [{id: P, transit: [1d]}]"),
        ("servers: 3", "first: last"),
        ("orders_per_day: 40", "flash: {at: 2026-11-27}"),
    ],
)
def test_what_does_not_load_does_not_fit(old: str, new: str) -> None:
    assert not fits(typed(changed(COMPLETE, (old, new))), SCHEMA)


def test_ones_own_policy_has_parameters_that_nobody_here_knows() -> None:
    own = ("use: proximity, max_shipments: 3", 'use: "acme.policies:Ours", distance: 3')
    assert fits(typed(changed(COMPLETE, own)), SCHEMA)


def test_a_file_that_extends_another_may_leave_out_and_use_paths() -> None:
    assert fits(typed("extends: two-stores\nnetwork.locations[S1].open: 08:00-20:00\n"), SCHEMA)
    assert not fits(typed("network.locations[S1].open: 08:00-20:00\n"), SCHEMA)


def test_defaults_read_as_one_would_write_them() -> None:
    parts = SCHEMA["$defs"]
    assert parts["Stream"]["properties"]["latency"]["default"] == "0"
    assert parts["Time"]["properties"]["timezone"]["default"] == "UTC"
    assert (
        parts["ReorderRule"]["properties"]["level"]["description"]
        == "base_stock, periodic: a whole number or auto."
    )
    assert "params" not in parts["ReorderRule"]["properties"]


def test_every_key_is_described() -> None:
    for part in every_part():
        assert part.__doc__ and part.__doc__ != Part.__doc__, part
        for key, attribute in part.keys().items():
            if not part.__name__.endswith("Columns"):
                assert part.model_fields[attribute].description, (part.__name__, key)


def test_the_reference_names_every_key_once_and_every_policy() -> None:
    text = reference.markdown()
    for part in every_part():
        if "Distribution" not in part.__name__:
            assert text.count(f"\n### {part.__name__}\n") == 1
    for key in dict(Scenario.keys()):
        assert f"| `{key}` |" in text
    for word in (
        "`base_stock`",
        "`s_S`",
        "`soft_ttl` | a duration | `30m`",
        "`promotions`",
        "median and p95",
    ):
        assert word in text
    for anchor in re.findall(r"\]\(#([a-z-]+)\)", text):
        headings = re.findall(r"^#+ (.*)$", text, re.M)
        assert anchor in [
            re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings
        ], anchor


def test_the_example_of_the_reference_loads() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", reference.markdown(), re.S)
    resolved = scenarios.loads(example)
    assert {"longer-hours", "periodic"} < set(resolved.variants)


def test_the_reference_on_disk_is_the_one_that_is_written() -> None:
    on_disk = Path(__file__).parents[2] / "docs" / "scenario-reference.md"
    assert on_disk.read_text("utf-8") == reference.markdown(), "run `make docs`"


def test_importing_scenarios_imports_nothing_heavy() -> None:
    heavy = ["numpy", "numba", "scipy", "pyarrow", "duckdb", "networkx", "simpy"]
    program = f"import sys, scenarios; print([name for name in {heavy} if name in sys.modules])"
    path = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
