"""What PyTorch's layers have and those of `nn` have not: `reset_parameters`, and words of recurrent layers and of attention."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from autograd.graph.modes import no_grad
from autograd.torch.device import check_device
from autograd.torch.dtypes import as_dtype, get_default_dtype
from autograd.torch.generator import LayerSource
from autograd.torch.tensor import as_face

_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "LayerNorm",
          "GroupNorm", "RMSNorm")  # fmt: skip
_RECURRENT = ("RNN", "LSTM", "GRU")
_RESET = frozenset({
    "Linear", "Bilinear", "Embedding", "EmbeddingBag", "PReLU", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d",
    "ConvTranspose2d", "ConvTranspose3d", *_NORMS, *_RECURRENT, "RNNCell", "LSTMCell", "GRUCell",
})  # fmt: skip
# Arguments that are numbers of other things than weights.
_OF_USE = ("stride", "padding", "dilation", "output_padding", "padding_mode", "momentum", "_weight")


def words_of(layer: Any) -> dict[str, Any]:
    """What a layer of `nn` has beside in PyTorch, for its class in the dialect.

    Parameters
    ----------
    layer : type

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> import nn
    >>> sorted(words_of(nn.GRU)), words_of(nn.ReLU)
    (['all_weights', 'flatten_parameters', 'reset_parameters'], {})
    """
    words: dict[str, Any] = {}
    if layer.__name__ in _RESET:
        words["reset_parameters"] = _resetting(layer)
    if layer.__name__ in _RECURRENT:
        words |= {"flatten_parameters": _flatten_parameters, "all_weights": property(_list_weights)}
    if layer.__name__ == "Transformer":
        words["generate_square_subsequent_mask"] = staticmethod(_mask_later(layer))
    return words


def _resetting(layer: Any) -> Callable[[Any], None]:
    taken = signature(layer.__init__).parameters

    def reset_parameters(self: Any) -> None:
        """Draw the first weights anew, and forget averages."""
        own = self.structure()
        options = {name: getattr(self, name) for name in taken if name not in _OF_USE and hasattr(self, name)}
        options["dtype"] = next((p.dtype for p in own.parameters.values()), get_default_dtype())
        if "bias" in taken:
            options["bias"] = any("bias" in name for name in own.parameters)
        options |= {name: "weight" in own.parameters for name in ("affine", "elementwise_affine") if name in taken}
        if "rng" in taken:
            options["rng"] = LayerSource(options["dtype"])
        fresh = layer(**options).structure()
        with no_grad():
            for mine, new in ((own.parameters, fresh.parameters), (own.buffers, fresh.buffers)):
                for name in mine.keys() & new.keys():
                    if mine[name] is not None:
                        mine[name][...] = new[name]

    return reset_parameters


def _flatten_parameters(self: Any) -> None:
    """Nothing: for a GPU, PyTorch lays the weights side by side."""


def _list_weights(self: Any) -> list[list[Any]]:
    """The weights of each layer and direction."""
    found: dict[str, list[Any]] = {}
    for name, parameter in self.structure().parameters.items():
        found.setdefault(name[name.rindex("_l") :], []).append(parameter)
    return list(found.values())


def _mask_later(layer: Any) -> Callable[..., Any]:
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Any:
        """The mask with which a position looks at none behind it: −∞ there, 0 elsewhere."""
        check_device(device)
        return as_face(layer.generate_square_subsequent_mask(sz, as_dtype(dtype) or get_default_dtype()))

    return generate_square_subsequent_mask
