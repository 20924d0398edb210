"""Distributions of durations and of numbers, as a scenario states them."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, NoReturn, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from scenarios import laws, moments
from scenarios.errors import nearest_name
from scenarios.fields import (
    AMOUNT,
    DURATION,
    NUMBER_,
    POSITIVE,
    JsonSchema,
    ListReader,
    Reader,
    choice,
    fault,
    kind_of,
)
from scenarios.schema.base import Part
from scenarios.values import show_duration, show_number

Family = Annotated[str, choice(*laws.PARAMETERS)]
TimeFamily = Annotated[str, choice(*(name for name in laws.PARAMETERS if name not in laws.DISCRETE))]


class Distribution(Part):
    """A law with its parameters as they were given; `mean` and `sd` are always filled in.

    Durations are in microseconds. A plain scalar stands for a constant. `geometric` starts at 1.
    """

    DURATIONS: ClassVar[bool] = False
    SCALAR: ClassVar[Reader] = AMOUNT

    dist: Family = Field(description="The family.")
    mean: float = Field(0.0, description="Mean.")
    cv: Annotated[float, POSITIVE] | None = Field(None, description="Standard deviation ÷ mean.")
    sd: float = Field(0.0, description="Standard deviation.")
    median: float | None = Field(None, description="Median.")
    p95: float | None = Field(None, description="The value that 95 % do not exceed.")
    value: float | None = Field(None, description="The value of constant.")
    low: float | None = Field(None, description="Least value.")
    high: float | None = Field(None, description="Greatest value.")
    mode: float | None = Field(None, description="Most likely value.")
    shape: Annotated[float, POSITIVE] | None = Field(None, description="Shape; the k of erlang.")
    scale: float | None = Field(None, description="Scale of gamma.")
    mu: Annotated[float, NUMBER_] | None = Field(None, description="Mean of the logarithm.")
    sigma: Annotated[float, AMOUNT] | None = Field(None, description="Standard deviation of the logarithm.")
    r: Annotated[float, POSITIVE] | None = Field(None, description="Successes of negative_binomial.")
    p: Annotated[float, POSITIVE] | None = Field(None, description="Probability of a success, up to 1.")
    values: tuple[float, ...] | None = Field(None, description="The values of empirical.")
    weights: Annotated[tuple[float, ...], ListReader(AMOUNT)] | None = Field(
        None, description="Weights of `values`; equal where absent."
    )

    @property
    def constant(self) -> float | None:
        """The one value, where it has only one."""
        return self.value if self.dist == "constant" else None

    @property
    def lowest(self) -> float:
        """The least value it can take (minus infinity for a normal of numbers; durations stop at 0)."""
        if self.dist in ("constant", "uniform", "triangular"):
            low = self.value if self.dist == "constant" else self.low
            assert low is not None
            return low
        if self.dist == "empirical":
            return min(self.values or (0.0,))
        if self.dist == "geometric":
            return 1.0
        return -math.inf if self.dist == "normal" and not self.DURATIONS else 0.0

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"dist": "constant", "value": data}
        if not isinstance(data, dict):
            raise fault(
                "not a distribution", found=kind_of(data), expected=f"{cls.SCALAR.label} or a map with `dist`"
            )
        if "dist" not in data:
            raise fault(
                "a distribution names its family",
                found="no `dist`",
                expected=f"dist: {' | '.join(cls.families())}",
            )
        dist = data["dist"]
        if not isinstance(dist, str) or dist not in cls.families():
            _refuse_family(dist, cls.families())
        _check_set(dist, [key for key in data if key != "dist"], cls.DURATIONS)
        return data

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        given = {
            key: value
            for key, value in self.__dict__.items()
            if key in self.model_fields_set and isinstance(value, int | float)
        }
        try:
            if self.dist == "empirical":
                derived = moments.empirical(self.values or (), self.weights)
            else:
                derived = moments.COMPLETE[self.dist](given)
        except moments.Impossible as error:
            key = error.key if error.key in self.model_fields_set else "cv"
            shown = self._show(key, given[key]) if key in given else None
            raise fault(error.message, at=(key,), found=shown, expected=error.expected) from None
        if self.DURATIONS and self.dist == "uniform" and derived.get("low", 0.0) < 0:
            raise fault("reaches below 0", expected="a duration of at least 0")
        self.__dict__.update(derived)  # the part is frozen for everybody else
        return self

    def _show(self, key: str, value: float) -> str:
        plain = key in ("cv", "shape", "mu", "sigma", "r", "p") or not self.DURATIONS
        return f'"{show_number(value) if plain else show_duration(int(value))}"'

    @classmethod
    def families(cls) -> tuple[str, ...]:
        """The families that have a meaning here."""
        return tuple(dist for dist in laws.PARAMETERS if not (cls.DURATIONS and dist in laws.DISCRETE))

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        whole = handler.resolve_ref_schema(handler(core))
        return {"title": cls.__name__, "anyOf": [dict(cls.SCALAR.schema), whole]}


def _refuse_family(dist: object, families: tuple[str, ...]) -> NoReturn:
    known = isinstance(dist, str) and dist in laws.PARAMETERS
    raise fault(
        "counts whole things, which is no law of time" if known else "unknown distribution",
        at=("dist",),
        found=kind_of(dist),
        expected=f"one of {', '.join(families)}",
        nearest=nearest_name(dist, families) if isinstance(dist, str) and not known else None,
    )


def _check_set(dist: str, keys: list[str], durations: bool) -> None:
    sets = laws.sets_of(dist, durations=durations)
    takes = f"{laws.say_sets(dist, durations=durations)}"
    for key in keys:
        known = {name for names in sets for name in names}
        if key not in known:
            raise fault(
                f"{dist} has no parameter `{key}`",
                at=(key,),
                expected=takes,
                nearest=nearest_name(key, known),
            )
    if not any(set(keys) == set(names) for names in sets):
        found = " and ".join(keys) or "no parameter"
        raise fault(f"not the parameters of {dist}", found=found, expected=takes)


class DurationDistribution(Distribution):
    """A law of durations (microseconds): `5d`, or `{dist: lognormal, mean: 5d, cv: 1}`."""

    DURATIONS = True
    SCALAR = DURATION

    dist: TimeFamily = Field(description="The family.")
    mean: Annotated[float, DURATION] = Field(0.0, description="Mean.")
    sd: Annotated[float, DURATION] = Field(0.0, description="Standard deviation.")
    median: Annotated[float, DURATION] | None = Field(None, description="Median.")
    p95: Annotated[float, DURATION] | None = Field(None, description="The value that 95 % do not exceed.")
    value: Annotated[float, DURATION] | None = Field(None, description="The value of constant.")
    low: Annotated[float, DURATION] | None = Field(None, description="Least value.")
    high: Annotated[float, DURATION] | None = Field(None, description="Greatest value.")
    mode: Annotated[float, DURATION] | None = Field(None, description="Most likely value.")
    scale: Annotated[float, DURATION] | None = Field(None, description="Scale of gamma.")
    values: Annotated[tuple[float, ...], ListReader(DURATION)] | None = Field(
        None, description="The values of empirical."
    )


class NumberDistribution(Distribution):
    """A law of numbers: `2`, or `{dist: geometric, mean: 1.3}`."""

    mean: Annotated[float, NUMBER_] = Field(0.0, description="Mean.")
    sd: Annotated[float, AMOUNT] = Field(0.0, description="Standard deviation.")
    median: Annotated[float, NUMBER_] | None = Field(None, description="Median.")
    p95: Annotated[float, NUMBER_] | None = Field(None, description="The value that 95 % do not exceed.")
    value: Annotated[float, NUMBER_] | None = Field(None, description="The value of constant.")
    low: Annotated[float, NUMBER_] | None = Field(None, description="Least value.")
    high: Annotated[float, NUMBER_] | None = Field(None, description="Greatest value.")
    mode: Annotated[float, NUMBER_] | None = Field(None, description="Most likely value.")
    scale: Annotated[float, POSITIVE] | None = Field(None, description="Scale of gamma.")
    values: Annotated[tuple[float, ...], ListReader(NUMBER_)] | None = Field(
        None, description="The values of empirical."
    )


class WordOrLaw:
    """Reads a law, or one word that stands for a law of its own."""

    def __init__(self, word: str, law: type[Distribution]) -> None:
        self.word, self.law = word, law

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, proceed: core_schema.ValidatorFunctionWrapHandler) -> object:
            if isinstance(value, str) and value != self.word and nearest_name(value, [self.word]):
                expected = f"{self.word} or {self.law.SCALAR.label}"
                raise fault("unknown word", found=kind_of(value), expected=expected, nearest=self.word)
            return value if value == self.word else proceed(value)

        def tell(value: Distribution | str) -> object:
            return value if isinstance(value, str) else value.model_dump(exclude_defaults=True)

        return core_schema.no_info_wrap_validator_function(
            read,
            handler.generate_schema(self.law),
            serialization=core_schema.plain_serializer_function_ser_schema(tell),
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [{"const": self.word}, handler(core)]}
