"""JSON Lines feeds: one object a line. A line that is no object, a torn last one say, is a bad row."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from adapters.blocks import Batch, Block, blocks
from adapters.columns import NAMES, chosen
from adapters.problems import BadRow, FeedError, shorten

SAMPLE = 100
"""So many objects are looked at for the names of the columns, since an object may leave some out."""


def batches(
    path: Path, mapping: Mapping[str, str], required: Sequence[str], known: Mapping[str, str] = NAMES
) -> Iterator[Batch]:
    """Yield a JSON Lines file's rows. Whole numbers keep all their digits."""
    decoder = None
    for block in blocks(path):
        if not len(block.lines):
            continue
        if decoder is None:
            columns = chosen(path, mapping, required, _names(path, block), known)
            fields = [(ours, str | int | float | None, None) for ours in columns]
            row = msgspec.defstruct("Row", fields, rename=columns, gc=False)
            decoder = msgspec.json.Decoder(row)
        yield _read(block, decoder, list(columns))
    if decoder is None:
        raise FeedError(f"{path}: is empty")


def _read(block: Block, decoder: "msgspec.json.Decoder[Any]", names: list[str]) -> Batch:
    try:
        rows, lines, refused = decoder.decode_lines(block.data), block.lines, list[BadRow]()
    except (msgspec.DecodeError, UnicodeDecodeError):
        rows, lines, refused = _one_by_one(block, decoder)
    columns = {name: _array([getattr(row, name) for row in rows]) for name in names}
    return Batch(columns, lines, refused)


def _one_by_one(block: Block, decoder: "msgspec.json.Decoder[Any]") -> tuple[list[Any], Any, list[BadRow]]:
    rows, lines, refused = [], [], []
    for number, line in zip(block.lines.tolist(), _texts(block), strict=True):
        try:
            rows.append(decoder.decode(line))
            lines.append(number)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            reason = f"is not an object with these columns: {problem}"
            refused.append(BadRow(number, "", shorten(line), reason))
    return rows, np.array(lines, np.int64), refused


def _array(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # numbers and texts in one column
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _names(path: Path, block: Block) -> list[str]:
    names: dict[str, None] = {}
    for line in _texts(block)[:SAMPLE]:
        try:
            names |= dict.fromkeys(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
    if not names:
        raise FeedError(f"{path}: none of its first lines is a JSON object")
    return list(names)


def _texts(block: Block) -> list[bytes]:
    return [line for line in block.data.split(b"\n") if line not in (b"", b"\r")]
