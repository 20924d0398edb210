"""The JSON Schema of scenario files, for editors that check and complete while one types."""

from __future__ import annotations

from typing import Any

from scenarios.schema.base import Part
from scenarios.schema.distributions import Distribution
from scenarios.schema.scenario import Scenario
from scenarios.translate import part_of, reader_of

_EXTENDS = {
    "type": "string",
    "description": "The scenario that this one is laid over: a path or a library name.",
}
_VARIANTS = {
    "type": "object",
    "description": "Variants by name, each a map of paths and values.",
    "additionalProperties": {"type": "object"},
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file.

    A file with `extends` may leave out anything and use paths as keys, so that only its own keys are
    described there; a file without is described whole.
    """
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    parts: dict[str, Any] = schema.pop("$defs", {})
    _add_file_keys(schema)
    for part in every_part():
        name = part.__name__
        target = schema if part is Scenario else parts.get(name)
        if target is not None:
            _show_defaults(part, target)
    parts["Scenario"] = schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stocktwin scenario",
        "type": "object",
        "properties": {key: {} for key in schema["properties"]},
        "if": {"required": ["extends"]},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": dict(sorted(parts.items())),
    }


def _add_file_keys(schema: dict[str, Any]) -> None:
    schema["properties"]["extends"] = _EXTENDS
    schema["properties"]["variants"] = _VARIANTS


def _show_defaults(part: type[Part], schema: dict[str, Any]) -> None:
    """Defaults as one would write them, where they are scalars; others say nothing to an editor."""
    whole = schema if "properties" in schema else schema.get("anyOf", [{}])[-1]
    for key, attribute in part.keys().items():
        told = whole.get("properties", {}).get(key)
        if told is None or "default" not in told:
            continue
        text = default_text(part, attribute)
        if text is None:
            del told["default"]
        else:
            told["default"] = text


def default_text(part: type[Part], attribute: str) -> str | None:
    """The default of a key as one would write it, or None where there is none to write."""
    field = part.model_fields[attribute]
    derived = issubclass(part, Distribution) and attribute in ("mean", "sd")  # filled in from the others
    if derived or field.is_required() or field.default is None or field.default == ():
        return None
    reader = reader_of(part, attribute)
    if reader is not None:
        return reader.show(field.default)
    constant = getattr(field.default, "constant", None)
    return f"{constant:g}" if constant is not None else None


def every_part() -> list[type[Part]]:
    """All parts of the language, from the whole to its parts, each once."""
    found: dict[type[Part], None] = {Scenario: None}
    queue: list[type[Part]] = [Scenario]
    while queue:
        part = queue.pop(0)
        below = [part_of(field.annotation) for field in part.model_fields.values()]
        fresh = [one for one in below if one is not None and one not in found]
        found.update(dict.fromkeys(fresh))
        queue += fresh
    return list(found)
