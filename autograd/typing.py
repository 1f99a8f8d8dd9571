"""Types of what the engine takes and gives, for annotations: `ArrayLike`, `Operand`, `Input`, `Number`, `Array`, `Axis`, `Shape`.

NumPy's own declarations know nothing of tensors: to a type checker `np.exp(t)` is an array. In code with types write
`import autograd.numpy as np`, which is the same NumPy, declared for nodes as well.

Examples
--------
>>> from autograd.typing import Operand
>>> def half_square(x: Operand) -> Operand:
...     return 0.5 * x * x
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autograd.engine.tensor import Tensor
from autograd.engine.value import Value

__all__ = ["Array", "ArrayLike", "Axis", "DTypeLike", "Input", "Number", "Operand", "Real", "Shape"]

# What NumPy makes an array of: numbers, arrays, nested lists of them.
ArrayLike: TypeAlias = npt.ArrayLike
DTypeLike: TypeAlias = npt.DTypeLike
Array: TypeAlias = npt.NDArray[Any]
# What stands beside a tensor.
Operand: TypeAlias = Tensor | npt.ArrayLike
# What layers and losses take; in a network they give tensors.
Input: TypeAlias = Tensor | Array
# One number, and what stands beside a Value.
Real: TypeAlias = float | np.floating[Any] | np.integer[Any] | np.bool
Number: TypeAlias = Value | Real
# One axis, several, or all of them.
Axis: TypeAlias = int | Sequence[int] | None
Shape: TypeAlias = int | Sequence[int]
