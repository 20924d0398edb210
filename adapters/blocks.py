"""A text file as blocks of whole lines, whatever its size, compression and byte-order mark."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from adapters.problems import BadRow, FeedError

SIZE = 1 << 25
"""Bytes of a block: enough for the parser's full speed; what fills the memory are the typed columns."""

NEWLINE, RETURN = 10, 13
FOREIGN = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Block:
    """Whole lines of a file.

    Attributes
    ----------
    data
        The bytes; the last line may lack its newline only where the file does.
    lines
        (n,) line number, from 1, of each line that is not empty.
    """

    data: bytes
    lines: NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """Rows of a feed as they stand, before they are typed.

    Attributes
    ----------
    columns
        Arrow arrays of one length, by the names that Stocktwin gives them.
    lines
        (n,) line (in Parquet: row) of each.
    refused
        Rows that could not even be split into columns; they are in no array.
    """

    columns: dict[str, pa.Array]
    lines: NDArray[np.int64]
    refused: list[BadRow]


def blocks(path: Path, size: int = SIZE) -> Iterator[Block]:
    """Yield a file's lines in blocks of about ``size`` bytes; packed files are told by their suffix."""
    before = 0
    for data in _whole_lines(path, size):
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE)
        if not data.endswith(b"\n"):
            ends = np.append(ends, len(data))
        starts = np.concatenate(([0], ends[:-1] + 1))
        length = ends - starts
        bare = np.flatnonzero(length <= 1)
        empty = bare[[length[i] == 0 or data[starts[i]] == RETURN for i in bare.tolist()]]
        yield Block(data, np.delete(np.arange(before + 1, before + 1 + len(ends)), empty))
        before += len(ends)


def _whole_lines(path: Path, size: int) -> Iterator[bytes]:
    with pa.input_stream(str(path), compression="detect") as stream:
        rest = stream.read(size)
        if rest.startswith(FOREIGN):
            raise FeedError(f"{path}: is UTF-16: save it as UTF-8")
        rest = rest.removeprefix(codecs.BOM_UTF8)
        while more := stream.read(size):
            whole, newline, rest = (rest + more).rpartition(b"\n")
            if newline:
                yield whole + newline
        if rest:
            yield rest
