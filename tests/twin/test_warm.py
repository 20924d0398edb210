"""Compiled kernels: where they lie, and which folders of old ones go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from twin import compiled, warm


def folder(base: Path, name: str, used_s: float) -> Path:
    path = base / name
    path.mkdir()
    (path / "complete").touch()
    os.utime(path / "complete", (used_s, used_s))
    return path


def test_folders_of_old_kernels_go_but_for_the_last_three(tmp_path: Path) -> None:
    day, now = 86_400.0, 1_000 * 86_400.0
    folders = [folder(tmp_path, f"{compiled.PREFIX}{i}", now - i * 2 * day) for i in range(6)]
    other = folder(tmp_path, "not-ours", 0)
    warm.forget_old(tmp_path, now)
    assert [one.exists() for one in folders] == [True] * 3 + [False] * 3
    assert other.exists()


def test_what_was_used_within_a_day_stays(tmp_path: Path) -> None:
    now = 1_000 * 86_400.0
    folders = [folder(tmp_path, f"{compiled.PREFIX}{i}", now - i * 3_600) for i in range(6)]
    warm.forget_old(tmp_path, now)
    assert all(one.exists() for one in folders)


def test_another_checkout_has_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """numba finds kernels by the path of their files: the same sources elsewhere are compiled again."""
    here = compiled._sources_digest()
    root = Path(compiled.__file__).parent.parent
    for package in ("twin", "policies"):
        os.symlink(root / package, tmp_path / package)
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "twin" / "compiled.py"))
    monkeypatch.setattr(Path, "resolve", lambda self, strict=False: self)
    assert compiled._sources_digest() != here
