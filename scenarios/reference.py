"""The reference of the language, written from the schema: nothing in it can be out of date."""

# ruff: noqa: E501 - rows of Markdown tables do not wrap

from __future__ import annotations

from typing import Any

from scenarios import laws, parameters
from scenarios.export import default_text, every_part
from scenarios.schema.base import Part
from scenarios.schema.distributions import Distribution, NumberDistribution, WordOrLaw
from scenarios.translate import part_of, reader_of

_INTRODUCTION = """\
# Scenario reference

Written by `make docs` from the schema in `scenarios/schema/`; change it there.

A scenario is one YAML file. Scalars are read as text and given their type by the key they stand at, so that `18:30`,
`no`, `1e-3` and `010` mean what they look like. There are no aliases, anchors, tags or duplicate keys; a file has at
most 16 MiB and 32 levels. An unknown key is an error. `key: null` (or nothing after the colon) leaves a key out.

## Values

| written | means |
| --- | --- |
| duration | `800ms`, `40s`, `30m` (or `30min`), `4h`, `2d`, `1w`, `5us`; the unit is needed, a bare `0` aside; `1d` is 24 h |
| rate | `N/s`, `N/min`, `N/h`, `N/d` or `N/w` |
| share | a number from 0 to 1 |
| clock time | `"18:00"` or `"18:00:30"`, local |
| opening hours | `"08:00-22:00"`, local |
| date or date and time | `2026-11-02` or `2026-11-27T10:00`, local to `time.timezone` |
| file | a `.csv`, `.parquet` or `.jsonl` file; a relative path starts from the folder of the file that names it, after `--set` from the current folder. Workbooks are not read: save the sheet as CSV |
| list | where a list of maps is asked for, one map stands for a list of one; where a list of words is, one word |

A rule list is read from the top: the first rule that matches decides.

## Laying one scenario over another

`extends: base.yaml` (a path, or a name of the library) takes another file as the base. `variants` holds named edits of
the scenario; `--set key.path=value` edits it from the command line, before any variant. In all three:

- a map merges, a list replaces, a scalar replaces, and `null` takes away;
- a key may be a path: `policies.routing.use`, `network.locations[S1].open`, `demand.pos[0].rate`. In brackets stands
  an `id`, a `sku`, a `name`, the two ends of a lane as `F1->S1`, or a number from 0. Within `{…}` YAML wants quotes
  round a path with brackets;
- `seed` and `replications` are the same for all variants: they are compared replication by replication;
- changing `use` or `dist` drops the parameters that the new one does not have, and a parameter of a distribution goes
  when it contradicts a new one (`median` and `p95` go when `mean` and `cv` come).

```yaml
extends: two-stores
name: two-stores-late
network.lanes[V1->F1].transit.mean: 8d
variants:
  longer-hours:
    network.locations[S1].open: "07:00-23:00"
  periodic:
    policies.reorder[0]: {use: periodic, level: auto, service: .98}
```
"""


def markdown() -> str:
    """The whole reference as Markdown."""
    parts = [part for part in every_part() if not issubclass(part, Distribution)]
    sections = [_INTRODUCTION, _distributions(), "## Keys\n"]
    sections += [_section(part) for part in parts]
    sections += [_policies(), _not_built()]
    return "\n".join(section.rstrip() + "\n" for section in sections)


def _distributions() -> str:
    rows = [
        f"| `{dist}` | {laws.say_sets(dist)} | {'no' if dist in laws.DISCRETE else 'yes'} |"
        for dist in laws.PARAMETERS
    ]
    keys = [
        f"| `{key}` | {field.description} |"
        for key, field in NumberDistribution.model_fields.items()
        if key != "dist" and field.description
    ]
    return "\n".join(
        [
            "## Distributions",
            "",
            "A distribution is a plain value, which is constant, or a map `{dist: …}` with one of the sets of parameters.",
            "In a distribution of durations all but `cv`, `shape` and `weights` are durations, and parameters without a",
            "unit (`mu` and `sigma`, `r` and `p`) do not apply. A normal law of durations stops at 0.",
            "",
            "| `dist` | parameters | of durations |",
            "| --- | --- | --- |",
            *rows,
            "",
            "| parameter | meaning |",
            "| --- | --- |",
            *keys,
            "",
        ]
    )


