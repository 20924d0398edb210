"""From a file or a library name to a resolved scenario."""

from __future__ import annotations

from collections.abc import Sequence as Series
from pathlib import Path

from pydantic import ValidationError

from scenarios import shelf
from scenarios.checks import check
from scenarios.edits import Edit, apply
from scenarios.errors import ScenarioError, ScenarioErrors, Where, nearest_name
from scenarios.merge import merge
from scenarios.nodes import (
    MOST_BYTES,
    Mapping,
    Node,
    Null,
    Scalar,
    describe,
    plain,
    read_mapping,
    without_nulls,
)
from scenarios.resolved import Resolved
from scenarios.schema.scenario import Scenario
from scenarios.tables import settle
from scenarios.translate import translate
from scenarios.values import ValueFault, zone

MOST_EXTENDS = 16
#: What reports call the scenario without a variant.
RESERVED = frozenset({"base"})
#: What all variants of a scenario share: they are compared replication by replication, on the same random numbers.
SHARED = ("seed", "replications")


def load(source: str | Path, *, sets: Series[str | Edit] = (), variant: str | None = None) -> Resolved:
    """Read, resolve and check a scenario with all its variants.

    Parameters
    ----------
    source
        A name of the library (`two-stores`, `validation/palm`) or the path of a file.
    sets
        Edits `key.path=value` as after ``--set``, or with their values as they are (`Edit`), laid over the base
        in their order.
    variant
        The variant to return instead of the base.

    Raises
    ------
    ScenarioErrors
        All that is wrong, each with its place.
    """
    try:
        path = shelf.find(source) if isinstance(source, str) and _in_library(source) else Path(source)
        root = _extended(_read(path, Where("")), path, (path.resolve(),))
    except ScenarioErrors:
        raise
    except ScenarioError as error:
        raise ScenarioErrors([error]) from None
    return _resolve(root, sets, variant, path)


def _in_library(source: str) -> bool:
    """Whether a source is looked for in the library; a folder may have been meant as one of a run."""
    return shelf.is_bare(source) and not (source not in shelf.names() and Path(source).is_dir())


def loads(text: str, *, name: str = "<text>", sets: Series[str | Edit] = (), variant: str | None = None) -> Resolved:
    """Like :func:`load`, from the text of a file; relative paths start from the current folder."""
    try:
        root = _extended(read_mapping(text, name), Path(name), ())
    except ScenarioError as error:
        raise error if isinstance(error, ScenarioErrors) else ScenarioErrors([error]) from None
    return _resolve(root, sets, variant, None)


def validate(path: str | Path) -> Resolved:
    """Check a file with all its variants; the same as :func:`load` without edits."""
    return load(path)


def _read(path: Path, where: Where, chain: tuple[Path, ...] = ()) -> Mapping:
    expected = "a scenario file, or a name of the library"
    if path.is_dir():
        inside = path / "scenario.yaml"
        raise ScenarioError(
            "is a folder",
            where=where,
            found=f'"{path}"',
            expected=f"a scenario file; that of this run is {inside}" if inside.is_file() else expected,
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScenarioError(
                "too big to be a scenario",
                where=Where(str(path)),
                found=f"{path.stat().st_size:,} bytes",
                expected=f"at most {MOST_BYTES:,}; put long tables in files",
            )
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            "not UTF-8 text", where=Where(str(path)), found=str(error), expected=expected
        ) from None
    except OSError as error:
        near = nearest_name(path.name, _neighbours(path, chain))
        reason = error.strerror or str(error)
        raise ScenarioError(reason, where=where, found=f'"{path}"', expected=expected, nearest=near) from None
    return read_mapping(text, str(path))


