"""Say so at start-up when another distribution's package stands in the place of one of ours.

The folders are top-level packages with plain names; at least one other distribution ships an ``adapters``
too.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("network", "policies", "scenarios", "adapters", "dashboards")


def shadowed() -> list[tuple[str, str]]:
    """Return (package, where it was found) of each that is not beside ``twin``; nothing is imported."""
    home = Path(__file__).resolve().parents[1]
    found = []
    for name in PACKAGES:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parent.parent != home or _is_foreign(name, origin):
            found.append((name, str(origin.parent) if origin else "nowhere"))
    return found


def _is_foreign(name: str, origin: Path) -> bool:
    # In one site-packages both distributions write the same folder: the last one installed owns __init__.py.
    return name == "adapters" and b"Stocktwin" not in origin.read_bytes()


def check() -> None:
    """Exit with status 2 and one line for each package that is not ours."""
    if foreign := shadowed():
        for name, where in foreign:
            print(
                f"twin: the package '{name}' that Python finds is not Stocktwin's (found: {where}). "
                "Install Stocktwin in an environment of its own.",
                file=sys.stderr,
            )
        raise SystemExit(2)
