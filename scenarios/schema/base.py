"""What every part of the schema has in common."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from scenarios.fields import fault


class Part(BaseModel):
    """A frozen map of known keys.

    `NOT_BUILT` names keys that belong to the language and are refused with those words. `defer_build` leaves
    the compiling of validators to the first use of the whole, once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    NOT_BUILT: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def keys(cls) -> dict[str, str]:
        """From each key as one writes it to its attribute."""
        return {field.alias or attribute: attribute for attribute, field in cls.model_fields.items()}


def given(part: Part, *attributes: str) -> list[str]:
    """Which of `attributes` the file sets, as keys."""
    fields = type(part).model_fields
    return [fields[name].alias or name for name in attributes if getattr(part, name) is not None]


def exactly_one(part: Part, *attributes: str) -> None:
    """Raise unless exactly one of `attributes` is set."""
    found = given(part, *attributes)
    if len(found) == 1:
        return
    keys = [type(part).model_fields[name].alias or name for name in attributes]
    raise fault(
        "states too much" if found else "states too little",
        found=" and ".join(f"`{key}`" for key in found) or "none of them",
        expected=f"exactly one of {', '.join(keys)}"
        + (" (an overlay takes a key away with `key: null`)" if found else ""),
    )


def at_least_one(part: Part, *attributes: str) -> None:
    """Raise unless one of `attributes` is set."""
    if not given(part, *attributes):
        keys = [type(part).model_fields[name].alias or name for name in attributes]
        raise fault("states too little", found="none of them", expected=f"at least one of {', '.join(keys)}")


def only_with(part: Part, leader: str, *followers: str) -> None:
    """Raise where one of `followers` is set and `leader` is not."""
    fields: dict[str, Any] = type(part).model_fields
    if getattr(part, leader) is not None:
        return
    for key in given(part, *followers):
        raise fault(
            "has no meaning here", at=(key,), expected=f"to stand beside `{fields[leader].alias or leader}`"
        )
