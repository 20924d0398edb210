"""What is there at first, what vanishes, and when it is counted."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from scenarios.fields import Amount, ClockTime, Duration, OneOrMany, PerDay, PositiveDuration, Units, choice
from scenarios.schema.base import Part, at_least_one, exactly_one, only_with
from scenarios.schema.files import ColumnName, Columns, DataFile
from scenarios.schema.selectors import EVERYTHING, Selector


class StockColumns(Columns):
    """Columns of a file of opening stock."""

    location: ColumnName | None = None
    sku: ColumnName | None = None
    units: ColumnName | None = None


class OpenOrderColumns(Columns):
    """Columns of a file of orders that are under way at the start."""

    from_: ColumnName | None = Field(None, alias="from")
    to: ColumnName | None = None
    sku: ColumnName | None = None
    units: ColumnName | None = None
    due: ColumnName | None = None


class OpeningRule(Part):
    """Stock at the start of the cells selected, in exactly one of four ways."""

    where: Selector = Field(EVERYTHING, description="Which cells.")
    units: Units | None = Field(None, description="So many units.")
    days_of_cover: Amount | None = Field(None, description="So many days of expected demand.")
    level: Annotated[str, choice("target", "steady")] | None = Field(
        None, description="`target`: what the reorder rule aims at; `steady`: spread as a rule long at work leaves it."
    )
    file: DataFile | None = Field(None, description="A table of cells and units.")
    columns: StockColumns | None = Field(None, description="Its columns, where they have other names.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "units", "days_of_cover", "level", "file")
        only_with(self, "file", "columns")
        return self


class OpenOrders(Part):
    """Orders that are under way at the start."""

    file: DataFile = Field(description="A table of orders.")
    columns: OpenOrderColumns | None = Field(None, description="Its columns, where they have other names.")


class Shrink(Part):
    """Units that vanish unseen, one at a time."""

    where: Selector = Field(EVERYTHING, description="Which cells.")
    rate: PerDay = Field(description="Units a day of each cell, while it has stock.")


class CountPlan(Part):
    """Counting all cells selected, again and again, or each of them on request."""

    where: Selector = Field(EVERYTHING, description="Which cells.")
    every: PositiveDuration | None = Field(None, description="How often; absent: on request alone.")
    at: ClockTime | None = Field(None, description="Local time of day, with `every`; absent: that of the start.")
    after_empty_pick: Duration | None = Field(
        None, description="How long after a pick for a web order found nothing its cell is counted; absent: it is not."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        at_least_one(self, "every", "after_empty_pick")
        only_with(self, "every", "at")
        return self


class Inventory(Part):
    """Stock."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"miscan", "receiving_error", "theft"})

    opening: Annotated[tuple[OpeningRule, ...], OneOrMany()] = Field(
        (), description="Stock at the start; the first rule that matches a cell decides; none: 0."
    )
    shrink: Annotated[tuple[Shrink, ...], OneOrMany()] = Field((), description="What vanishes.")
    count: Annotated[tuple[CountPlan, ...], OneOrMany()] = Field((), description="Counts.")
    open_orders: OpenOrders | None = Field(None, description="What is under way at the start.")
