"""What is sold."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    Amount,
    Name,
    PositiveCount,
    PositiveDuration,
    PositiveNumber,
    Share,
    Text,
    choice,
)
from scenarios.schema.base import Part, exactly_one, only_with
from scenarios.schema.distributions import NumberDistribution
from scenarios.schema.files import ColumnName, Columns, DataFile


class Item(Part):
    """One SKU."""

    sku: Name = Field(description="Its name.")
    category: Text = Field("", description="Its category.")
    cost: Amount = Field(0.0, description="Cost of a unit.")
    price: Amount = Field(0.0, description="Price of a unit.")
    weight_kg: Amount = Field(0.0, description="Mass of a unit in kg.")
    volume_l: Amount | None = Field(
        None, description="Volume of a unit in litres; absent: it is billed by its mass alone."
    )
    shelf_life: PositiveDuration | None = Field(
        None, description="Life from receipt; absent: it does not age."
    )
    supplier: Name | None = Field(None, description="The supplier's location id; absent: the cheapest lane.")
    abc: Annotated[str, choice("A", "B", "C")] | None = Field(
        None, description="ABC class; absent: by demand value."
    )


class ItemColumns(Columns):
    """Columns of a file of items."""

    sku: ColumnName | None = None
    category: ColumnName | None = None
    cost: ColumnName | None = None
    price: ColumnName | None = None
    weight_kg: ColumnName | None = None
    volume_l: ColumnName | None = None
    shelf_life: ColumnName | None = None
    supplier: ColumnName | None = None
    abc: ColumnName | None = None


class Zipf(Part):
    """Zipf–Mandelbrot: the k-th SKU sells in proportion to (k + q)^-s."""

    s: Amount = Field(1.08, description="Exponent.")
    q: Amount = Field(100.0, description="Flattening of the head.")


class Popularity(Part):
    """How demand spreads over SKUs."""

    zipf: Zipf = Field(Zipf.model_construct(s=1.08, q=100.0), description="Zipf–Mandelbrot.")


class GenerateCatalog(Part):
    """SKUs made up by the thousand."""

    skus: PositiveCount = Field(description="How many.")
    popularity: Popularity = Field(
        Popularity.model_construct(zipf=Zipf.model_construct(s=1.08, q=100.0)),
        description="How demand spreads.",
    )
    categories: PositiveCount = Field(20, description="How many categories.")
    price: NumberDistribution | None = Field(
        None, description="Law of prices; absent: a lognormal of grocery prices."
    )
    margin: Share = Field(0.35, description="1 − cost ÷ price.")
    weight_kg: PositiveNumber = Field(0.5, description="Mass of a unit in kg.")


class Catalog(Part):
    """The items, from exactly one of four sources."""

    items: tuple[Item, ...] | None = Field(None, description="Listed here.")
    file: DataFile | None = Field(None, description="A table of items.")
    columns: ItemColumns | None = Field(None, description="Its columns, where they have other names.")
    generate: GenerateCatalog | None = Field(None, description="Made up.")
    from_: Annotated[str, choice("completejourney")] | None = Field(
        None, alias="from", description="The products of the Complete Journey data."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "items", "file", "generate", "from_")
        only_with(self, "file", "columns")
        return self
