"""Feeds in every format: what is right comes through, what is wrong is named."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feeds import Feed, FeedError, read_feed
from tests.adapters.feed_files import WRITERS, Row, write_csv, write_jsonl

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000

ids = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Cf", "Zs")),
    min_size=1,
    max_size=8,
)
rows_of_a_feed = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(0, 10**9).map(lambda ms: (NOON + timedelta(milliseconds=ms)).isoformat()),
            "location": ids,
            "sku": ids,
            "quantity": st.integers(1, 2**31 - 1),
            "price": st.none() | st.integers(0, 10**6).map(lambda cents: cents / 100),
            "basket": st.none() | ids,
        }
    ),
    min_size=1,
    max_size=30,
)


def rows_of(feed: Feed) -> list[Row]:
    return [dict(row) for row in feed.table.to_pylist()]


def micros(iso: str) -> int:
    return (datetime.fromisoformat(iso) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def sale(**changes: object) -> Row:
    return {"time": NOON.isoformat(), "location": "S1", "sku": "A", "quantity": 1} | changes


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=25)
@given(rows=rows_of_a_feed)
def test_round_trip(form: str, rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        feed = read_feed(WRITERS[form](Path(folder), rows))
    assert feed.bad_rows == ()
    expected = [row | {"time": micros(row["time"])} for row in rows]
    read = rows_of(feed)
    if form == "packed" or form == "jsonl":  # a column that no row has is not there
        absent = {name for name in ("price", "basket") if name not in feed.table.column_names}
        expected = [{name: value for name, value in row.items() if name not in absent} for row in expected]
    assert read == expected


@pytest.mark.parametrize("form", WRITERS)
def test_bad_rows_are_counted_and_named(form: str, tmp_path: Path) -> None:
    rows = [
        sale(),
        sale(quantity=0),
        sale(sku=None),
        sale(time="2026-02-31T10:00:00"),
        sale(time="yesterday", quantity=-1),
        sale(sku="B", quantity=3),
    ]
    feed = read_feed(WRITERS[form](tmp_path, rows))
    first = 2 if form == "csv" else 1
    assert feed.rows_read == 6
    assert feed.bad_count == 4
    assert [row.line - first for row in feed.bad_rows] == [1, 2, 3, 4]
    assert [row.column for row in feed.bad_rows] == ["quantity", "sku", "time", "time"]
    reasons = " | ".join(row.reason for row in feed.bad_rows)
    assert "must be > 0" in reasons
    assert "is missing" in reasons
    assert "is no date" in reasons
    assert "neither an ISO 8601 time" in reasons
    assert feed.codes("sku")[0] == ["A", "B"]
    assert feed.codes("sku")[1].tolist() == [0, 1]


@pytest.mark.parametrize("form", WRITERS)
def test_strict_refuses(form: str, tmp_path: Path) -> None:
    path = WRITERS[form](tmp_path, [sale(), sale(quantity=1.5)])
    assert read_feed(path).bad_count == 1
    with pytest.raises(FeedError, match=r"1 of 2 rows are bad, refused \(strict\)\n.*1\.5.*whole number"):
        read_feed(path, strict=True)


def test_a_thousand_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [sale(quantity=0)] * 1_500 + [sale()])
    feed = read_feed(path)
    assert feed.bad_count == 1_500
    assert [row.line for row in feed.bad_rows] == list(range(2, 1_002))


def test_a_feed_without_one_good_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"2 of 2 rows are bad.*mapping"):
        read_feed(write_csv(tmp_path, [sale(quantity="A")] * 2))


@pytest.mark.parametrize("form", WRITERS)
def test_columns_are_mapped(form: str, tmp_path: Path) -> None:
    row = {"sold_at": NOON.isoformat(), "store": "S1", "item": "A", "qty": 2, "note": "x"}
    mapping = {"time": "sold_at", "location": "store", "sku": "item", "quantity": "qty"}
    feed = read_feed(WRITERS[form](tmp_path, [row]), mapping)
    assert rows_of(feed) == [{"time": NOON_US, "location": "S1", "sku": "A", "quantity": 2}]


@pytest.mark.parametrize("form", WRITERS)
def test_a_missing_column_names_the_nearest(form: str, tmp_path: Path) -> None:
    path = WRITERS[form](tmp_path, [sale(Quantity_sold=1)])
    message = r"no column 'quantity_sold'.*columns: \{quantity: quantity_sold\}.*nearest: 'Quantity_sold'"
    with pytest.raises(FeedError, match=message):
        read_feed(path, {"quantity": "quantity_sold"})
    with pytest.raises(FeedError, match=r"'quantty' is none of time.*nearest: 'quantity'"):
        read_feed(path, {"quantty": "quantity"})
    with pytest.raises(FeedError, match="no column 'basket'"):
        read_feed(path, required=("time", "basket"))


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("time,location,sku,sku,quantity\n")
    with pytest.raises(FeedError, match="two columns 'sku'"):
        read_feed(path)


@pytest.mark.parametrize("form", WRITERS)
def test_ids_beyond_double_precision_keep_their_digits(form: str, tmp_path: Path) -> None:
    rows = [sale(sku=2**53 + 1), sale(sku=2**63 - 1), sale(sku=7)]
    feed = read_feed(WRITERS[form](tmp_path, rows))
    assert feed.codes("sku")[0] == [str(2**53 + 1), str(2**63 - 1), "7"]


def test_json_ids_of_any_size_and_of_both_kinds(tmp_path: Path) -> None:
    feed = read_feed(write_jsonl(tmp_path, [sale(sku=2**64 + 1), sale(sku="007"), sale(sku=7)]))
    assert feed.codes("sku")[0] == [str(2**64 + 1), "007", "7"]


def test_an_id_that_went_through_floating_point_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    columns = {name: [value] * 3 for name, value in sale().items()}
    pq.write_table(pa.table(columns | {"sku": [12.0, float(2**53), 1.5]}), path)
    feed = read_feed(path)
    assert feed.codes("sku")[0] == ["12"]
    assert [row.line for row in feed.bad_rows] == [2, 3]


def test_a_byte_order_mark_crlf_and_empty_lines_are_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_bytes(
        b"\xef\xbb\xbf\r\ntime,location,sku,quantity\r\n\r\n1793620800,S1,007,2\r\n\n1793620801,S1,A,x\r\n"
    )
    feed = read_feed(path)
    assert rows_of(feed) == [{"time": 1_793_620_800_000_000, "location": "S1", "sku": "007", "quantity": 2}]
    assert [row.line for row in feed.bad_rows] == [6]


def test_utf16_says_so(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("time,location,sku,quantity\n", "utf-16")
    with pytest.raises(FeedError, match="UTF-16"):
        read_feed(path)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.txt"
    lines = ["time,location,sku,quantity", "2026-11-02T12:00,S1,A,2"]
    path.write_text("\n".join(line.replace(",", delimiter) for line in lines))
    assert rows_of(read_feed(path)) == [{"time": NOON_US, "location": "S1", "sku": "A", "quantity": 2}]


def test_csv_lines_that_cannot_be_split(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    stamp = b"2026-11-02T12:00:00Z"
    good = [stamp + b",S1,A%d,1" % number for number in range(60_000)]  # several of the parser's own blocks
    bad = {
        10: stamp + b',S1,"A,1',
        20: stamp + b",S1,A",
        30: stamp + b',"S1,A,1',
        40_000: stamp + b",S1,A,1,9",
        40_001: stamp + b",S1,\xff,1",
        40_002: stamp + b",S1,A\r,1",
        50_000: stamp + b',S1,"A ""x"", y",1',
    }
    lines = [bad.get(number, line) for number, line in enumerate(good, start=2)]
    path.write_bytes(b"time,location,sku,quantity\n" + b"\n".join(lines))
    feed = read_feed(path)
    assert [row.line for row in feed.bad_rows] == [10, 20, 30, 40_000, 40_001, 40_002]
    assert feed.bad_rows[4].reason == "is not UTF-8"
    assert feed.rows_read == 60_000
    assert feed.table.num_rows == 60_000 - 6
    assert 'A "x", y' in feed.codes("sku")[0]


@pytest.mark.parametrize("lost", [1, 20, 60])
def test_a_torn_last_json_line_is_a_bad_row(lost: int, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path, [sale(), sale()])
    path.write_bytes(path.read_bytes()[: -1 - lost])
    feed = read_feed(path)
    assert feed.table.num_rows == 1
    assert [(row.line, row.column) for row in feed.bad_rows] == [(2, "")]


def test_json_lines_that_are_no_rows(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path, [sale(), sale(sku=["A"]), sale(sku=True), sale(nested={"a": [1]})])
    path.write_text(path.read_text() + "[1]\n\nnull\n")
    feed = read_feed(path)
    assert [row.line for row in feed.bad_rows] == [2, 3, 5, 7]
    assert feed.table.num_rows == 2


def test_blocks_do_not_change_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [sale(sku=f"A{n % 17}", quantity=n % 5, time=f"2026-11-02T{n % 24:02}:00:00Z") for n in range(500)]
    path = write_csv(tmp_path, rows)
    whole = read_feed(path)
    monkeypatch.setattr("adapters.blocks.blocks.__defaults__", (100,))
    small = read_feed(path)
    assert small.table.equals(whole.table)
    assert small.bad_rows == whole.bad_rows
    assert small.codes("sku")[0] == whole.codes("sku")[0]


def test_ids_of_bad_rows_only_are_not_there(tmp_path: Path) -> None:
    feed = read_feed(write_csv(tmp_path, [sale(sku="gone", quantity=0), sale(sku="B"), sale(sku="A")]))
    names, codes = feed.codes("sku")
    assert [names[code] for code in codes] == ["B", "A"]
    assert names == ["B", "A"]


def test_time_order_keeps_ties_in_the_order_of_the_file(tmp_path: Path) -> None:
    later = (NOON + timedelta(seconds=1)).isoformat()
    rows = [sale(time=later, sku="C"), sale(sku="B"), sale(sku="A"), sale(time=later, sku="D")]
    feed = read_feed(write_csv(tmp_path, rows)).in_time_order()
    assert [row["sku"] for row in rows_of(feed)] == ["B", "A", "C", "D"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_feed_without_rows_is_empty(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"feed.{form}"
    if form == "csv":
        path.write_text("time,location,sku,quantity\n")
    else:
        names = ("time", "location", "sku", "quantity")
        pq.write_table(pa.table({name: pa.array([], pa.int64()) for name in names}), path)
    feed = read_feed(path)
    assert (feed.rows_read, feed.table.num_rows, feed.codes("sku")[0]) == (0, 0, [])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(b"")
    (tmp_path / "sales.parquet").write_bytes(b"PAR1 and then nothing")
    (tmp_path / "sales.jsonl").write_text("no\n")
    (tmp_path / "sales.xlsx").write_bytes(b"")
    for name, words in {
        "salse.csv": r"no such file.*sales\.",
        "sales.csv": "is empty",
        "sales.parquet": "not a whole Parquet file",
        "sales.jsonl": "none of its first lines",
        "sales.xlsx": "format",
        "": "is a folder",
    }.items():
        with pytest.raises(FeedError, match=words):
            read_feed(tmp_path / name)
    with pytest.raises(FeedError, match=r"timezone.*nearest: 'America/New_York'"):
        read_feed(tmp_path / "sales.csv", timezone="America/NewYork")
    with pytest.raises(FeedError, match="time_unit"):
        read_feed(tmp_path / "sales.csv", time_unit="h")
