"""All commands, registered. Help is plain text: drawing it would take as long as all the rest."""

from __future__ import annotations

from typing import Annotated

import typer

from twin.cli import comparing, explaining, replaying, running, scenario_files

app = typer.Typer(
    name="twin",
    help="Stocktwin: a digital twin of a retailer's stock.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from twin.runs.versions import version

        typer.echo(f"twin {version()}")
        raise typer.Exit


@app.callback()
def twin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Stocktwin: a digital twin of a retailer's stock."""


app.command("run")(running.run)
app.command("replay")(replaying.replay)

app.command("validate")(scenario_files.validate)
app.command("diff")(scenario_files.diff)
app.command("schema")(scenario_files.schema)
app.command("scenarios")(scenario_files.scenarios_)
app.command("compare")(comparing.compare)
app.command("explain")(explaining.explain)
