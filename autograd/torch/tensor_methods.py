"""`TensorMethods`: the methods of the dialect's tensors that are functions of `torch` as well.

`autograd.torch.methods` puts them here, when the functions are there. Editors read them in `tensor_methods.pyi`.
"""

from __future__ import annotations


class TensorMethods:
    """The methods of a tensor that are functions as well, or that change it in place."""

    __slots__ = ()
