"""The two decorators of every kernel, and where compiled kernels are kept.

numba notices a change in a kernel's own file but not in the files of the functions compiled into it. So the cache lies in a
folder named by a digest of all sources that hold kernels: after an edit or an upgrade nothing stale is ever run. The digest holds
where the sources lie, too: numba finds a kernel by the path of its file, so that another checkout has to compile its own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numba
from numba import njit
from numba.core.caching import Cache
from numba.core.runtime import rtsys

FOLDER, PREFIX = "stocktwin", "kernels-"
_PACKAGES = ("twin", "policies")
_NO_KERNELS = ("twin/cli/", "twin/runs/", "twin/kpis/", "twin/plan/")  # and no constants that a kernel holds


def _sources_digest() -> str:
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(f"{numba.__version__} {root}".encode(), digest_size=8)
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(_NO_KERNELS):
                digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where this version's compiled kernels are kept: the user's cache folder, or a temporary one where that is read-only."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{PREFIX}{_sources_digest()}"
    try:
        folder = base / FOLDER / name
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.gettempdir()) / f"stocktwin-{os.getuid()}" / name


if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(cache_folder())


def kernels_folder() -> Path:
    """Where this process keeps its compiled kernels."""
    return Path(str(numba.config.CACHE_DIR))


def _load_without_blas() -> None:
    """Load numba's functions on arrays without SciPy's linear algebra, which takes half a second of every start.

    numba imports it only to learn whether kernels may call ``np.cov``; none of ours does. ``np.dot`` finds it when it is needed.
    """
    from numba.np import linalg

    def without() -> None:
        raise ImportError

    found, linalg.ensure_blas = linalg.ensure_blas, without
    try:
        import numba.np.arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = found


def _load_from_cache(cache: Any, signature: Any, context: Any) -> Any:
    """Load a kernel from the cache without all that compiling takes, which costs a quarter of a second at every start.

    Where the cache has no such kernel numba compiles it, and loads the rest by itself.
    """
    rtsys.initialize(context)
    with cache._guard_against_spurious_io_errors():
        return cache._load_overload(signature, context)


_load_without_blas()
Cache.load_overload = _load_from_cache

compiled = partial(njit, cache=True, nogil=True)
"""A kernel that Python calls: ``@compiled()``."""

inlined = partial(njit, cache=True, nogil=True, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""A small function that becomes part of the kernels that call it: ``@inlined()``. Python cannot call it, which spares the
compiler the unpacking of its arguments, the larger part of its work."""
