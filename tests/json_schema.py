"""The part of JSON Schema that the schemas of rows use, read strictly: a keyword it does not know is an error, not ignored."""

from __future__ import annotations

from typing import Any

_TYPES = {"integer": int, "string": str, "object": dict}
_ANNOTATIONS = {"$schema", "title", "description"}
_KNOWN = {"type", "enum", "const", "minimum", "maximum", "required", "properties", "additionalProperties", "allOf", "if", "then"}


def problems(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """What a value does not fulfil, as ``path: keyword``; nothing where it fits."""
    unknown = schema.keys() - _KNOWN - _ANNOTATIONS
    if unknown:
        raise NotImplementedError(f"keywords of JSON Schema: {sorted(unknown)}")
    broken = [keyword for keyword, holds in _of_itself(value, schema) if not holds]
    found = [f"{at}: {keyword}" for keyword in broken]
    if isinstance(value, dict) and "type" not in broken:
        found += _of_object(value, schema, at)
    for part in schema.get("allOf", ()):
        found += problems(value, part, at)
    if "if" in schema and not problems(value, schema["if"], at):
        found += problems(value, schema.get("then", {}), at)
    return found


def _of_itself(value: Any, schema: dict[str, Any]) -> list[tuple[str, bool]]:
    fits = "type" not in schema or (isinstance(value, _TYPES[schema["type"]]) and not isinstance(value, bool))
    return [
        ("type", fits),
        ("enum", "enum" not in schema or value in schema["enum"]),
        ("const", "const" not in schema or value == schema["const"]),
        ("minimum", "minimum" not in schema or not fits or value >= schema["minimum"]),
        ("maximum", "maximum" not in schema or not fits or value <= schema["maximum"]),
    ]


def _of_object(value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
    known = schema.get("properties", {})
    found = [f"{at}.{name}: required" for name in schema.get("required", ()) if name not in value]
    if schema.get("additionalProperties", True) is False:
        found += [f"{at}.{name}: additionalProperties" for name in value if name not in known]
    return found + [problem for name in known if name in value for problem in problems(value[name], known[name], f"{at}.{name}")]
