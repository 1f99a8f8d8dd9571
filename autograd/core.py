"""HIPS autograd's core, by its names: transforms of functions of one argument, nodes of traces, and definitions."""

from autograd.extend import (
    SparseObject,
    VSpace,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    primitive_vjps,
    vspace,
)
from autograd.hips.older import primitive
from autograd.hips.tracing import JVPNode, VJPNode, backward_pass
from autograd.hips.unary import make_jvp, make_vjp

__all__ = [
    "JVPNode",
    "SparseObject",
    "VJPNode",
    "VSpace",
    "backward_pass",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_vjps",
    "vspace",
]
