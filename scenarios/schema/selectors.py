"""Who is meant."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scenarios.fields import ListReader, Names, Share, choice
from scenarios.schema.base import Part

KINDS = ("store", "fc", "hub", "supplier")
Kind = Annotated[str, choice(*KINDS)]
Kinds = Annotated[tuple[str, ...], ListReader(choice(*KINDS))]


class Selector(Part):
    """Locations and SKUs that meet all the keys given; an empty map means everything.

    Each key takes one value or a list of which one must be met.
    """

    kind: Kinds | None = Field(None, description="Kinds of location.")
    ids: Names | None = Field(None, description="Ids of locations.")
    region: Names | None = Field(None, description="Regions of locations.")
    category: Names | None = Field(None, description="Categories of items.")
    sku: Names | None = Field(None, description="SKUs.")
    tag: Names | None = Field(None, description="Tags of locations, one of which is met.")
    share: Share | None = Field(None, description="Only this share of what is selected, chosen by name.")

    @property
    def everything(self) -> bool:
        """Whether it selects without any condition."""
        return all(value is None for value in self.__dict__.values())


EVERYTHING = Selector.model_construct()
