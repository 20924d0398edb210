"""The small scenario, and the command line in this process on the fake simulator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.twin.runs import fake_simulator
from tests.twin.runs.conftest import SCENARIO
from twin.cli.app import app

Invoke = Callable[..., Result]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def twin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Invoke:
    """Run ``twin`` with these arguments, in a folder of its own."""
    monkeypatch.setitem(sys.modules, "twin.simulate", fake_simulator)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke
