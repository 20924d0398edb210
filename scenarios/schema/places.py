"""Where things are: locations, lanes, zones, or the recipe to make them up."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

import network.lanes
import network.locations
from scenarios.errors import nearest_name
from scenarios.fields import (
    NUMBER,
    Amount,
    ClockTime,
    ClockTimes,
    Count,
    Name,
    Names,
    Opening,
    PositiveCount,
    Reader,
    Share,
    Step,
    TimeZone,
    Weekdays,
    fault,
    kind_of,
)
from scenarios.schema.base import Part, exactly_one
from scenarios.schema.distributions import DurationDistribution
from scenarios.schema.files import ColumnName, Columns, DataFile
from scenarios.schema.selectors import Kind
from scenarios.values import ValueFault, count, number

NO_TIME = DurationDistribution.model_construct(dist="constant", value=0, mean=0, sd=0.0)


class _Coordinates(Reader):
    """Reads `[latitude, longitude]` in degrees."""

    def __init__(self) -> None:
        pair = {"type": "array", "items": dict(NUMBER), "minItems": 2, "maxItems": 2}
        super().__init__("[latitude, longitude]", _degrees, pair)

    def read(self, value: object, at: tuple[Step, ...] = ()) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            raise fault("not coordinates", found=kind_of(value), expected="[latitude, longitude] in degrees")
        latitude, longitude = (
            super(_Coordinates, self).read(part, (index,)) for index, part in enumerate(value)
        )
        for index, (part, limit) in enumerate(((latitude, 90), (longitude, 180))):
            if abs(part) > limit:
                raise fault(
                    "out of range", at=(index,), found=str(part), expected=f"degrees from -{limit} to {limit}"
                )
        return latitude, longitude


def _degrees(text: str) -> float:
    try:
        return number(text)
    except ValueFault:
        raise ValueFault("degrees such as 39.10 or -84.51") from None


Coordinates = Annotated[tuple[float, float], _Coordinates()]


#: Faults of suppliers, wherever one would write them.
SUPPLY = frozenset({"supplier_fill", "confirm", "damage"})


class Location(Part):
    """A store, fulfillment center, hub or supplier."""

    NOT_BUILT: ClassVar[frozenset[str]] = SUPPLY | {"opens", "closes"}

    id: Name = Field(description="Its name.")
    kind: Kind = Field(description="What it is.")
    at: Coordinates | None = Field(None, description="Where it is, in degrees.")
    open: Opening | None = Field(None, description="Opening hours, local; absent: always.")
    cut_off: ClockTime | None = Field(
        None, description="Orders before this local time leave on the same day."
    )
    tags: Names = Field((), description="Words that selectors may use.")
    region: Name | None = Field(None, description="Its region.")
    timezone: TimeZone | None = Field(None, description="Its time zone; absent: that of the scenario.")


class OrderTerms(Part):
    """What an order over a lane must respect."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"price_breaks", *SUPPLY})

    moq: PositiveCount = Field(1, description="Least units of an order line.")
    pack: PositiveCount = Field(1, description="Units come in multiples of this.")
    days: Weekdays | None = Field(None, description="Weekdays on which orders are taken; absent: all.")


PLAIN_TERMS = OrderTerms.model_construct(moq=1, pack=1, days=None)


class Haul(Part):
    """What a lane has but for its ends."""

    NOT_BUILT: ClassVar[frozenset[str]] = SUPPLY

    transit: DurationDistribution = Field(NO_TIME, description="Time from departure to arrival.")
    cost_per_unit: Amount = Field(0.0, description="Cost of a unit moved.")
    cost_per_trip: Amount = Field(0.0, description="Cost of a departure.")
    capacity_units: PositiveCount | None = Field(
        None, description="Units a departure takes; absent: no limit."
    )
    departs: ClockTimes = Field((), description="Local times of departure; absent: at once.")
    order: OrderTerms = Field(PLAIN_TERMS, description="Order terms.")


class Lane(Haul):
    """A way for goods from one location to another."""

    from_: Name = Field(alias="from", description="Origin's id.")
    to: Name = Field(description="Destination's id.")


class Zone(Part):
    """Where web customers live."""

    id: Name = Field(description="Its name.")
    at: Coordinates | None = Field(None, description="Its center, in degrees; absent: distance 0.")
    share: Share = Field(1.0, description="Its share of web demand.")


