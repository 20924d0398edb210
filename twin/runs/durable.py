"""Files that are whole or not there: written aside, forced to disk, then renamed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PART = ".part"


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """Give a name to write to; at the end it becomes `path` in one step, or vanishes if the block failed."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield part
        sync(part)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` (UTF-8), whole or not at all."""
    with aside(path) as part:
        part.write_text(text, encoding="utf-8")


def write_json(path: Path, value: object) -> None:
    """Replace `path` by `value` as indented JSON, keys in the order given."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def seal(part: Path, final: Path) -> None:
    """Turn the folder `part` into `final` in one step, once all that is in it has reached the disk."""
    for folder, _, names in os.walk(part):
        for name in names:
            sync(Path(folder) / name)
        sync(Path(folder))
    if final.exists():  # a worker died between this rename and its report: the same replication, made again
        shutil.rmtree(final)
    os.rename(part, final)
    sync(final.parent)


def sync(path: Path) -> None:
    """Force a file or folder to disk (Windows opens no folders, and keeps renames in order anyway)."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:
        if os.name == "nt":
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_name(text: str) -> str:
    """Any name as that of a file: what file systems do not take is spelt ``%20``; no two names become one.

    Examples
    --------
    >>> file_name("no shrink/2"), file_name("two-stores"), file_name("..")
    ('no%20shrink%2F2', 'two-stores', '%2E.')
    """
    quoted = quote(text, safe="")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted
