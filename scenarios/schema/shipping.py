"""Who ships to customers, and with whom."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    Amount,
    ClockTimes,
    Count,
    Moment,
    Name,
    PositiveNumber,
    Reader,
    Step,
    fault,
    kind_of,
)
from scenarios.schema.base import Part, at_least_one, given
from scenarios.schema.distributions import DurationDistribution, WordOrLaw
from scenarios.schema.places import NO_TIME
from scenarios.schema.selectors import EVERYTHING, Selector

#: That of network.carriers, which loads too much to be asked here; a test holds the two together.
DIVISOR: Final = 5000.0


class ShipFromStore(Part):
    """Stores that ship to customers, in a time."""

    where: Selector = Field(EVERYTHING, description="Which stores.")
    from_: Moment | None = Field(None, alias="from", description="From when, local; absent: from the start.")
    to: Moment | None = Field(None, description="Until when, local; absent: to the end.")
    orders_per_day: Count | None = Field(
        None, description="Most orders that each takes on to ship in a local day; absent: no limit."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise fault("ends before it begins", at=("to",), expected="a time after `from`")
        return self


class Rates(Part):
    """What a parcel costs: a multiple of the default table, or a sum of parts."""

    times: Amount | None = Field(None, description="The multiple of the default table of zones and weights.")
    base: Amount | None = Field(None, description="Of each parcel.")
    per_kg: Amount | None = Field(None, description="For each billable kg.")
    per_zone: Amount | None = Field(None, description="For each zone beyond the first.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        at_least_one(self, "times", "base", "per_kg", "per_zone")
        if self.times is not None:
            for key in given(self, "base", "per_kg", "per_zone"):
                raise fault("has no meaning here", at=(key,), expected="not to stand beside `times`")
        return self


class _Zones(Reader):
    """Reads where a carrier's zones part: as those of US carriers, so far."""

    def __init__(self) -> None:
        super().__init__("`usps`", str, {"const": "usps"})

    def read(self, value: object, at: tuple[Step, ...] = ()) -> str:
        if value != "usps":
            raise fault("is part of the language but not built yet", at=at, found=kind_of(value), built=False)
        return "usps"


class Carrier(Part):
    """Who carries parcels from the locations selected."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"capacity", "expedite"})

    id: Name = Field(description="Its name.")
    at: Selector = Field(EVERYTHING, description="From which locations.")
    pickup: ClockTimes = Field((), description="Local times at which it collects; absent: at once.")
    transit: Annotated[
        DurationDistribution | str, WordOrLaw("by_distance", DurationDistribution)
    ] = Field(NO_TIME, description="Time from collection to delivery; `by_distance`: medians of public order data.")
    handling: Amount = Field(0.0, description="Cost of a parcel beside the rates.")
    rates: Rates | None = Field(None, description="What a parcel costs; absent: nothing.")
    divisor: PositiveNumber = Field(DIVISOR, description="cm³ that are billed as a kilogram.")
    zones: Annotated[str, _Zones()] = Field("usps", description="Where its zones part.")
