"""Dropout in all its forms: some of the numbers, at random, are left out while a network trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError
from autograd.graph.modes import uniform
from autograd.graph.node import raw
from autograd.ops.shape import shape
from nn.arguments import check_floats, check_number, describe_shape
from nn.functional.editing import give_back

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import Input

Rng = np.random.Generator | int | None


def drop(name: str, x: Input, p: float, rng: Any, lengths: tuple[int, ...]) -> Any:
    """Each element is 0 with probability p, and else divided by 1 − p; one mask of these lengths for all of its axes.

    Examples
    --------
    >>> drop("dropout", np.ones(6), 0.5, np.random.default_rng(0), (6,)).tolist()
    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]
    """
    check_floats(name, "an input", x)
    kept = uniform(rng, lengths) >= p
    scale = 1.0 / (1.0 - p) if p < 1.0 else 0.0
    return x * (kept * scale).astype(np.asarray(raw(x)).dtype)


def drop_negatively(name: str, x: Input, p: float, rng: Any, lengths: tuple[int, ...]) -> Any:
    """The dropout that keeps mean 0 and variance 1 after `selu` (Klambauer et al. 2017): what is left out is −λ·α.

    Examples
    --------
    >>> drop_negatively("alpha_dropout", np.zeros(2), 0.0, np.random.default_rng(0), (2,)).tolist()
    [0.0, 0.0]
    """
    check_floats(name, "an input", x)
    if p == 1.0:
        return x * 0.0
    out = -1.7580993408473766
    kept = uniform(rng, lengths) >= p
    a = ((1.0 - p) * (1.0 + p * out * out)) ** -0.5
    dtype = np.asarray(raw(x)).dtype
    return x * (kept * a).astype(dtype) + (a * (out * ~kept - out * p)).astype(dtype)


def lengths_of_channels(name: str, x: Input, space: int) -> tuple[int, ...]:
    """The lengths of a mask that leaves out whole channels, of an input (N, C, *space) or (C, *space).

    Examples
    --------
    >>> lengths_of_channels("dropout2d", np.ones((2, 3, 4, 5)), 2)
    (2, 3, 1, 1)
    """
    have = shape(x)
    if len(have) not in (1 + space, 2 + space):
        raise ShapeError(f"{name}: expected an input of shape (N, C{', …' * space}), got {describe_shape(x)}")
    return (*have[:-space], *(1,) * space)


def _make_dropout(
    name: str,
    does: str,
    leave_out: Callable[..., Any],
    lengths: Callable[[Any], tuple[int, ...]],
    example: str,
    training: bool = True,
) -> Callable[..., Any]:
    def function(
        input: Input, p: float = 0.5, training: bool = training, inplace: bool = False, rng: Rng = None
    ) -> Tensor:
        check_number(name, "p", p, 0.0, 1.0)
        result: Any = input
        if training and p > 0.0:
            result = leave_out(name, input, p, np.random.default_rng(rng), lengths(input))
        return give_back(name, input, result, inplace)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{does}

    Parameters
    ----------
    input : Tensor or array
    p : float
        The probability to be left out.
    training : bool
        Without it nothing happens.
    inplace : bool
        Write the result into `input`; it is what comes back.
    rng : numpy.random.Generator or int, optional
        The source of the masks, or its seed; another mask at each call by default.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `input`.

    Raises
    ------
    ValueError
        For what is no probability.

    Examples
    --------
    >>> import numpy as np, nn
    {example}
    """
    return function


dropout = _make_dropout(
    "dropout",
    "Each element is 0 with probability p, and else divided by 1 − p (Srivastava et al. 2014).",
    drop,
    shape,
    ">>> nn.functional.dropout(np.ones(6), rng=0).tolist()\n    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]",
    True,
)
alpha_dropout = _make_dropout(
    "alpha_dropout",
    "The dropout that keeps mean 0 and variance 1 after `selu` (Klambauer et al. 2017).",
    drop_negatively,
    shape,
    ">>> nn.functional.alpha_dropout(np.zeros(3), 0.5, training=False).tolist()\n    [0.0, 0.0, 0.0]",
    False,
)
feature_alpha_dropout = _make_dropout(
    "feature_alpha_dropout",
    "`alpha_dropout` of whole channels, axis 1.",
    drop_negatively,
    lambda x: (*shape(x)[:2], *(1,) * (len(shape(x)) - 2)),
    ">>> nn.functional.feature_alpha_dropout(np.zeros((1, 3)), 0.5, training=False).tolist()\n    [[0.0, 0.0, 0.0]]",
    False,
)
dropout1d, dropout2d, dropout3d = (
    _make_dropout(
        f"dropout{space}d",
        "Dropout of whole channels (Tompson et al. 2015).",
        drop,
        lambda x, space=space: lengths_of_channels(f"dropout{space}d", x, space),  # type: ignore[misc]
        f">>> nn.functional.dropout{space}d(np.ones((2, 3{', 1' * space})), rng=0).ravel().tolist()\n"
        "    [2.0, 0.0, 0.0, 0.0, 2.0, 2.0]",
        True,
    )
    for space in (1, 2, 3)
)
