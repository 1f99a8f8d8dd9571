"""HIPS autograd's core, by its names: transforms of functions of one argument, nodes of traces, and definitions."""

from autograd.extend import (
    Box,
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
from autograd.hips.tracing import JVPNode, Node, VJPNode, backward_pass, toposort, trace
from autograd.hips.unary import make_jvp, make_vjp
from autograd.tracer import getval, isbox

__all__ = [
    "Box",
    "JVPNode",
    "Node",
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
    "getval",
    "isbox",
    "make_jvp",
    "make_vjp",
    "primitive",
    "primitive_vjps",
    "toposort",
    "trace",
    "vspace",
]
