"""Who wants what, when."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from scenarios.errors import nearest_name
from scenarios.fields import (
    TEXT,
    Amount,
    JsonSchema,
    Moment,
    Name,
    OneOrMany,
    PerDay,
    PositiveDuration,
    PositiveNumber,
    Reader,
    Share,
    SignedDuration,
    TimeZone,
    choice,
    fault,
)
from scenarios.schema.base import Part, exactly_one, given, only_with
from scenarios.schema.distributions import DurationDistribution
from scenarios.schema.files import ColumnName, Columns, data_file
from scenarios.schema.places import NO_TIME
from scenarios.schema.profiles import ONE, Hours, LineSize, WeekProfile, check_size, is_rounded
from scenarios.schema.selectors import EVERYTHING, Selector
from scenarios.schema.web import WebDemand
from scenarios.values import ValueFault


def _replay(text: str) -> str:
    if text == "completejourney":
        return text
    try:
        return data_file(text)
    except ValueFault as error:
        near = nearest_name(text, ["completejourney"])
        raise ValueFault(
            f"completejourney, or {error.expected}", message=error.message, nearest=near
        ) from None


Replay = Annotated[str, Reader("`completejourney` or file (.csv, .parquet, .jsonl)", _replay, TEXT)]


class ReplayColumns(Columns):
    """Columns of a feed of sales."""

    time: ColumnName | None = None
    location: ColumnName | None = None
    sku: ColumnName | None = None
    quantity: ColumnName | None = None


class PosDemand(Part):
    """Demand at the till of each location selected, in exactly one of four ways."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"inquiries"})

    at: Selector = Field(EVERYTHING, description="At which locations, each.")
    sku: Name | None = Field(None, description="The SKU, with `rate` or `every`.")
    rate: PerDay | None = Field(None, description="A Poisson stream of lines of `sku`.")
    every: PositiveDuration | None = Field(None, description="Clockwork: a line of `sku` in this rhythm.")
    lines_per_day: PositiveNumber | None = Field(
        None, description="Lines over the whole assortment, by popularity."
    )
    replay: Replay | None = Field(None, description="Sales as they were recorded.")
    size: LineSize = Field(ONE, description="Units of a line.")
    hours: Hours = Field("flat", description="Shares of the hours of a day, local.")
    weekdays: WeekProfile | None = Field(None, description="Shares of the days of a week, from Monday.")
    overdispersion: PositiveNumber = Field(1.0, description="Variance ÷ mean of a day's lines, 1 or more.")
    columns: ReplayColumns | None = Field(
        None, description="Columns of the feed, where they have other names."
    )
    timezone: TimeZone | None = Field(
        None, description="Zone of the feed's local times; absent: the scenario's."
    )
    shift: SignedDuration | None = Field(
        None, description="Moves the feed in time; absent: as dated."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "rate", "every", "lines_per_day", "replay")
        if self.sku is None and given(self, "rate", "every"):
            raise fault("states too little", found="no `sku`", expected="a `sku` beside `rate` and `every`")
        if self.sku is not None and given(self, "lines_per_day", "replay"):
            raise fault("has no meaning here", at=("sku",), expected="to stand beside `rate` or `every`")
        only_with(self, "replay", "columns", "timezone", "shift")
        self._refuse_profiles()
        check_size(self.size)
        return self

    @property
    def rounded(self) -> bool:
        """Whether its sizes are not whole by nature."""
        return is_rounded(self.size)

    def _refuse_profiles(self) -> None:
        """Clockwork has no profile, and a feed brings its own times and sizes."""
        leader = next(iter(given(self, "every", "replay")), None)
        senseless = ["hours", "weekdays", "overdispersion"] + (["size"] if leader == "replay" else [])
        for key in senseless if leader else ():
            if key in self.model_fields_set:
                raise fault("has no meaning here", at=(key,), expected=f"not to stand beside `{leader}`")


class Surge(Part):
    """A time in which demand is a multiple of itself."""

    name: Name = Field(description="Its name.")
    from_: Moment = Field(alias="from", description="Its start, local.")
    for_: PositiveDuration = Field(alias="for", description="Its length.")
    times: Amount = Field(description="The multiple.")
    where: Selector = Field(EVERYTHING, description="Where, and of what.")


class Unmet(Part):
    """What becomes of demand that finds no stock; one word stands for both channels."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"substitute"})

    pos: Annotated[str, choice("lost", "backorder")] = Field("lost", description="At the till.")
    web: Annotated[str, choice("backorder", "lost", "cancel")] = Field("backorder", description="On the web.")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        whole = handler.resolve_ref_schema(handler(core))
        return {"title": cls.__name__, "anyOf": [{"enum": ["lost", "backorder"]}, whole]}

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, data: Any) -> Any:
        for channel, value in data.items() if isinstance(data, dict) else ():
            if isinstance(value, dict) and "substitute" in value:
                raise fault(
                    "is part of the language but not built yet", at=(channel, "substitute"), built=False
                )
        return {"pos": data, "web": data} if isinstance(data, str) and data in ("lost", "backorder") else data


class Demand(Part):
    """Demand of all channels."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"inquiries", "abandoned_baskets"})

    pos: Annotated[tuple[PosDemand, ...], OneOrMany()] = Field((), description="At the till.")
    web: Annotated[tuple[WebDemand, ...], OneOrMany()] = Field((), description="On the web.")
    surges: Annotated[tuple[Surge, ...], OneOrMany()] = Field((), description="Times of more.")
    unmet: Unmet = Field(
        Unmet.model_construct(pos="lost", web="backorder"), description="What finds no stock."
    )


class ReturnFlow(Part):
    """Goods that come back."""

    rate: Share = Field(description="Share of units shipped that come back.")
    delay: DurationDistribution = Field(NO_TIME, description="Time from delivery to arrival back.")
    to: Name = Field("nearest_store", description="`nearest_store`, `origin` or a location's id.")
    inspect: DurationDistribution = Field(NO_TIME, description="Time of inspection.")
    saleable: Share = Field(1.0, description="Share that can be sold again.")


class Returns(Part):
    """Returns by channel."""

    web: ReturnFlow | None = Field(None, description="Of web orders.")
