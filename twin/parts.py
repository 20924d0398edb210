"""Parts of kernels that are compiled on their own and called by their address.

numba compiles whatever a kernel calls into that kernel once more: of a loop that reaches fifty functions through one another it
would make minutes of work. A part is known to its callers by name and signature only; ``load_parts`` compiles it once, or takes it
from the cache, and tells the linker where it lies. So a caller is compiled in seconds, whatever it calls.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numba
from llvmlite.binding import ObjectFileRef, add_symbol
from numba import cfunc, njit, types
from numba.core import event
from numba.core.caching import FunctionCache
from numba.core.callconv import CPUCallConv
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys

from twin import compiled

_KINDS = ("int", "bool", "Tables")


class _Part(NamedTuple):
    symbol: str
    signature: Any
    function: Callable[..., Any]


def inlined() -> Any:
    """As ``twin.compiled.inlined``, but whole numbers of any kind are handed over as int64: compiled once, not for each mixture."""
    return _with_int64


def _with_int64(function: Callable[..., Any]) -> Any:
    dispatcher = compiled.inlined()(function)
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(
        tuple(map(_widened, args)), {name: _widened(kind) for name, kind in kws.items()}
    )
    return dispatcher


def _widened(kind: Any) -> Any:
    return types.int64 if isinstance(kind, types.Integer | types.IntegerLiteral | types.Boolean | types.BooleanLiteral) else kind


_to_load: dict[str, _Part] = {}  # by symbol
_seldom: set[str] = set()  # symbols of parts that are called seldom
_loaded: list[Any] = []  # keeps what was compiled


def part(seldom: bool = False) -> Any:
    """Decorate a function as a part: ``@part()``. Its arguments are 64-bit integers (an address, indexes, times, truth values); it
    returns one such number, or None as its annotation says. Only kernels can call it, and none of its errors reaches them.

    What leads to a ``seldom`` part is laid behind everything else in its callers: the processor's nearest cache holds 32 KiB of
    code, and an order's life is as long as that.
    """
    if numba.config.BOUNDSCHECK:
        return _checked
    return partial(_by_address, seldom=seldom)


def _checked(function: Callable[..., Any]) -> Any:
    """An ordinary function of a kernel, whose errors reach the caller."""
    return njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


def _by_address(function: Callable[..., Any], seldom: bool) -> Any:
    found = inspect.signature(function)
    wrong = [one.name for one in found.parameters.values() if one.annotation not in _KINDS]
    if wrong:
        raise TypeError(f"{function.__qualname__}: arguments {wrong} of a part, expected annotations among {_KINDS}")
    returns = types.void if found.return_annotation in (None, "None") else types.int64
    signature = returns(*[types.int64] * len(found.parameters))
    symbol = f"{function.__module__}.{function.__qualname__}"
    _to_load[symbol] = _Part(symbol, signature, function)
    if seldom:
        _seldom.add(symbol)
    return types.ExternalFunction(symbol, signature)


def _declared(module: Any, described: Any) -> Any:
    """As numba declares a function that is called by its name, and whether that is seldom."""
    function = _declare(module, described)
    if described.mangled_name in _seldom:
        function.attributes.add("cold")
    return function


_declare = cpu_target.target_context.declare_external_function
cpu_target.target_context.declare_external_function = _declared


def load_parts() -> None:
    """Compile the parts imported since the last call, or take them from the cache; to be called before a kernel that uses them."""
    while _to_load:
        _load(next(iter(_to_load.values())))


def _load(one: _Part) -> None:
    """Load a part after those that it calls, which the linker looks for."""
    for symbol in _called_by(one.function, set()):
        if symbol in _to_load:
            _load(_to_load[symbol])
    add_symbol(one.symbol, _address_from_cache(one) or _compiled_address(one))
    del _to_load[one.symbol]  # now only: whoever stops a compilation may begin it again


def _compiled_address(one: _Part) -> int:
    """Compile a part, and keep it in the cache."""
    with event.trigger_event("numba:compile", data={"dispatcher": one.function}), _in_one_piece(one.function):
        made = cfunc(one.signature, cache=True, forceinline=True)(one.function)
    _loaded.append(made)
    address: int = made.address
    return address


@contextmanager
def _in_one_piece(function: Callable[..., Any]) -> Iterator[None]:
    """While this lasts, a function is compiled into the wrapper by which C calls it, and for nobody else.

    numba keeps the two apart: every call of a part would be two, with all registers saved twice, and its code would be made twice.
    And its loops and those of what is compiled into it, over the two lines of an order, are not made ready for thousands.
    """
    context, codegen = cpu_target.target_context, cpu_target.target_context.codegen()
    make, call = context.create_cfunc_wrapper, CPUCallConv.call_function
    vectorized = numba.config.LOOP_VECTORIZE, codegen._loopvect

    def wrap(library: Any, described: Any, *others: Any) -> Any:
        if (described.modname, described.qualname) != (function.__module__, function.__qualname__):
            return make(library, described, *others)  # what it calls
        CPUCallConv.call_function = lambda *args, **options: call(*args, **(options | {"attrs": None}))
        try:
            make(library, described, *others)
        finally:
            CPUCallConv.call_function = call
        library._final_module.get_function(described.llvm_func_name).linkage = "internal"
        return None

    context.create_cfunc_wrapper = wrap
    numba.config.LOOP_VECTORIZE, codegen._loopvect = 0, False
    try:
        yield
    finally:
        del context.create_cfunc_wrapper
        numba.config.LOOP_VECTORIZE, codegen._loopvect = vectorized


@global_compiler_lock
def _address_from_cache(one: _Part) -> int:
    """Link the machine code of a part that the cache has; 0 where it has none.

    numba would rebuild all that it takes to compile this part into others, which is most of the time that loading takes.
    """
    context = cpu_target.target_context
    rtsys.initialize(context)
    codegen = context.codegen()
    cache = FunctionCache(one.function)
    found = cache._cache_file.load(cache._index_key(one.signature, codegen))
    if found is None:
        return 0
    (_, kind, state), described = found[:2]
    if kind != "object":
        return 0
    engine = codegen._engine._ee
    engine.add_object_file(ObjectFileRef.from_data(state[0]))
    engine.finalize_object()
    address: int = engine.get_function_address(described.llvm_cfunc_wrapper_name)
    return address


def _called_by(function: Callable[..., Any], seen: set[str]) -> list[str]:
    """Symbols of the parts that a function calls, also by way of what is compiled into it, in order of their names there."""
    found: list[str] = []
    for name in function.__code__.co_names:
        called = function.__globals__.get(name)
        if isinstance(called, types.ExternalFunction):
            found.append(called.symbol)
        elif isinstance(called, Dispatcher) and f"{called.__module__}.{name}" not in seen:
            seen.add(f"{called.__module__}.{name}")
            found += _called_by(called.py_func, seen)
    return found
