"""The same rows written in every format."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
Writer = Callable[[Path, Sequence[Row]], Path]


def write_csv(folder: Path, rows: Sequence[Row]) -> Path:
    names = list(rows[0])
    lines = [",".join(names)] + [",".join(_quoted(row[name]) for name in names) for row in rows]
    return _text(folder / "feed.csv", lines)


def write_jsonl(folder: Path, rows: Sequence[Row]) -> Path:
    return _text(folder / "feed.jsonl", [json.dumps(row) for row in rows])


def write_packed(folder: Path, rows: Sequence[Row]) -> Path:
    path = folder / "feed.jsonl.gz"
    path.write_bytes(gzip.compress(write_jsonl(folder, rows).read_bytes()))
    return path


def write_parquet(folder: Path, rows: Sequence[Row]) -> Path:
    path = folder / "feed.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "packed": write_packed,
    "parquet": write_parquet,
}


def _text(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="")
    return path


def _quoted(value: Any) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"') else text
