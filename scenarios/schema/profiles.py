"""How demand spreads over the hours and days of a week, and how many units a line has: the same for all channels."""

from __future__ import annotations

from typing import Annotated, Any

from scenarios.fields import NUMBER, JsonSchema, Reader, Step, fault, kind_of
from scenarios.laws import DISCRETE
from scenarios.schema.distributions import NumberDistribution, WordOrLaw
from scenarios.values import amount, one_of, show_number

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


LineSize = Annotated[NumberDistribution | str, WordOrLaw("retail", NumberDistribution)]


def check_size(size: NumberDistribution | str) -> None:
    """A line has a whole number of units; only a law that counts things may now and then give none."""
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


def is_rounded(size: NumberDistribution | str) -> bool:
    """Whether the sizes of lines are not whole by nature."""
    if isinstance(size, str) or size.dist in (*DISCRETE, "constant"):
        return False
    return size.dist != "empirical" or any(value != int(value) for value in size.values or ())
