"""The scenarios that come with the project."""

from __future__ import annotations

from pathlib import Path

from scenarios.errors import ScenarioError, Where, listing, nearest_name
from scenarios.nodes import Scalar, read_mapping

_FOLDERS = {"": "library", "validation/": "validation"}


def _folder(name: str) -> Path:
    from importlib.resources import files  # not needed for files of one's own, and slow to import

    return Path(str(files("scenarios"))) / name


def names() -> list[str]:
    """The names of all library scenarios; those of textbook cases start with `validation/`."""
    found: list[str] = []
    for prefix, folder in _FOLDERS.items():
        root = _folder(folder)
        if root.is_dir():
            found += sorted(
                prefix + entry.name[:-5] for entry in root.iterdir() if entry.name.endswith(".yaml")
            )
    return found


def library() -> list[tuple[str, str]]:
    """Name and description of all library scenarios."""
    return [(name, _description(find(name))) for name in names()]


def _description(path: Path) -> str:
    value = read_mapping(path.read_text("utf-8"), path.name).entries.get("description")
    return value.text if isinstance(value, Scalar) else ""


def is_bare(source: str) -> bool:
    """Whether `source` is a name of the library rather than a path."""
    base = source.removeprefix("validation/")
    return not any(mark in base for mark in "/\\") and not base.endswith((".yaml", ".yml"))


def find(name: str, where: Where | None = None) -> Path:
    """The file of a library scenario.

    Raises
    ------
    ScenarioError
        There is none of this name.
    """
    prefix = "validation/" if name.startswith("validation/") else ""
    path = _folder(_FOLDERS[prefix]) / f"{name.removeprefix(prefix)}.yaml"
    if path.is_file():
        return path
    known = names()
    raise ScenarioError(
        "no such scenario in the library",
        where=where,
        found=f'"{name}"',
        expected=f"one of {listing(known, 40)}, or the path of a .yaml file",
        nearest=nearest_name(name, known),
    )
