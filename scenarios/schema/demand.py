"""Who wants what, when."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scenarios.errors import nearest_name
from scenarios.fields import (
    NUMBER,
    SCALAR,
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
    Step,
    TimeZone,
    choice,
    fault,
    kind_of,
)
from scenarios.laws import DISCRETE
from scenarios.schema.base import Part, exactly_one, given, only_with
from scenarios.schema.distributions import DurationDistribution, NumberDistribution
from scenarios.schema.files import ColumnName, Columns, data_file
from scenarios.schema.places import NO_TIME
from scenarios.schema.selectors import Selector
from scenarios.values import ValueFault, amount, one_of, positive_count, share, show_number

EVERYTHING = Selector.model_construct()
ONE = NumberDistribution.model_construct(dist="constant", value=1, mean=1, sd=0.0)


class ProfileReader(Reader):
    """Reads a named profile, or a list of weights for the parts of a cycle."""

    def __init__(self, parts: int, *names: str) -> None:
        self.parts, self.names = parts, names
        weights: JsonSchema = {"type": "array", "items": dict(NUMBER), "minItems": parts, "maxItems": parts}
        label = f"{' | '.join(f'`{name}`' for name in names)} or a list of {parts} weights"
        super().__init__(label, lambda text: one_of(names, text), {"anyOf": [{"enum": list(names)}, weights]})

    def read(self, value: object, at: tuple[Step, ...] = ()) -> Any:
        if not isinstance(value, list):
            return super().read(value, at)
        weight = Reader("weight", amount)
        weights = tuple(weight.read(part, (index,)) for index, part in enumerate(value))
        if len(weights) != self.parts or sum(weights) <= 0:
            raise fault("not a profile", found=kind_of(value) + f" of {len(weights)}", expected=self.label)
        return weights


Hours = Annotated[str | tuple[float, ...], ProfileReader(24, "flat", "retail")]
WeekProfile = Annotated[str | tuple[float, ...], ProfileReader(7, "flat", "retail")]


class _Size:
    """Reads a law of numbers, or the word `retail` for that of the Complete Journey data."""

    label = "`retail` or a distribution of numbers"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        law = handler.generate_schema(NumberDistribution)

        def read(value: object, proceed: core_schema.ValidatorFunctionWrapHandler) -> object:
            return value if value == "retail" else proceed(value)

        def tell(value: NumberDistribution | str) -> object:
            return value if isinstance(value, str) else value.model_dump(exclude_defaults=True)

        return core_schema.no_info_wrap_validator_function(
            read, law, serialization=core_schema.plain_serializer_function_ser_schema(tell)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"const": "retail"}, handler(core)]}


LineSize = Annotated[NumberDistribution | str, _Size()]


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
        self._check_size()
        return self

    def _check_size(self) -> None:
        """A line has a whole number of units; only a law that counts things may now and then give none."""
        size = self.size
        if isinstance(size, str):
            return
        if size.constant is not None and (size.constant < 1 or size.constant != int(size.constant)):
            raise fault(
                "not the size of a line",
                at=("size",),
                found=f'"{show_number(size.constant)}"',
                expected="whole units, at least 1",
            )
        if size.dist != "normal" and size.lowest < 0:
            raise fault(
                "reaches below 0", at=("size",), found=f"down to {show_number(size.lowest)}", expected="units of at least 0"
            )
        if size.mean < 1 and size.dist not in ("poisson", "negative_binomial"):
            raise fault(
                "lines of less than a unit", at=("size",), found=f"a mean of {show_number(size.mean)}", expected="at least 1"
            )

    @property
    def rounded(self) -> bool:
        """Whether its sizes are not whole by nature."""
        size = self.size
        if isinstance(size, str) or size.dist in (*DISCRETE, "constant"):
            return False
        return size.dist != "empirical" or any(value != int(value) for value in size.values or ())

    def _refuse_profiles(self) -> None:
        """Clockwork has no profile, and a feed brings its own times and sizes."""
        leader = next(iter(given(self, "every", "replay")), None)
        senseless = ["hours", "weekdays", "overdispersion"] + (["size"] if leader == "replay" else [])
        for key in senseless if leader else ():
            if key in self.model_fields_set:
                raise fault("has no meaning here", at=(key,), expected=f"not to stand beside `{leader}`")


class LinesReader(Reader):
    """Reads `{1: .7, 2: .3}`: the shares of orders with so many lines."""

    def __init__(self) -> None:
        shares = {"type": "object", "additionalProperties": dict(NUMBER)}
        super().__init__(
            "shares by number of lines, or a number", positive_count, {"anyOf": [dict(SCALAR), shares]}
        )

    def read(self, value: object, at: tuple[Step, ...] = ()) -> dict[int, float]:
        if isinstance(value, str):
            return {super().read(value, at): 1.0}
        if not isinstance(value, dict):
            raise fault("not shares of orders", found=kind_of(value), expected="a map such as {1: .7, 2: .3}")
        part = Reader("share", share)
        shares = {
            super(LinesReader, self).read(key, (key,)): part.read(text, (key,)) for key, text in value.items()
        }
        if abs(sum(shares.values()) - 1) > 1e-9:
            raise fault(
                "shares do not add up", found=f"a sum of {sum(shares.values()):g}", expected="a sum of 1"
            )
        return dict(sorted(shares.items()))


class WebDemand(Part):
    """Web orders, as checkouts started."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"flash", "inquiries", "abandoned_baskets"})

    orders_per_day: PositiveNumber = Field(description="Checkouts started a day.")
    lines: Annotated[dict[int, float], LinesReader()] = Field(
        {1: 1.0}, description="Shares of orders by lines."
    )
    size: LineSize = Field(ONE, description="Units of a line.")
    checkout: DurationDistribution = Field(NO_TIME, description="Time from start to order.")
    abandon: Share = Field(0.0, description="Share of checkouts that end without an order.")
    pickup_share: Share = Field(0.0, description="Share of orders collected in a store.")
    where: Selector = Field(EVERYTHING, description="Which SKUs.")
    hours: Hours = Field("flat", description="Shares of the hours of a day, local.")
    weekdays: WeekProfile | None = Field(None, description="Shares of the days of a week, from Monday.")


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