class LocationColumns(Columns):
    """Columns of a file of locations."""

    id: ColumnName | None = None
    kind: ColumnName | None = None
    latitude: ColumnName | None = None
    longitude: ColumnName | None = None
    open: ColumnName | None = None
    cut_off: ColumnName | None = None
    tags: ColumnName | None = None
    region: ColumnName | None = None
    timezone: ColumnName | None = None


class LaneColumns(Columns):
    """Columns of a file of lanes."""

    from_: ColumnName | None = Field(None, alias="from")
    to: ColumnName | None = None
    transit: ColumnName | None = None
    cost_per_unit: ColumnName | None = None
    cost_per_trip: ColumnName | None = None
    capacity_units: ColumnName | None = None
    departs: ColumnName | None = None
    moq: ColumnName | None = None
    pack: ColumnName | None = None
    days: ColumnName | None = None


class NetworkColumns(Part):
    """Columns of the files, where they have other names."""

    locations: LocationColumns = LocationColumns.model_construct()
    lanes: LaneColumns = LaneColumns.model_construct()


class NetworkFiles(Part):
    """A network in two tables."""

    locations: DataFile = Field(description="A table of locations.")
    lanes: DataFile | None = Field(None, description="A table of lanes.")
    columns: NetworkColumns | None = Field(None, description="Their columns, where they have other names.")


def _stores(text: str) -> int | str:
    if text == "completejourney":
        return text
    try:
        return count(text)
    except ValueFault as error:
        near = nearest_name(text, ["completejourney"])
        raise ValueFault("a whole number or completejourney", message=error.message, nearest=near) from None


Stores = Annotated[
    int | str,
    Reader(
        "whole number ≥ 0 or `completejourney`",
        _stores,
        {"anyOf": [dict(NUMBER), {"const": "completejourney"}]},
    ),
]


class GenerateNetwork(Part):
    """A made-up network on real cities."""

    countries: Names = Field(("US",), description="Country codes; US only.")
    stores: Stores = Field(0, description="How many stores; `completejourney`: those of the data.")
    fcs: Count = Field(2, description="How many fulfillment centers.")
    hubs: Count = Field(0, description="How many hubs between them and the stores.")
    suppliers: PositiveCount = Field(10, description="How many suppliers.")
    store_lane: Haul = Field(Haul.model_construct(), description="Lanes into stores.")
    hub_lane: Haul = Field(Haul.model_construct(), description="Lanes into hubs.")
    supplier_lane: Haul = Field(Haul.model_construct(), description="Lanes from suppliers.")

    @model_validator(mode="after")
    def _check_countries(self) -> Self:
        for index, country in enumerate(self.countries):
            if country != "US":
                raise fault(
                    "no cities known there", at=("countries", index), found=f'"{country}"', expected="US"
                )
        return self


def as_network(
    part: Network,
) -> tuple[list[network.locations.Location], list[network.lanes.Lane]]:
    """The locations and lanes that are listed in a scenario, as the network package has them."""
    locations = [
        network.locations.Location(
            one.id, one.kind, one.at, one.open, one.cut_off, one.tags, one.region, one.timezone
        )
        for one in part.locations or ()
    ]
    lanes = [
        network.lanes.Lane(
            origin=one.from_,
            destination=one.to,
            transit=one.transit,
            cost_per_unit=one.cost_per_unit,
            cost_per_trip=one.cost_per_trip,
            capacity_units=one.capacity_units,
            departs=one.departs,
            moq=one.order.moq,
            pack=one.order.pack,
            order_days=one.order.days or (),
        )
        for one in part.lanes
    ]
    return locations, lanes


class Network(Part):
    """Locations and lanes, from exactly one of three sources."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"add"})

    locations: tuple[Location, ...] | None = Field(None, description="Listed here.")
    lanes: tuple[Lane, ...] = Field((), description="Ways for goods between them.")
    zones: tuple[Zone, ...] = Field((), description="Where web customers live.")
    files: NetworkFiles | None = Field(None, description="Locations and lanes in tables.")
    generate: GenerateNetwork | None = Field(None, description="Made up on real cities.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "locations", "files", "generate")
        if self.lanes and self.locations is None:
            raise fault("has no meaning here", at=("lanes",), expected="to stand beside `locations`")
        return self
