"""The whole scenario."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    Amount,
    LocalTime,
    Name,
    Names,
    OneOrMany,
    PositiveCount,
    PositiveNumber,
    Text,
    TimeZone,
    Whole,
    choice,
)
from scenarios.schema.base import Part, exactly_one
from scenarios.schema.catalog import Catalog
from scenarios.schema.demand import Demand, Returns
from scenarios.schema.inventory import Inventory
from scenarios.schema.operations import Costs, Disruption, Promise, Streams
from scenarios.schema.places import Network
from scenarios.schema.rules import Policies
from scenarios.schema.selectors import Selector
from scenarios.schema.shipping import Carrier, ShipFromStore
from scenarios.schema.stations import Operations
from scenarios.values import DAY, to_utc


class Time(Part):
    """When."""

    start: LocalTime = Field(description="Start of the warm-up, local.")
    days: PositiveNumber = Field(description="Days of 24 hours that are measured.")
    warmup_days: Amount = Field(0.0, description="Days before them that are not.")
    timezone: TimeZone = Field("UTC", description="The zone of all local times.")

    @property
    def start_us(self) -> int:
        """Microseconds since the epoch at which the warm-up starts."""
        return to_utc(datetime.fromisoformat(self.start), self.timezone)


class AssortmentRule(Part):
    """What the locations selected range."""

    where: Selector = Field(Selector.model_construct(), description="Which locations.")
    top: PositiveCount | None = Field(None, description="The so many most popular SKUs.")
    from_: Annotated[str, choice("completejourney")] | None = Field(
        None, alias="from", description="What each sold in the year of the Complete Journey data."
    )
    skus: Names | None = Field(None, description="These SKUs.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "top", "from_", "skus")
        return self


class Scenario(Part):
    """Everything that decides what happens in a run.

    Times are microseconds (since the epoch where they are moments), rates are per day, shares from 0 to 1.
    """

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset(
        {
            "changes",
            "sweep",
            "design",
            "promotions",
            "prices",
            "elasticity",
            "record",
        }
    )

    name: Name = Field(description="Its name; runs are called after it.")
    description: Text = Field("", description="What it is for.")
    time: Time = Field(description="When.")
    seed: Whole = Field(0, description="The seed of all that is random.")
    replications: PositiveCount = Field(1, description="How often it is run, with other random numbers.")
    catalog: Catalog = Field(description="What is sold.")
    network: Network = Field(description="Where.")
    assortment: Annotated[tuple[AssortmentRule, ...], OneOrMany()] = Field(
        (),
        description="What locations range; none: what they have demand, a reorder rule or stock for.",
    )
    demand: Demand = Field(Demand.model_construct(), description="Who wants what, when.")
    returns: Returns = Field(Returns.model_construct(), description="What comes back.")
    inventory: Inventory = Field(Inventory.model_construct(), description="Stock.")
    operations: Operations = Field(Operations.model_construct(), description="Work in the building.")
    ship_from_store: Annotated[tuple[ShipFromStore, ...], OneOrMany()] = Field(
        (),
        description="Which stores ship; the first rule that matches decides; none: stores do only where there is no fc or hub.",
    )
    carriers: Annotated[tuple[Carrier, ...], OneOrMany()] = Field(
        (),
        description="Who carries parcels, the first that matches an origin; none: a parcel takes no time and costs nothing.",
    )
    streams: Streams = Field(Streams.model_construct(), description="How events reach the record.")
    policies: Policies = Field(Policies.model_construct(), description="What decides.")
    promise: Promise = Field(Promise.model_construct(), description="What customers are told.")
    disruptions: Annotated[tuple[Disruption, ...], OneOrMany()] = Field((), description="What goes wrong.")
    costs: Costs = Field(Costs.model_construct(), description="Prices of what is done.")

    @property
    def start_us(self) -> int:
        """Start of the warm-up, microseconds since the epoch."""
        return self.time.start_us

    @property
    def warmup_us(self) -> int:
        """End of the warm-up and start of what is measured, microseconds since the epoch."""
        return self.start_us + round(self.time.warmup_days * DAY)

    @property
    def end_us(self) -> int:
        """End of the run (itself not part of it), microseconds since the epoch."""
        return self.warmup_us + round(self.time.days * DAY)
