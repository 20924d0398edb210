"""Who orders what on the web, when."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from scenarios.fields import (
    NUMBER,
    SCALAR,
    Moment,
    Name,
    PositiveCount,
    PositiveDuration,
    PositiveNumber,
    Reader,
    Share,
    SignedDuration,
    Step,
    TimeZone,
    fault,
    kind_of,
)
from scenarios.schema.base import Part, exactly_one, given, only_with
from scenarios.schema.distributions import DurationDistribution, NumberDistribution
from scenarios.schema.files import ColumnName, Columns, DataFile
from scenarios.schema.places import NO_TIME
from scenarios.schema.profiles import ONE, Hours, LineSize, WeekProfile, check_size, is_rounded
from scenarios.schema.selectors import EVERYTHING, Selector
from scenarios.values import positive, positive_count, share, show_number


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


def _some(text: str) -> float:
    """A share of which something is left."""
    return positive(text) and share(text)


SomeShare = Annotated[float, Reader("share > 0", _some, NUMBER, show_number)]


class Flash(Part):
    """A sale of one SKU at which many come within a short time."""

    at: Moment = Field(description="Its start, local.")
    for_: PositiveDuration = Field(alias="for", description="Its length.")
    orders: PositiveCount = Field(description="Checkouts started in it.")
    sku: Name = Field(description="The SKU, the one line of each order.")
    limit_per_order: PositiveCount | None = Field(
        None, description="Most units of an order; absent: no limit."
    )


class WebColumns(Columns):
    """Columns of a feed of web orders; lines of one order share its id."""

    time: ColumnName | None = None
    order: ColumnName | None = None
    sku: ColumnName | None = None
    quantity: ColumnName | None = None
    zone: ColumnName | None = None
    pickup: ColumnName | None = None


class Cancel(Part):
    """Customers who change their minds."""

    share: Share = Field(description="Share of orders that their customers cancel.")
    delay: DurationDistribution = Field(NO_TIME, description="Time from the placement to the cancellation.")


#: Views : carts of a large shop, 194.7 : 16.9 million.
VIEWS_PER_CART: Final = 11.5
_MINUTES = 3 * 60_000_000.0
PACE = DurationDistribution.model_construct(dist="exponential", mean=_MINUTES, sd=_MINUTES)


class Views(Part):
    """Views of products, in sessions that end in a cart and in others."""

    per_cart: PositiveNumber = Field(
        VIEWS_PER_CART, description="Views of all sessions to each cart; a cart had a view of each of its lines."
    )
    session: NumberDistribution = Field(ONE, description="Views of a session that ends without a cart, at least 1.")
    pace: DurationDistribution = Field(
        PACE, description="Time from a view to the next one of its session, and from the last one to the cart."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.session.mean < 1:
            raise fault(
                "sessions of less than a view", at=("session",), found=f"a mean of {show_number(self.session.mean)}",
                expected="at least 1",
            )  # fmt: skip
        return self


#: What makes no sense beside the ways of telling demand that bring it themselves.
_BROUGHT: Final = {
    "flash": ("lines", "where", "hours", "weekdays"),
    "replay": ("lines", "size", "where", "hours", "weekdays", "views"),
}


class WebDemand(Part):
    """Web orders, as checkouts started, in exactly one of four ways."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset({"inquiries", "abandoned_baskets"})

    orders_per_day: PositiveNumber | None = Field(None, description="Checkouts started a day.")
    pos_share: SomeShare | None = Field(
        None, description="As many checkouts a day as this share of the lines at the till."
    )
    flash: Flash | None = Field(None, description="A flash sale.")
    replay: DataFile | None = Field(None, description="Checkouts as they were recorded.")
    columns: WebColumns | None = Field(None, description="Columns of the feed, where they have other names.")
    timezone: TimeZone | None = Field(None, description="Zone of the feed's local times; absent: the scenario's.")
    shift: SignedDuration | None = Field(None, description="Moves the feed in time; absent: as dated.")
    views: Views | None = Field(None, description="Views of products before a cart and without one; absent: none are drawn.")
    lines: Annotated[dict[int, float], LinesReader()] = Field(
        {1: 1.0}, description="Shares of orders by lines."
    )
    size: LineSize = Field(ONE, description="Units of a line.")
    checkout: DurationDistribution = Field(NO_TIME, description="Time from start to order.")
    abandon: Share = Field(0.0, description="Share of checkouts that end without an order.")
    cancel: Cancel | None = Field(None, description="Orders that customers cancel; absent: none.")
    pickup_share: Share = Field(0.0, description="Share of orders collected in a store.")
    where: Selector = Field(EVERYTHING, description="Which SKUs.")
    hours: Hours = Field("flat", description="Shares of the hours of a day, local.")
    weekdays: WeekProfile | None = Field(None, description="Shares of the days of a week, from Monday.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        exactly_one(self, "orders_per_day", "pos_share", "flash", "replay")
        only_with(self, "replay", "columns", "timezone", "shift")
        leader = next(iter(given(self, "flash", "replay")), "")
        for key in _BROUGHT.get(leader, ()):
            if key in self.model_fields_set:
                raise fault("has no meaning here", at=(key,), expected=f"not to stand beside `{leader}`")
        check_size(self.size)
        return self

    @property
    def rounded(self) -> bool:
        """Whether its sizes of lines are not whole by nature."""
        return is_rounded(self.size)
