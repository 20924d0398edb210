"""Which policy decides what, with its parameters beside its name."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from scenarios import parameters
from scenarios.fields import (
    POSITIVE_DURATION,
    SCALAR,
    Count,
    JsonSchema,
    Name,
    OneOrMany,
    Reader,
    choice,
    either,
    fault,
)
from scenarios.schema.base import Part
from scenarios.schema.selectors import EVERYTHING, Selector
from scenarios.values import DAY


class _Use(Reader):
    """Reads the name of a policy; the rule itself checks that it exists."""

    def __init__(self) -> None:
        super().__init__("policy", str)


class Rule(Part):
    """A policy by name; its parameters stand beside `use` and are kept in `params`, with their types."""

    KIND: ClassVar[str] = ""

    use: Annotated[str, _Use()] = Field(description="The policy's name, or the import path of your own.")
    params: dict[str, Any] = Field({}, description="The policy's own parameters.", exclude=False)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        own = cls.keys().keys() - {"params"}
        beside = {key: value for key, value in data.items() if key not in own}
        rule = {key: value for key, value in data.items() if key in own}
        use = rule.get("use")
        if isinstance(use, str):
            rule["params"] = parameters.read(cls.KIND, use, beside, own)
        elif beside and use is None:
            raise fault(
                "names no policy", found="no `use`", expected=f"use: {' | '.join(parameters.names(cls.KIND))}"
            )
        return rule

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        schema = handler.resolve_ref_schema(handler(core))
        schema["properties"].pop("params", None)
        takers: dict[str, list[str]] = {}
        for use in parameters.names(cls.KIND) if cls.KIND else ():
            for key, parameter in parameters.of(cls.KIND, use).items():
                takers.setdefault(f"{key}: {parameter.expected}", []).append(use)
        for told, uses in takers.items():
            key, _, expected = told.partition(": ")
            schema["properties"].setdefault(key, {**SCALAR, "description": f"{', '.join(uses)}: {expected}."})
        # one's own policy has parameters that nobody here knows
        schema["additionalProperties"] = True
        schema["if"] = {"properties": {"use": {"pattern": ":"}}}
        schema["else"] = {"propertyNames": {"enum": [*schema["properties"]]}}
        return schema


Review = Annotated[int | str, either("continuous", POSITIVE_DURATION)]


class ReorderRule(Rule):
    """When and how much to order for the cells selected."""

    KIND: ClassVar[str] = "reorder"

    where: Selector = Field(EVERYTHING, description="Which cells.")
    review: Review = Field(
        "continuous", description="How often it looks; `periodic` looks once a day unless told."
    )
    source: Name | None = Field(None, description="The location that supplies; absent: the cheapest lane.")

    @model_validator(mode="after")
    def _default_review(self) -> Self:
        days = parameters.default_review_days(self.use)
        if days and "review" not in self.model_fields_set:
            self.__dict__["review"] = round(days * DAY)  # the part is frozen for everybody else
        elif self.use == "periodic" and self.review == "continuous":
            raise fault(
                "a periodic policy looks in a rhythm", at=("review",), expected="a duration such as 1d"
            )
        return self


class Reservation(Rule):
    """How stock is held for carts and orders."""

    KIND: ClassVar[str] = "reservation"


class Routing(Rule):
    """Which locations fill an order."""

    KIND: ClassVar[str] = "routing"


class SafetyRule(Part):
    """Units held back from web promises."""

    where: Selector = Field(EVERYTHING, description="Which cells.")
    channel: Annotated[str, choice("web")] = Field("web", description="From which channel.")
    units: Count = Field(description="How many.")


class Policies(Part):
    """The policies in force."""

    NOT_BUILT: ClassVar[frozenset[str]] = frozenset(
        {"markdown", "rebalancing", "counting", "forecast", "anomaly", "approval"}
    )

    reorder: Annotated[tuple[ReorderRule, ...], OneOrMany()] = Field(
        (), description="Reorder rules, from the top."
    )
    reservation: Reservation | None = Field(None, description="Reservation.")
    routing: Routing | None = Field(None, description="Routing.")
    safety: Annotated[tuple[SafetyRule, ...], OneOrMany()] = Field(
        (), description="Safety stock, from the top."
    )
