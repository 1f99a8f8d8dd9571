"""What `inplace=True` means: the result is written into the input, which is what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.tensor import Tensor
from autograd.errors import OperandError, type_name

if TYPE_CHECKING:
    from autograd.typing import Input


def give_back(name: str, input: Input, result: Any, inplace: bool) -> Any:
    """The result, written into the input where that is asked for; the reverse pass goes through such an edit.

    Raises
    ------
    OperandError
        For an input that cannot be written into.

    Examples
    --------
    >>> x = np.array([-1.0, 1.0])
    >>> give_back("relu", x, np.maximum(x, 0.0), True) is x, x.tolist()
    (True, [0.0, 1.0])
    """
    if not inplace or result is input:
        return result
    if not isinstance(input, (Tensor, np.ndarray)):
        raise OperandError(f"{name}: inplace=True writes into a tensor or an array, not into {type_name(input)}")
    input[...] = result
    return input
