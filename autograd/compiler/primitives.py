"""What entries are made of, in numba's words: an array at an address, a call of one, a product by BLAS.

It is imported where machine code is made or run, and nowhere else: numba is an extra.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from autograd.machine_code import keep_compiled, keep_entry

WORDS, NUMBERS = types.CPointer(types.int64), types.CPointer(types.float64)
SIGNATURE = types.void(WORDS, NUMBERS)
_SOURCE = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
_WORD, _INT, _DOUBLE = ir.IntType(64), ir.IntType(32), ir.DoubleType()
# cblas.h: matrices row by row.
ROW_MAJOR = 101


@intrinsic(prefer_literal=True)
def array_at(typing: Any, words: Any, place: Any, dtype: Any, ndim: Any, layout: Any) -> Any:
    """The array whose address, shape and, where it isn't C's, strides are the words from a place on."""
    n, order = ndim.literal_value, layout.literal_value
    array = types.Array(dtype.dtype, n, order)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        size = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(array.dtype)))

        def word(k: int) -> Any:
            at = builder.add(arguments[1], ir.Constant(arguments[1].type, k))
            return builder.load(builder.gep(arguments[0], [at]))

        shape = [word(1 + k) for k in range(n)]
        if order == "C":
            strides = [size] * n
            for k in reversed(range(n - 1)):
                strides[k] = builder.mul(strides[k + 1], shape[k + 1])
        else:
            strides = [word(1 + n + k) for k in range(n)]
        return _make(context, builder, array, word(0), shape, strides)

    return array(words, place, dtype, ndim, layout), codegen


@intrinsic
def row_at(typing: Any, address: Any, length: Any, dtype: Any) -> Any:
    """The array of so many elements, one behind the other, from an address on."""
    array = types.Array(dtype.dtype, 1, "C")

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        size = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(array.dtype)))
        return _make(context, builder, array, arguments[0], [arguments[1]], [size])

    return array(address, length, dtype), codegen


def _make(context: Any, builder: Any, array: Any, address: Any, shape: list[Any], strides: list[Any]) -> Any:
    """An array of this type at an address."""
    item = context.get_data_type(array.dtype)
    made = make_array(array)(context, builder)
    populate_array(
        made,
        data=builder.inttoptr(address, item.as_pointer()),
        shape=cgutils.pack_array(builder, shape, _WORD),
        strides=cgutils.pack_array(builder, strides, _WORD),
        itemsize=ir.Constant(_WORD, context.get_abi_sizeof(item)),
        meminfo=None,
    )
    return made._getvalue()


@intrinsic
def _call(typing: Any, address: Any, words: Any) -> Any:
    """Call the entry at an address with its words, which are its numbers too."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = [_WORD.as_pointer(), _DOUBLE.as_pointer()]
        entry = builder.inttoptr(arguments[0], ir.FunctionType(ir.VoidType(), kinds).as_pointer())
        builder.call(entry, [builder.inttoptr(arguments[1], kind) for kind in kinds])
        return context.get_dummy_value()

    return types.void(address, words), codegen


def _gemm(real: Any, length: Any) -> Any:
    """`cblas_?gemm` at an address, for lengths of so many bits: `c = a b`, with nothing added to it."""

    @intrinsic
    def gemm(typing: Any, address: Any, a: Any, b: Any, c: Any, m: Any, n: Any, k: Any, orders: Any, steps: Any) -> Any:
        signature = types.void(address, a, b, c, m, n, k, orders, steps)

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            address, a, b, c, m, n, k, orders, steps = arguments
            pointer = real.as_pointer()
            turned_a, turned_b = (builder.trunc(builder.extract_value(orders, i), _INT) for i in range(2))
            m, n, k, *steps = (
                x if length is _WORD else builder.trunc(x, length)
                for x in (m, n, k, *(builder.extract_value(steps, i) for i in range(3)))
            )
            a, b, c = (builder.inttoptr(x, pointer) for x in (a, b, c))
            one, zero = ir.Constant(real, 1.0), ir.Constant(real, 0.0)
            given = [ir.Constant(_INT, ROW_MAJOR), turned_a, turned_b, m, n, k]
            given += [one, a, steps[0], b, steps[1], zero, c, steps[2]]
            kind = ir.FunctionType(ir.VoidType(), [x.type for x in given])
            builder.call(builder.inttoptr(address, kind.as_pointer()), given)
            return context.get_dummy_value()

        return signature, codegen

    return gemm


@cache
def product(char: str) -> Any:
    """An entry that multiplies a stack of matrices of this dtype, one after the other.

    Its words: the places of the three, the address of BLAS, whether its lengths have 64 bits, the number of matrices, m, n, k,
    how each is ordered, from row to row of each, from matrix to matrix of each.
    """
    real = {"d": _DOUBLE, "f": ir.FloatType()}[char]
    long, short = _gemm(real, _WORD), _gemm(real, _INT)

    @keep_entry(_SOURCE + str(real), SIGNATURE, error_model="numpy")
    def entry(words: Any, numbers: Any) -> None:
        orders, steps = (words[9], words[10]), (words[11], words[12], words[13])
        for i in range(words[5]):
            a, b, c = words[0] + i * words[14], words[1] + i * words[15], words[2] + i * words[16]
            if words[4] != 0:
                long(words[3], a, b, c, words[6], words[7], words[8], orders, steps)
            else:
                short(words[3], a, b, c, words[6], words[7], words[8], orders, steps)

    return entry


@keep_compiled(_SOURCE, nogil=True)
def run(addresses: Any, starts: Any, words: Any, places: Any, slots: Any, offsets: Any, bases: Any) -> None:
    """Put the places of arrays that are others at each run into the words, and call the entries in their order."""
    for i in range(places.size):
        words[places[i]] = bases[slots[i]] + offsets[i]
    begin = words.ctypes.data
    for i in range(addresses.size):
        _call(addresses[i], begin + 8 * starts[i])  # type: ignore[call-arg]
