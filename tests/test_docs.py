"""The documentation holds: links lead somewhere, scenarios in it validate, code in it runs."""

import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import scenarios

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for number, (kind, text) in enumerate(BLOCK.findall(page.read_text("utf-8")), start=1):
            if kind == language:
                found.append((f"{page.relative_to(ROOT)}:{number}", text))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The code of the page on own policies, as the package that it speaks of."""
    code = "\n".join(
        text for place, text in blocks("python") if place.startswith("docs/how-to/own-policy.md")
    )
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").touch()
    (tmp_path / "acme" / "policies.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield code
    for name in ("acme.policies", "acme"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("place", "text"), blocks("yaml"), ids=lambda value: value if "\n" not in value else ""
)
def test_scenarios_in_the_documentation_validate(place: str, text: str, tmp_path: Path, acme: str) -> None:
    (tmp_path / "sales.parquet").touch()
    path = tmp_path / "scenario.yaml"
    if not text.startswith(("name:", "extends:")):
        text = f"extends: two-stores\n{text}" + ("" if "variants:" in text else "variants:\n")
    path.write_text(text)
    resolved = scenarios.validate(path)
    for variant in resolved.variants:
        resolved.with_variant(variant)


def test_the_page_on_own_policies_runs(acme: str) -> None:
    assert acme.count("check_reorder_policy(") == 2
    importlib.import_module("acme.policies")


def test_the_page_on_policies_runs() -> None:
    for place, text in blocks("python"):
        if place.startswith("docs/policies.md"):
            exec(compile(text, place, "exec"), {})


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_reference", ROOT / "docs" / "reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", reference().PAGES)
def test_pages_made_from_the_code_are_current(name: str) -> None:
    made = reference().PAGES[name]()
    assert (ROOT / "docs" / name).read_text("utf-8") == made, "run `make docs`"
