"""Scenario files: ``twin validate``, ``diff``, ``schema`` and ``scenarios``."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.cli.errors import BAD_INPUT, reported


def validate(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Scenario files, or names of the library.")
    ],
) -> None:
    """Check scenario files, with all their variants."""
    bad = 0
    for file in files:
        try:
            with reported():
                typer.echo(f"{file}: valid ({_check(file)})")
        except typer.Exit as wrong:
            if wrong.exit_code != BAD_INPUT:
                raise
            bad += 1  # the next file may have something to say too
    if bad:
        raise typer.Exit(BAD_INPUT)


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A scenario file, or a name of the library.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
) -> None:
    """Show what differs between two scenarios once resolved."""
    with reported():
        import scenarios

        differences = scenarios.diff(scenarios.load(a), scenarios.load(b))
        for difference in differences:
            typer.echo(f"{difference.path}: {_shown(difference.a)} -> {_shown(difference.b)}")
        if not differences:
            typer.echo("no difference")


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    with reported():
        import json

        import scenarios

        typer.echo(json.dumps(scenarios.json_schema(), indent=2))


def scenarios_() -> None:
    """List the scenarios of the library."""
    with reported():
        import scenarios

        entries = scenarios.library()
        width = max((len(name) for name, _ in entries), default=0)
        for name, description in entries:
            typer.echo(f"{name:<{width}}  {description}".rstrip())


def _check(file: str) -> str:
    """Build the scenario and each variant; say what is in it."""
    from twin.runs.checking import check

    checked = check(file)
    variants = len(checked.resolved.variants)
    return f"{checked.cells:,} cells" + (f", {variants} variant{'s' if variants > 1 else ''}" if variants else "")


def _shown(value: object) -> str:
    if value is None:
        return "(absent)"
    import json

    return value if isinstance(value, str) else json.dumps(value, default=str)