def _neighbours(path: Path, chain: tuple[Path, ...]) -> list[str]:
    """Scenario files beside a path, but for those that ask for it."""
    try:
        files = [entry for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
        return [entry.name for entry in files if entry.resolve() not in chain]
    except OSError:
        return []


def _extended(root: Mapping, path: Path, chain: tuple[Path, ...]) -> Mapping:
    base = root.entries.get("extends")
    if base is None or isinstance(base, Null):
        return root
    where = root.keys["extends"]
    if not isinstance(base, Scalar):
        raise ScenarioError(
            "not a scenario",
            where=where,
            path="extends",
            found=describe(base),
            expected="a path or a library name",
        )
    below = shelf.find(base.text, where) if shelf.is_bare(base.text) else path.parent / base.text
    if below.resolve() in chain or len(chain) >= MOST_EXTENDS:
        raise ScenarioError(
            "extends itself" if below.resolve() in chain else "extends too many files",
            where=where,
            path="extends",
            found=" → ".join(str(part.name) for part in (*chain, below)),
            expected=f"a chain of at most {MOST_EXTENDS} files that ends",
        )
    lower = _extended(_read(below, where, chain), below, (*chain, below.resolve()))
    own = {key: value for key, value in root.entries.items() if key != "extends"}
    merged = merge(lower, Mapping(own, root.keys, root.where))
    assert isinstance(merged, Mapping)
    return merged


def _resolve(root: Mapping, sets: Series[str | Edit], variant: str | None, source: Path | None) -> Resolved:
    errors: list[ScenarioError] = []
    for change in sets:
        try:
            root = apply(root, change)
        except ScenarioError as error:
            errors.append(error)
    if errors:
        raise ScenarioErrors(errors)
    bare, overlays = _split_variants(root)
    settled, scenario = _typed(bare, errors)
    others: dict[str, Resolved] = {}
    for name, overlay in (overlays.entries if overlays else {}).items():
        found: list[ScenarioError] = []
        other = _variant(bare, name, overlay, found, source)
        if other is not None:
            others[name] = other
        errors += _new_in_variant(name, found, errors)
    if errors or scenario is None:
        raise ScenarioErrors(sorted(errors, key=_in_file_order))
    base = Resolved(scenario, settled, tuple(others), None, source, others, overlays)
    try:
        return base if variant is None else base.with_variant(variant)
    except ScenarioError as error:
        raise ScenarioErrors([error]) from None


def _split_variants(root: Mapping) -> tuple[Mapping, Mapping | None]:
    clean = without_nulls(root)
    assert isinstance(clean, Mapping)
    entries = {key: value for key, value in clean.entries.items() if key != "variants"}
    bare = Mapping(entries, {key: clean.keys[key] for key in entries}, clean.where)
    overlays = root.entries.get("variants")
    if overlays is None or isinstance(overlays, Null):
        return bare, None
    if not isinstance(overlays, Mapping):
        raise _not_variants(overlays, None)
    for name, node in overlays.entries.items():
        if not isinstance(node, Mapping) or name in RESERVED:
            raise _not_variants(node, name)
    return bare, overlays


def _not_variants(node: Node, name: str | None) -> ScenarioErrors:
    reserved = name in RESERVED
    error = ScenarioError(
        "not a name for a variant" if reserved else "not variants",
        where=node.where,
        path="variants" + (f".{name}" if name else ""),
        found=f"`{name}`, which is the scenario itself" if reserved else describe(node),
        expected="another name" if reserved else "names, each with a map of paths and values",
    )
    return ScenarioErrors([error])


def _typed(root: Mapping, errors: list[ScenarioError]) -> tuple[Mapping, Scenario | None]:
    """The tree with its files settled, and the scenario where nothing is wrong with it."""
    root, missing = settle(root)
    try:
        scenario = Scenario.model_validate(plain(root), context={"timezone": _timezone(root)})
    except ValidationError as error:
        errors += [*translate(error, root), *missing]
        return root, None
    wrong = [*missing, *check(scenario, root)]
    errors += wrong
    return root, None if wrong else scenario


def _timezone(root: Mapping) -> str:
    time = root.entries.get("time")
    value = time.entries.get("timezone") if isinstance(time, Mapping) else None
    try:
        return zone(value.text) if isinstance(value, Scalar) else "UTC"
    except ValueFault:
        return "UTC"  # the schema says what is wrong with it


def _variant(
    bare: Mapping, name: str, overlay: object, errors: list[ScenarioError], source: Path | None
) -> Resolved | None:
    assert isinstance(overlay, Mapping)
    for key in SHARED:
        if key in overlay.entries:
            errors.append(
                ScenarioError(
                    "is the same for all variants",
                    where=overlay.keys[key],
                    path=f"variants.{name}.{key}",
                    found=describe(overlay.entries[key]),
                    expected=f"`{key}` at the top of the file only, or --{key}",
                )
            )
    if errors:
        return None
    try:
        merged = without_nulls(merge(bare, overlay))
    except ScenarioError as error:
        errors.append(error)
        return None
    assert isinstance(merged, Mapping)
    laid, scenario = _typed(merged, errors)
    return Resolved(scenario, laid, (), name, source) if scenario is not None else None


def _in_file_order(error: ScenarioError) -> tuple[bool, str, int]:
    return error.line == 0, error.file, error.line


def _new_in_variant(
    name: str, found: list[ScenarioError], before: list[ScenarioError]
) -> list[ScenarioError]:
    """What only the variant brings: errors of the base come back in each, and once is enough."""
    said = {error.text() for error in before}
    return [
        type(error)(
            f"{error.message} (variant {name})",
            where=error.where,
            path=error.path,
            found=error.found,
            expected=error.expected,
            nearest=error.nearest,
        )
        for error in found
        if error.text() not in said
    ]
