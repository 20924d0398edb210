"""A file is whole or not there."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from twin.runs import durable


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole(tmp_path: Path) -> None:
    durable.write_json(tmp_path / "a.json", {"b": 1, "a": "ü"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"b": 1, "a": "ü"}
    assert names(tmp_path) == ["a.json"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    durable.write_text(tmp_path / "a", "before")
    with pytest.raises(KeyboardInterrupt), durable.aside(tmp_path / "a") as part:
        part.write_text("half")
        assert (tmp_path / "a").read_text() == "before"
        raise KeyboardInterrupt
    assert (tmp_path / "a").read_text() == "before"
    assert names(tmp_path) == ["a"]


def test_a_value_that_is_not_json_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        durable.write_json(tmp_path / "a.json", {"a": float("nan")})
    assert names(tmp_path) == []


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        durable.write_text(tmp_path / "a", "text")
    assert names(tmp_path) == []


def test_a_folder_is_sealed_in_one_step_and_replaces_an_older_one(tmp_path: Path) -> None:
    for content in ("first", "second"):
        part = tmp_path / ".x.part"
        (part / "events").mkdir(parents=True)
        (part / "events" / "a").write_text(content)
        durable.seal(part, tmp_path / "x")
        assert names(tmp_path) == ["x"]
        assert (tmp_path / "x" / "events" / "a").read_text() == content
