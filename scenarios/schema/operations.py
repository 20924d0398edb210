"""Streams to the systems, promises, disruptions and costs."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    AMOUNT,
    Amount,
    ClockTime,
    Duration,
    Moment,
    OneOrMany,
    PositiveCount,
    PositiveDuration,
    Share,
    either,
)
from scenarios.schema.base import Part, exactly_one
from scenarios.schema.distributions import DurationDistribution
from scenarios.schema.places import NO_TIME
from scenarios.schema.selectors import EVERYTHING, Selector


class Late(Part):
    """Events that take much longer."""

    share: Share = Field(description="Their share.")
    delay: DurationDistribution = Field(description="Their delay, instead of the latency.")


class Stream(Part):
    """How events of one source reach the record."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"batch", "cache"})

    latency: DurationDistribution = Field(NO_TIME, description="Time from happening to being known.")
    late: Late | None = Field(None, description="Some take much longer.")
    duplicates: Share = Field(0.0, description="Share that arrives twice.")
    loss: Share = Field(0.0, description="Share that never arrives.")
    catch_up: Duration = Field(0, description="Time in which what an outage held back is sent.")


class RfidStream(Part):
    """Sweeps of tags."""

    at: Selector = Field(EVERYTHING, description="At which locations, each.")
    sweep: ClockTime = Field(description="Local time of the sweep.")
    passes: PositiveCount = Field(1, description="Passes of a sweep.")
    read_rate: Share = Field(1.0, description="Chance that a pass reads a tag.")
    latency: DurationDistribution = Field(NO_TIME, description="Time from reading to being known.")


PERFECT = Stream.model_construct()


class Streams(Part):
    """Sources of events; what is left out is known at once."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"web_view"})

    pos: Stream = Field(PERFECT, description="Tills.")
    warehouse: Stream = Field(PERFECT, description="Receipts and dispatches.")
    supplier: Stream = Field(PERFECT, description="Suppliers' messages.")
    count: Stream = Field(PERFECT, description="Counts.")
    web: Stream = Field(PERFECT, description="Order life-cycle.")
    returns: Stream = Field(PERFECT, description="Returns.")
    rfid: Annotated[tuple[RfidStream, ...], OneOrMany()] = Field((), description="Sweeps of tags.")


class PickupPromise(Part):
    """What a customer who collects is told."""

    ready: Duration = Field(0, description="Ready after.")
    hold: PositiveDuration | None = Field(None, description="Held for; absent: for ever.")
    no_show: Share = Field(0.0, description="Share never collected.")


class Promise(Part):
    """What customers are told."""

    delivery: PositiveDuration | None = Field(None, description="Delivered within.")
    pickup: PickupPromise = Field(
        PickupPromise.model_construct(), description="For orders that are collected."
    )


class SupplierDelay(Selector):
    """Suppliers whose transit is a multiple of itself."""

    times: Amount = Field(description="The multiple.")


class Disruption(Part):
    """Something goes wrong for a time."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"close", "demand_to", "stock", "labour"})

    at: Moment = Field(description="Its start, local.")
    for_: PositiveDuration = Field(alias="for", description="Its length.")
    offline: Selector | None = Field(None, description="These locations' events wait until it is over.")
    supplier_delay: SupplierDelay | None = Field(None, description="These suppliers take longer.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "offline", "supplier_delay")
        return self


class Costs(Part):
    """Prices of what is done."""

    holding_per_day: Amount = Field(0.0, description="Share of the value on hand, a day.")
    order: Amount = Field(0.0, description="A purchase order.")
    lost_sale: Annotated[float | str, either("margin", AMOUNT)] | None = Field(
        None, description="A unit lost; `margin`: price − cost; absent: 0."
    )
    backorder_per_day: Amount = Field(0.0, description="A unit backordered, a day.")
    pick: Amount = Field(0.0, description="A unit picked.")
    split: Amount = Field(0.0, description="A shipment beyond an order's first.")
