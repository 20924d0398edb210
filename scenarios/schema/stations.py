"""Work in the building: stations with their shifts, docks, and what a node takes on in a day."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    ClockTime,
    Count,
    Duration,
    Name,
    OneOrMany,
    PositiveCount,
    Reader,
    Share,
    Weekdays,
    fault,
)
from scenarios.schema.base import Part, at_least_one
from scenarios.schema.distributions import DurationDistribution
from scenarios.schema.places import NO_TIME
from scenarios.schema.selectors import EVERYTHING, Selector
from scenarios.values import DAY, one_of, show_clock


def _first(text: str) -> str | None:
    word = one_of(("pickup", "none"), text)
    return None if word == "none" else word


First = Annotated[str | None, Reader("`pickup` | `none`", _first, {"enum": ["pickup", "none"]})]


class Shift(Part):
    """Who is there on some days at some hours; one that ends before it begins spans midnight."""

    days: Weekdays | None = Field(None, description="Weekdays on which it begins; absent: all.")
    from_: ClockTime = Field(alias="from", description="Its start, local.")
    to: ClockTime = Field(description="Its end, local.")
    servers: Count = Field(description="Jobs served at once in it.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.from_ in (self.to, DAY) or self.to == 0:
            found = f'"{show_clock(self.from_)}" to "{show_clock(self.to)}"'
            raise fault("never begins", found=found, expected='two different times, or "00:00" to "24:00"')
        return self


class Rework(Part):
    """Jobs that were not done well."""

    share: Share = Field(description="Their share, below 1.")
    to: Name = Field(description="The station at which they queue again.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.share >= 1:
            raise fault("no job would ever end", at=("share",), found='"1"', expected="a share below 1")
        return self


class Station(Part):
    """Benches with a queue."""

    at: Selector = Field(EVERYTHING, description="At which locations, each.")
    servers: PositiveCount = Field(1, description="Jobs served at once, where `shifts` say nothing else.")
    shifts: Annotated[tuple[Shift, ...], OneOrMany()] = Field(
        (), description="Servers by weekday and time; those of shifts that overlap add up, outside of all there are none."
    )
    time: DurationDistribution = Field(NO_TIME, description="Time of a job.")
    buffer: PositiveCount | None = Field(
        None, description="Most jobs here, waiting and in service; absent: no limit."
    )
    first: First = Field(None, description="Whose jobs go first; absent: first come, first served.")
    next: Name | None = Field(None, description="The station that follows.")
    rework: Rework | None = Field(None, description="Jobs that go to a station again; absent: none.")

    @property
    def most_servers(self) -> int:
        """The most servers of one shift, or without shifts those there always are."""
        return max((shift.servers for shift in self.shifts), default=self.servers)

    @model_validator(mode="after")
    def _check(self) -> Self:
        most = self.most_servers
        if most == 0:
            raise fault("nobody ever works", at=("shifts",), expected="servers in at least one shift")
        if self.buffer is not None and self.buffer < most:
            expected = f"at least {most}, a place for each server"
            raise fault("less room than servers", at=("buffer",), found=f'"{self.buffer}"', expected=expected)
        return self


class Dock(Part):
    """Doors at which arrivals are unloaded."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"shifts"})

    at: Selector = Field(EVERYTHING, description="At which locations, each.")
    doors: PositiveCount = Field(1, description="Arrivals unloaded at once.")
    unload: DurationDistribution = Field(NO_TIME, description="Time of an arrival.")
    per_unit: Duration = Field(0, description="More time for each unit.")


class Capacity(Part):
    """What each location selected takes on in a local day."""

    at: Selector = Field(EVERYTHING, description="At which locations, each.")
    orders_per_day: Count | None = Field(None, description="Orders; absent: any number.")
    units_per_day: Count | None = Field(None, description="Units; absent: any number.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        at_least_one(self, "orders_per_day", "units_per_day")
        return self


class Operations(Part):
    """Work in the building."""

    stations: dict[Name, Station] = Field({}, description="Stations by name.")
    docks: Annotated[tuple[Dock, ...], OneOrMany()] = Field(
        (), description="Docks; none: unloading takes no time."
    )
    capacity: Annotated[tuple[Capacity, ...], OneOrMany()] = Field(
        (), description="What locations take on; the first rule that matches decides; none: no limit."
    )
