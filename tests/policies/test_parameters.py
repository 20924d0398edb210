"""Parameters read off a constructor, and values read from text."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from policies.parameters import REQUIRED, Parameter, parameters_of


class Rule:
    def __init__(
        self,
        cells: object,
        target: int,
        *,
        boost: float = 1.5,
        mode: Literal["fast", "slow"] = "fast",
        level: int | Literal["auto"] = "auto",
        cap: float | None = None,
        eager: bool = False,
        label: str = "",
    ) -> None: ...


def test_every_kind_of_annotation() -> None:
    known = parameters_of(Rule)
    assert {name: p.expected for name, p in known.items()} == {
        "target": "a whole number",
        "boost": "a number",
        "mode": "fast or slow",
        "level": "a whole number or auto",
        "cap": "a number",
        "eager": "true or false",
        "label": "text",
    }
    assert [name for name, p in known.items() if p.required] == ["target"]
    assert known["boost"].default == 1.5
    assert known["target"].default is REQUIRED


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("target", "14", 14),
        ("target", "-3", -3),
        ("target", 7.0, 7),
        ("boost", "1e-3", 0.001),
        ("boost", "2", 2.0),
        ("boost", 3, 3.0),
        ("mode", "slow", "slow"),
        ("level", "auto", "auto"),
        ("level", "010", 10),
        ("cap", None, None),
        ("eager", "true", True),
        ("eager", False, False),
        ("label", "no", "no"),
        ("label", "18:30", "18:30"),
    ],
)
def test_values_are_typed(name: str, text: object, value: object) -> None:
    read = parameters_of(Rule)[name].read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("target", "1.5"),
        ("target", 1.5),
        ("target", "1_000"),
        ("target", "auto"),
        ("target", True),
        ("target", None),
        ("boost", "fast"),
        ("boost", "nan"),
        ("boost", "inf"),
        ("mode", "medium"),
        ("level", "automatic"),
        ("eager", "yes"),
        ("label", 5),
        ("target", [1]),
    ],
)
def test_other_values_are_refused(name: str, text: object) -> None:
    parameter = parameters_of(Rule)[name]
    with pytest.raises(ValueError, match=f"{name}: expected {parameter.expected}, found "):
        parameter.read(text)


def test_without_annotations_the_defaults_say_what_is_meant() -> None:
    class Plain:
        def __init__(self, cells, depth, days=7, share=0.5, word="x"):  # type: ignore[no-untyped-def]
            pass

    known = parameters_of(Plain)
    assert known["days"].types == (int,)
    assert known["share"].types == (float,)
    assert known["word"].types == (str,)
    assert [known["depth"].read(text) for text in ("3", "0.5", "deep")] == [3, 0.5, "deep"]


def test_an_annotation_only_a_type_checker_knows_is_no_obstacle() -> None:
    class Lazy:
        def __init__(self, cells: "NowhereToBeFound", days: int = 7) -> None:  # type: ignore[name-defined] # noqa
            pass

    assert parameters_of(Lazy)["days"].read("3") == 3


def test_a_constructor_without_cells_is_refused() -> None:
    class Bare:
        pass

    class KeywordOnly:
        def __init__(self, *, level: int = 1) -> None: ...

    for rule in (Bare, KeywordOnly):
        with pytest.raises(ValueError, match="must take the facts about its cells as its first argument"):
            parameters_of(rule)


def test_a_type_that_no_scenario_can_write_is_refused() -> None:
    class Odd:
        def __init__(self, cells: Any, table: dict[str, int]) -> None: ...

    with pytest.raises(ValueError, match="a scenario cannot write table"):
        parameters_of(Odd)


def test_a_parameter_with_nothing_to_say() -> None:
    assert Parameter("odd", (), (), None).expected == "nothing"
