"""Parts of kernels: called by name, compiled once, linked from the cache as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from twin import parts
from twin.orders.tables import Tables

PARTS = """
from __future__ import annotations
from numba.core import event
from twin import parts
from twin.compiled import compiled
from twin.parts import load_parts, part

@part()
def doubled(n: int) -> int:
    return 2 * n

@part()
def one_more(n: int) -> int:
    return doubled(n) + 1

@compiled()
def total(many):
    found = 0
    for n in range(many):
        found += one_more(n)
    return found

class Count(event.Listener):
    names = []
    def on_start(self, found):
        self.names.append(getattr(found.data.get("dispatcher"), "__name__", ""))
    def on_end(self, found):
        pass

with event.install_listener("numba:compile", Count()):
    load_parts()
    print(total(4), *sorted({"doubled", "one_more"} & set(Count.names)))
defined = [made.inspect_llvm().count("\\ndefine ") for made in parts._loaded]
assert set(defined) <= {1}, f"a part is one function, found {defined}"
"""


def test_a_part_is_compiled_once_and_linked_from_the_cache_behind_those_it_calls(tmp_path: Path) -> None:
    script, root = tmp_path / "some_parts.py", Path(parts.__file__).parent.parent
    script.write_text(PARTS)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(root), "NUMBA_BOUNDSCHECK": "0"}

    def run() -> str:
        return subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True).stdout

    assert run() == "16 doubled one_more\n"
    assert run() == "16\n"
    next((tmp_path / "cache").rglob("some_parts.doubled*.nbc")).unlink()
    assert run() == "16 doubled\n"


def test_a_part_takes_whole_numbers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 0)

    def weighs(w: Tables, grams: float) -> int:
        return int(grams)

    with pytest.raises(TypeError, match=r"weighs: arguments \['grams'\] of a part, expected annotations among"):
        parts.part()(weighs)
