"""The arrays behind a table of addresses, as kernels see them (``twin.memory.table_of``).

They know two things that numba's own arrays do not. Where an array lies does not change while a kernel runs: so the compiler reads
its address where it is used, instead of reading all addresses of a bundle at the start of every function and keeping them on the
stack. And an index of whole numbers, one for each dimension, is never negative: nothing is spent on counting from the end. With
bounds checks a negative one is an error. What is made of such an array, by a slice or by fewer indexes, is one of numba's own.
"""

from __future__ import annotations

import operator
from typing import Any

from numba import types
from numba.core.datamodel import models
from numba.extending import intrinsic, lower_builtin, register_model

from twin.memory import COLUMNS


class Opened(types.Array):  # type: ignore[misc]  # numba has no types
    """numba's type of an array behind a table: contiguous, and indexed from its start."""

    def __init__(self, dtype: Any, ndim: int) -> None:
        super().__init__(dtype, ndim, "C", name=f"Opened({dtype}, {ndim})")


register_model(Opened)(models.ArrayModel)


@intrinsic(prefer_literal=True)
def array_at(typing_context: Any, table: Any, row: Any, dtype: Any, dimensions: Any) -> Any:
    """The array in a row of a table: ``array_at(table, row, dtype, dimensions)``.

    ``table`` is an array of ``twin.memory.table_of`` or its address; dtype and dimensions (1 to 3) are constants.
    """
    from numba.core.typing.npydecl import parse_dtype

    by_address = isinstance(table, types.Integer)
    if not (by_address or isinstance(table, types.Array)) or not isinstance(dimensions, types.IntegerLiteral):
        return None
    if not isinstance(row, types.Integer):
        return None
    kind = Opened(parse_dtype(dtype), dimensions.literal_value)
    signature = kind(types.int64 if by_address else table, types.intp, dtype, dimensions)
    return signature, _open


def _open(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Read address and lengths of a row, and make an array of them."""
    from llvmlite import ir
    from numba.np.arrayobj import make_array, populate_array

    word = ir.IntType(64)
    kind, table = sig.return_type, args[0]
    if isinstance(sig.args[0], types.Integer):
        base = builder.inttoptr(table, word.as_pointer())
    else:
        base = builder.bitcast(make_array(sig.args[0])(context, builder, table).data, word.as_pointer())
    first = builder.mul(args[1], word(COLUMNS))
    constant = builder.module.add_metadata([])

    def read(column: int) -> Any:
        value = builder.load(builder.gep(base, [builder.add(first, word(column))]))
        value.set_metadata("invariant.load", constant)
        return value

    found = make_array(kind)(context, builder)
    shape = [read(1 + i) for i in range(kind.ndim)]
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    strides = [word(size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(
        found, data=builder.inttoptr(read(0), found.data.type), shape=shape, strides=strides, itemsize=word(size), meminfo=None,
    )  # fmt: skip
    return found._getvalue()


@intrinsic
def rows_from(typing_context: Any, array: Any, first: Any, many: Any) -> Any:
    """So many rows of an array from ``first`` on, which there must be: what a slice is, without asking whether it fits."""
    if not isinstance(array, Opened) or not (isinstance(first, types.Integer) and isinstance(many, types.Integer)):
        return None
    return array(array, types.intp, types.intp), _rows_from


def _rows_from(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    from numba.core import cgutils
    from numba.np.arrayobj import make_array, populate_array

    kind = sig.return_type
    whole, found = make_array(kind)(context, builder, args[0]), make_array(kind)(context, builder)
    shape, strides = (cgutils.unpack_tuple(builder, packed, kind.ndim) for packed in (whole.shape, whole.strides))
    if context.enable_boundscheck:
        for row in (args[1], builder.add(args[1], args[2])):
            cgutils.do_boundscheck(context, builder, row, builder.add(shape[0], row.type(1)), 0)
    start = cgutils.pointer_add(builder, whole.data, builder.mul(args[1], strides[0]))
    populate_array(
        found, data=start, shape=[args[2], *shape[1:]], strides=strides, itemsize=whole.itemsize, meminfo=None,
    )  # fmt: skip
    return found._getvalue()


def _element(context: Any, builder: Any, kind: Any, array: Any, index_kinds: Any, indexes: Any) -> Any:
    """Address of an element, the array it lies in."""
    from numba.core import cgutils
    from numba.np.arrayobj import make_array

    found = make_array(kind)(context, builder, array)
    at = [context.cast(builder, index, given, types.intp) for index, given in zip(indexes, index_kinds, strict=True)]
    checked = context.enable_boundscheck
    return cgutils.get_item_pointer(context, builder, kind, found, at, wraparound=False, boundscheck=checked)


def _are_whole(kinds: Any, dimensions: int) -> bool:
    return len(kinds) == dimensions and all(isinstance(kind, types.Integer) for kind in kinds)


@lower_builtin(operator.getitem, Opened, types.Integer)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    from numba.np.arrayobj import getitem_arraynd_intp, load_item

    kind, index = sig.args
    if kind.ndim != 1:
        return getitem_arraynd_intp(context, builder, sig, args)
    return load_item(context, builder, kind, _element(context, builder, kind, args[0], [index], [args[1]]))


@lower_builtin(operator.getitem, Opened, types.BaseTuple)
def _get_of_several(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    from numba.core import cgutils
    from numba.np.arrayobj import getitem_array_tuple, load_item

    kind, index = sig.args
    if not _are_whole(index, kind.ndim):
        return getitem_array_tuple(context, builder, sig, args)
    indexes = cgutils.unpack_tuple(builder, args[1], count=len(index))
    return load_item(context, builder, kind, _element(context, builder, kind, args[0], index, indexes))


@lower_builtin(operator.setitem, Opened, types.Any, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    from numba.core import cgutils
    from numba.np.arrayobj import setitem_array, store_item

    kind, index, value = sig.args
    kinds = list(index) if isinstance(index, types.BaseTuple) else [index]
    if not _are_whole(kinds, kind.ndim):
        return setitem_array(context, builder, sig, args)
    indexes = cgutils.unpack_tuple(builder, args[1], count=len(kinds)) if isinstance(index, types.BaseTuple) else [args[1]]
    at = _element(context, builder, kind, args[0], kinds, indexes)
    store_item(context, builder, kind, context.cast(builder, args[2], value, kind.dtype), at)
    return context.get_dummy_value()
