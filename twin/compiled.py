"""The two decorators of every kernel, and where compiled kernels are kept.

numba notices a change in a kernel's own file but not in the files of the functions compiled into it. So the cache lies in a
folder named by a digest of all sources that hold kernels: after an edit or an upgrade nothing stale is ever run. The digest holds
where the sources lie, too: numba finds a kernel by the path of its file, so that another checkout has to compile its own.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import ffi
from numba import njit
from numba.core import environment
from numba.core.caching import Cache, FunctionCache
from numba.core.environment import Environment, lookup_environment
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


def _load_from_cache(cache: Any, signature: Any, context: Any) -> Any:
    """Load a kernel from the cache without all that compiling takes, which costs a quarter of a second at every start.

    Where the cache has no such kernel numba compiles it, and loads the rest by itself.
    """
    rtsys.initialize(context)
    with cache._guard_against_spurious_io_errors():
        return cache._load_overload(signature, context)


def _environment_from_cache(module: str, constants: list[Any], name: str) -> Environment:
    """Make the environment of a function of a kernel, without importing the module where numba itself has that function.

    What such a module defines, only a compiler asks for. It also spares SciPy's linear algebra, which numba imports there.
    """
    found = lookup_environment(name)
    if found is None:
        found = Environment(vars(sys.modules[module]) if module in sys.modules else {"__name__": module})
        found.consts[:] = constants
        found.env_name = name
        Environment._memo[name] = found
    return found


Cache.load_overload = _load_from_cache
environment._rebuild_env = _environment_from_cache
ffi.lib._lock._cblist.clear()  # numba tells of every call of LLVM: thousands of events at each start, to nobody


class _CacheWhenAsked:
    """numba's cache of a function, which it makes at import of each: hundreds look for their folder, and few are asked."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function, self._cache = function, None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by a copy that has no attributes yet
            raise AttributeError(name)
        self._cache = self._cache or FunctionCache(self._function)
        return getattr(self._cache, name)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A kernel that Python calls: ``@compiled()``. ``options`` are those of numba."""

    def decorated(function: Callable[..., Any]) -> Any:
        dispatcher = njit(nogil=True, **options)(function)
        dispatcher._cache = _CacheWhenAsked(function)
        return dispatcher

    return decorated


inlined = partial(compiled, forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""A small function that becomes part of the kernels that call it: ``@inlined()``. Python cannot call it, which spares the
compiler the unpacking of its arguments, the larger part of its work. A long one with several callers stays a function:
``forceinline=False``."""
