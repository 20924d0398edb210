"""Processor instructions that numba does not offer: a prefetch hint, the positions of the highest and the lowest bit."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _hint(last: bool) -> Any:
    """Ask for the cache line of the first byte of an element, or of its last one."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from llvmlite import ir

        struct = context.make_array(sig.args[0])(context, builder, args[0])
        address = builder.bitcast(builder.gep(struct.data, [args[1]]), cgutils.voidptr_t)
        if last:
            size = context.get_abi_sizeof(context.get_data_type(sig.args[0].dtype))
            address = builder.gep(address, [ir.Constant(ir.IntType(64), size - 1)])
        i32 = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, i32, i32, i32])
        hint = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(hint, [address, i32(1), i32(3), i32(1)])  # for writing, keep close, data cache
        return context.get_dummy_value()

    return codegen


def _of_element(array: Any, index: Any) -> Any:
    """The signature of a hint about an element of an array of one dimension, contiguous."""
    if not isinstance(array, types.Array) or array.ndim != 1 or not isinstance(index, types.Integer):
        return None
    return types.void(array, types.intp)


@intrinsic
def prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line in which ``array[index]`` begins (one dimension, contiguous) before it is needed."""
    signature = _of_element(array, index)
    return signature and (signature, _hint(last=False))


@intrinsic
def prefetch_last(typing_context: Any, array: Any, index: Any) -> Any:
    """Ask for the cache line in which ``array[index]`` ends."""
    signature = _of_element(array, index)
    return signature and (signature, _hint(last=True))


@intrinsic
def highest_bit(typing_context: Any, value: Any) -> Any:
    """Index of the highest set bit of a positive int64."""
    signature = types.int64(types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from llvmlite import ir

        i64, no = ir.IntType(64), ir.Constant(ir.IntType(1), 0)
        return builder.sub(ir.Constant(i64, 63), builder.ctlz(args[0], no))

    return signature, codegen


@intrinsic
def lowest_bit(typing_context: Any, value: Any) -> Any:
    """Index of the lowest set bit of an int64 that is not 0."""
    signature = types.int64(types.int64)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        from llvmlite import ir

        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return signature, codegen
