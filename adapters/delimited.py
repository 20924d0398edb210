"""Comma-separated feeds: one line a row. A quote left open spoils its own line and no other."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from adapters.blocks import Batch, Block, blocks
from adapters.columns import NAMES, chosen
from adapters.problems import BadRow, FeedError, shorten

DELIMITERS = ",;\t|"


def batches(
    path: Path, mapping: Mapping[str, str], required: Sequence[str], known: Mapping[str, str] = NAMES
) -> Iterator[Batch]:
    """Yield a CSV file's rows. The delimiter (comma, semicolon, tab or bar) is told from the header."""
    reader = None
    for block in blocks(path):
        if reader is None:
            if not len(block.lines):
                continue
            header, block = _first_line(path, block)
            reader = _Reader(path, header, mapping, required, known)
        yield reader.read(block)
    if reader is None:
        raise FeedError(f"{path}: is empty: a header with the names of the columns is expected")


class _Reader:
    def __init__(
        self, path: Path, header: str, mapping: Mapping[str, str], required: Sequence[str], known: Mapping[str, str]
    ) -> None:
        self.path = path
        self.delimiter = max(DELIMITERS, key=header.count)
        names = [name.strip() for name in next(csv.reader([header], delimiter=self.delimiter))]
        columns = chosen(path, mapping, required, names, known)
        self.width = len(names)
        self.numbered = {ours: str(names.index(theirs)) for ours, theirs in columns.items()}

    def read(self, block: Block) -> Batch:
        """Split a block's lines into columns of bytes."""
        if not len(block.lines):
            return Batch({ours: pa.array([], pa.binary()) for ours in self.numbered}, block.lines, [])
        table, narrow = self._split(block.data)
        if table.num_rows + len(narrow) != len(block.lines):
            # A quote left open has swallowed the lines after it: leave its line out, and split again.
            block, refused = self._closed(block)
            if not refused:
                first, last = block.lines[[0, -1]].tolist()
                raise FeedError(f"{self.path}: lines {first} to {last} cannot be told apart")
            rest = self.read(block)
            merged = sorted([*refused, *rest.refused], key=lambda row: row.line)
            return Batch(rest.columns, rest.lines, merged)
        if narrow:  # threads do not tell which rows these are
            table, narrow = self._split(block.data, threads=False)
        index = np.array([row.number - 1 for row in narrow], np.int64)
        refused = [
            BadRow(line, "", shorten(row.text), f"has {row.actual_columns} columns instead of {self.width}")
            for line, row in zip(block.lines[index].tolist(), narrow, strict=True)
        ]
        arrays = {ours: table.column(number).combine_chunks() for ours, number in self.numbered.items()}
        return Batch(arrays, np.delete(block.lines, index), refused)

    def _split(self, data: bytes, threads: bool = True) -> tuple[pa.Table, list[Any]]:
        narrow: list[Any] = []

        def leave_out(row: Any) -> str:
            narrow.append(row)
            return "skip"

        names = [str(number) for number in range(self.width)]
        wanted = list(self.numbered.values())
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=threads),
            parse_options=pyarrow.csv.ParseOptions(delimiter=self.delimiter, invalid_row_handler=leave_out),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=wanted,
                column_types={number: pa.binary() for number in wanted},
                strings_can_be_null=False,
            ),
        )
        return table, narrow

    def _closed(self, block: Block) -> tuple[Block, list[BadRow]]:
        kept: list[bytes] = []
        lines: list[int] = []
        refused = []
        texts = (line for line in block.data.split(b"\n") if line not in (b"", b"\r"))
        for number, line in zip(block.lines.tolist(), texts, strict=True):
            line = line.removesuffix(b"\r")
            if b"\r" not in line and (b'"' not in line or self._is_closed(line)):
                kept.append(line)
                lines.append(number)
            else:
                reason = "breaks off inside a value: a row is one line, and a quote closes on its line"
                refused.append(BadRow(number, "", shorten(line), reason))
        return Block(b"\n".join(kept), np.array(lines, np.int64)), refused

    def _is_closed(self, line: bytes) -> bool:
        # Quotes count in a field that begins with one only, as in the parser above.
        inside = False
        for part in line.decode("latin-1").split(self.delimiter):
            if inside or part.startswith('"'):
                inside ^= part.count('"') % 2 == 1
        return not inside


def _first_line(path: Path, block: Block) -> tuple[str, Block]:
    # Empty lines before the header are none of the block's lines, but are among its bytes.
    data = block.data.lstrip(b"\r\n")
    header, _, rest = data.partition(b"\n")
    try:
        return header.rstrip(b"\r").decode(), Block(rest, block.lines[1:])
    except UnicodeDecodeError:
        raise FeedError(f"{path}: line {block.lines[0]}: the header is not UTF-8") from None
