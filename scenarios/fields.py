"""The types of the language as pydantic sees them: each reads text, names itself and describes itself.

A `Reader` carries one parser of :mod:`scenarios.values` together with the words for messages, the JSON Schema
for editors and the way back to text. Pydantic never converts anything by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from scenarios import values
from scenarios.values import ValueFault

JsonSchema: TypeAlias = dict[str, Any]
Step: TypeAlias = "str | int"

SCALAR: JsonSchema = {"type": ["string", "number", "boolean"]}
NUMBER: JsonSchema = {"type": ["number", "string"]}
TEXT: JsonSchema = {"type": "string"}


def fault(
    message: str,
    *,
    at: tuple[Step, ...] = (),
    found: str | None = None,
    expected: str | None = None,
    nearest: str | None = None,
    built: bool = True,
) -> PydanticCustomError:
    """An error for pydantic to collect; `at` leads on from where it is raised."""
    details = {
        "message": message,
        "at": at,
        "expected": expected,
        "nearest": nearest,
        "found": found,
        "built": built,
    }
    return PydanticCustomError("scenario", "{message}", details)


def kind_of(value: object) -> str:
    """What a piece of the tree is, in the words of a message."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, list) else repr(value)


class Reader:
    """Reads one scalar.

    Parameters
    ----------
    label
        What it is called in the reference and in messages.
    parse
        From text to value; raises `ValueFault`.
    schema
        JSON Schema of what one may write.
    show
        From value to text, for defaults in the reference.
    """

    def __init__(
        self,
        label: str,
        parse: Callable[[str], Any],
        schema: JsonSchema | None = None,
        show: Callable[[Any], str] = str,
    ) -> None:
        self.label = label
        self.parse = parse
        self.schema = SCALAR if schema is None else schema
        self.show = show

    def read(self, value: object, at: tuple[Step, ...] = ()) -> Any:
        """The value, or the fault as pydantic collects it."""
        if not isinstance(value, str):
            raise fault("not a single value", at=at, found=kind_of(value), expected=self.label)
        try:
            return self.parse(value)
        except ValueFault as error:
            raise fault(
                error.message, at=at, found=kind_of(value), expected=error.expected, nearest=error.nearest
            ) from None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.schema)


class ListReader(Reader):
    """Reads a list of scalars; one scalar stands for a list of one. The value is a tuple."""

    def __init__(self, one: Reader) -> None:
        super().__init__(f"{one.label}, or a list", one.parse, one.schema, one.show)
        self.one = one

    def read(self, value: object, at: tuple[Step, ...] = ()) -> Any:
        if not isinstance(value, list):
            return (self.one.read(value),)
        return tuple(self.one.read(item, (index,)) for index, item in enumerate(value))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {"anyOf": [dict(self.one.schema), {"type": "array", "items": dict(self.one.schema)}]}


class MomentReader(Reader):
    """Reads a local date or date and time as microseconds since the epoch, in the zone the context names."""

    def __init__(self) -> None:
        super().__init__("date or date and time", values.local_time, TEXT)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, info: core_schema.ValidationInfo) -> int:
            context = info.context or {}
            return values.to_utc(self.read(value), context.get("timezone", "UTC"))

        return core_schema.with_info_plain_validator_function(read)


class OneOrMany:
    """A list of parts, where one map alone stands for a list of one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def wrap(value: object) -> object:
            return [value] if isinstance(value, dict) else value

        return core_schema.no_info_before_validator_function(wrap, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        many = handler(core)
        return {"anyOf": [many["items"], many]} if "items" in many else many


def choice(*names: str) -> Reader:
    """A reader of one of a few words."""
    return Reader(
        " | ".join(f"`{name}`" for name in names),
        lambda text: values.one_of(names, text),
        {"enum": list(names)},
    )


def either(word: str, other: Reader) -> Reader:
    """A reader of one word, or of something else."""
    return Reader(
        f"`{word}` or {other.label}",
        lambda text: text if text == word else other.parse(text),
        {"anyOf": [{"const": word}, dict(other.schema)]},
        lambda value: value if isinstance(value, str) else other.show(value),
    )


def name(text: str) -> str:
    """A name: any text but the empty one, without control characters."""
    if not text.strip() or not text.isprintable():
        raise ValueFault("a name", message="not a name")
    return text


NAME = Reader("name", name)
NUMBER_ = Reader("number", values.number, NUMBER, values.show_number)
AMOUNT = Reader("number ≥ 0", values.amount, NUMBER, values.show_number)
POSITIVE = Reader("number > 0", values.positive, NUMBER, values.show_number)
WHOLE = Reader("whole number", values.whole, NUMBER)
COUNT = Reader("whole number ≥ 0", values.count, NUMBER)
UNITS = Reader("whole number of units ≥ 0", values.units, NUMBER)
POSITIVE_COUNT = Reader("whole number ≥ 1", values.positive_count, NUMBER)
SHARE = Reader("share", values.share, NUMBER, values.show_number)
DURATION = Reader("duration", values.duration, NUMBER, values.show_duration)
POSITIVE_DURATION = Reader("duration > 0", values.positive_duration, TEXT, values.show_duration)
SIGNED_DURATION = Reader("duration, either sign", values.signed_duration, NUMBER, values.show_duration)
RATE = Reader("rate", values.rate, TEXT, lambda value: f"{values.show_number(value)}/d")
CLOCK = Reader("clock time", values.clock, TEXT, values.show_clock)

Name = Annotated[str, NAME]
Text = Annotated[str, Reader("text", str)]
Number = Annotated[float, NUMBER_]
Amount = Annotated[float, AMOUNT]
PositiveNumber = Annotated[float, POSITIVE]
Whole = Annotated[int, WHOLE]
Count = Annotated[int, COUNT]
Units = Annotated[int, UNITS]
PositiveCount = Annotated[int, POSITIVE_COUNT]
Share = Annotated[float, SHARE]
Duration = Annotated[int, DURATION]
PositiveDuration = Annotated[int, POSITIVE_DURATION]
SignedDuration = Annotated[int, SIGNED_DURATION]
PerDay = Annotated[float, RATE]
ClockTime = Annotated[int, CLOCK]
Opening = Annotated[
    "tuple[int, int]",
    Reader(
        "opening hours",
        values.opening,
        TEXT,
        lambda value: "-".join(values.show_clock(part) for part in value),
    ),
]
Boolean = Annotated[bool, Reader("true or false", values.boolean, {"type": ["boolean", "string"]})]
LocalTime = Annotated[
    str, Reader("date or date and time", lambda text: values.local_time(text).isoformat(), TEXT)
]
Moment = Annotated[int, MomentReader()]
TimeZone = Annotated[str, Reader("time zone", values.zone, TEXT)]
Weekday = Annotated[int, Reader("weekday", values.weekday, {"enum": list(values.WEEKDAYS)})]
Names = Annotated["tuple[str, ...]", ListReader(NAME)]
Weekdays = Annotated[
    "tuple[int, ...]", ListReader(Reader("weekday", values.weekday, {"enum": list(values.WEEKDAYS)}))
]
ClockTimes = Annotated["tuple[int, ...]", ListReader(CLOCK)]
