"""Compiled kernels: where they lie, and which folders of old ones go."""

from __future__ import annotations

import os
import subprocess
import sys
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


KERNEL = """
import sys
import numpy as np
from twin.compiled import compiled

@compiled()
def places(values, wanted):
    return np.searchsorted(values, wanted)

print(places(np.array([1, 2, 4]), 4))
print(*sorted({"numba.np.arrayobj", "numba.np.arraymath", "scipy.linalg"} & set(sys.modules)), "imported")
print(places(np.array([1.0, 2.0, 4.0]), 3.0), len(places.stats.cache_misses))
"""


def test_a_kernel_from_the_cache_is_loaded_without_the_compiler_and_others_are_compiled_beside_it(tmp_path: Path) -> None:
    script, root = tmp_path / "kernel.py", Path(compiled.__file__).parent.parent
    script.write_text(KERNEL)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(root)}

    def run() -> list[str]:
        done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert run()[0] == "2"
    for index in (tmp_path / "cache").rglob("*.2.nbc"):  # of the second call: to be compiled again, after the first is loaded
        index.unlink()
    assert run() == ["2", "imported", "2 1"]
