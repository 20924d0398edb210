"""The benchmarks are there under their names, and a name that is not is refused."""

import importlib
import json
from pathlib import Path

import pytest

from tests.bench import runner
from tests.bench.figures import Figure


@pytest.mark.parametrize("name", runner.BENCHMARKS)
def test_every_benchmark_can_be_asked_for(name: str) -> None:
    assert callable(importlib.import_module(f"tests.bench.{name}").measure)


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        runner.main(["kernels"])
    assert stopped.value.code == 2
    assert "'kernels'" in (message := capsys.readouterr().err) and "against_simpy" in message


def test_figures_are_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "afresh", lambda name: [Figure(f"speed of {name}", 12.345, "M lines/s", "at least 5")])
    assert runner.main(["decisions", "--json", str(tmp_path / "figures.json")]) == 0
    assert "speed of decisions" in (printed := capsys.readouterr().out) and "12.35 M lines/s" in printed
    written = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert written["decisions"]["figures"][0]["value"] == 12.345