def _section(part: type[Part]) -> str:
    lines = [f"### {part.__name__}", ""]
    used = _places(part)
    if used:
        lines += [f"At {', '.join(f'`{place}`' for place in used)}.", ""]
    lines += [_first_paragraph(part), "", "| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    for key, attribute in part.keys().items():
        if attribute == "params":
            lines.append("| … | | | The [policy's own parameters](#policies-and-their-parameters). |")
            continue
        field = part.model_fields[attribute]
        default = "**needed**" if field.is_required() else _default(part, attribute)
        lines.append(
            f"| `{key}` | {_value(part, attribute)} | {default} | {_cell(field.description or '')} |"
        )
    return "\n".join([*lines, ""])


def _first_paragraph(part: type[Part]) -> str:
    return " ".join((part.__doc__ or "").strip().split("\n\n")[0].split())


def _default(part: type[Part], attribute: str) -> str:
    text = default_text(part, attribute)
    return f"`{_cell(text)}`" if text and text != "{}" else ""


def _value(part: type[Part], attribute: str) -> str:
    reader = reader_of(part, attribute)
    below = part_of(part.model_fields[attribute].annotation)
    many = "tuple[" in str(part.model_fields[attribute].annotation)
    if below is not None and issubclass(below, Distribution):
        words = (
            "distribution of numbers"
            if issubclass(below, NumberDistribution)
            else "distribution of durations"
        )
        marks = part.model_fields[attribute].metadata
        word = next((f"`{mark.word}` or " for mark in marks if isinstance(mark, WordOrLaw)), "")
        return f"{word}[{words}](#distributions)"
    if below is not None:
        named = "names, each with " if "dict[" in str(part.model_fields[attribute].annotation) else ""
        return f"{named}{'list of ' if many else ''}[{below.__name__}](#{below.__name__.lower()})"
    return _cell(reader.label) if reader is not None else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _places(wanted: type[Part]) -> list[str]:
    """The keys at which a part stands, but those within selectors' owners are many: at most six are told."""
    found: list[str] = []
    for part in every_part():
        if issubclass(part, Distribution):
            continue
        for key, attribute in part.keys().items():
            if attribute != "params" and part_of(part.model_fields[attribute].annotation) is wanted:
                found.append(f"{key}" if part.__name__ == "Scenario" else f"{part.__name__}.{key}")
    return found[:6]


def _policies() -> str:
    lines = ["## Policies and their parameters", ""]
    for kind in ("reorder", *parameters.LISTED):
        uses = parameters.names(kind)
        takers: dict[tuple[str, str, str], list[str]] = {}
        for use in uses:
            for key, parameter in parameters.of(kind, use).items():
                takers.setdefault((key, parameter.expected, _parameter_default(parameter)), []).append(use)
        lines += [f"### `{kind}`", "", f"`use`: {', '.join(f'`{use}`' for use in uses)}.", ""]
        lines += ["| parameter | value | default | of |", "| --- | --- | --- | --- |"]
        for (key, expected, default), some in takers.items():
            of = "all" if len(some) == len(uses) else ", ".join(f"`{use}`" for use in some)
            lines.append(f"| `{key}` | {_cell(expected)} | {default} | {of} |")
        to_come = ", ".join(f"`{use}`" for use in sorted(parameters.TO_COME.get(kind, ())))
        lines += ["", f"Not built yet: {to_come}.", ""] if to_come else [""]
    lines += [
        'Your own policy of any kind is named by its import path, `use: "acme.policies:OurReorder"`, with its parameters',
        "beside it; their names, types and defaults are those of its constructor.",
        "",
    ]
    return "\n".join(lines)


def _parameter_default(parameter: Any) -> str:
    if parameter.required:
        return "**needed**"
    default = getattr(parameter, "written", parameter.default)
    return "" if default is None else f"`{default}`"


def _not_built() -> str:
    lines = ["## Part of the language, not built yet", "", "These keys are refused with those words.", ""]
    for part in every_part():
        if part.NOT_BUILT:
            at = "at the top" if part.__name__ == "Scenario" else f"in {part.__name__}"
            lines.append(f"- {at}: {', '.join(f'`{key}`' for key in sorted(part.NOT_BUILT))}")
    lines += [
        "",
        "These are part of the language and of the schema, and refused with the same words when a run is planned: `streams.rfid`,",
        "`streams.supplier`, and `catalog.items[].shelf_life` under a rule for perishables.",
        "",
        "These may stand in a scenario without `demand.web` and change nothing there; a run says so among its assumptions:",
        "`ship_from_store`, `carriers`, `policies.reservation`, `policies.routing`, `policies.safety`, `promise`,",
        "`operations.stations`, `operations.capacity`, `network.zones`, `locations[].cut_off`, `returns.web`, `streams.web`,",
        "`streams.returns`, `costs.split`.",
    ]
    return "\n".join([*lines, ""])
