"""Transformers: layers of attention and a small network at every position, with PyTorch's parameters."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.errors import ShapeError, type_name
from autograd.ops.shape import shape
from nn import functional, init
from nn.arguments import check_count, describe_shape
from nn.layers.attention import MultiheadAttention
from nn.layers.containers import ModuleList
from nn.layers.dropout import Dropout
from nn.layers.layernorm import LayerNorm
from nn.layers.linear import Linear
from nn.module import Module

if TYPE_CHECKING:
    from autograd.engine.tensor import Tensor
    from autograd.typing import ArrayLike, DTypeLike, Input

Activation = str | Callable[[Any], Any]
Rng = np.random.Generator | int | None


def _as_activation(name: str, given: Any) -> Callable[[Any], Any]:
    found = {"relu": functional.relu, "gelu": functional.gelu}.get(given) if isinstance(given, str) else given
    if not callable(found):
        raise ValueError(f"{name}: activation is 'relu', 'gelu' or a function, not {given!r}")
    return found


class TransformerLayer(Module):
    """What the layers of encoders and decoders share: attention to itself, a network of two layers, and a residual around each.

    Parameters
    ----------
    d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, dtype, rng
        As for `TransformerEncoderLayer`.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
        rng: Rng = None,
    ) -> None:
        super().__init__()
        rng = np.random.default_rng(rng)
        self.batch_first, self.norm_first = batch_first, norm_first
        self.activation = _as_activation(type(self).__name__, activation)
        self._make_attention(
            lambda: MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, rng=rng)
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype, rng)
        self.dropout = Dropout(dropout, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype, rng)
        for number in range(1, self.residuals + 1):
            setattr(self, f"norm{number}", LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype))
        for number in range(1, self.residuals + 1):
            setattr(self, f"dropout{number}", Dropout(dropout, rng=rng))

    residuals: int
    self_attn: MultiheadAttention

    def _make_attention(self, make: Callable[[], MultiheadAttention]) -> None:
        self.self_attn = make()

    def _feed(self, x: Input) -> Any:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def _add(self, x: Input, number: int, part: Callable[[Any], Any]) -> Any:
        """A part with its residual, normalised before or after."""
        norm, dropout = getattr(self, f"norm{number}"), getattr(self, f"dropout{number}")
        return x + dropout(part(norm(x))) if self.norm_first else norm(x + dropout(part(x)))


class TransformerEncoderLayer(TransformerLayer):
    """x + attention(x), then x + network(x), each normalised (Vaswani et al. 2017).

    Parameters
    ----------
    d_model : int
        How many features a position has.
    nhead : int
        How many heads attention has; it divides `d_model`.
    dim_feedforward : int
        How wide the network at every position is.
    dropout : float
    activation : {"relu", "gelu"} or callable
        Of the network.
    layer_norm_eps : float
    batch_first : bool
        Whether inputs are (batch, length, features) and not (length, batch, features).
    norm_first : bool
        Normalise what goes in, and not the sum.
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> layer = TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True, rng=0)
    >>> layer(np.ones((3, 5, 8), np.float32)).shape
    (3, 5, 8)
    """

    residuals = 2
    norm1: LayerNorm
    norm2: LayerNorm

    def forward(
        self,
        src: Input,
        src_mask: ArrayLike | None = None,
        src_key_padding_mask: ArrayLike | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Encode.

        Parameters
        ----------
        src : (length, batch, d_model), or (batch, length, d_model) with `batch_first`
            Or without the axis of samples.
        src_mask, src_key_padding_mask
            As `attn_mask` and `key_padding_mask` of `MultiheadAttention`.
        is_causal : bool
            Whether a position looks at none behind it.

        Returns
        -------
        Tensor
            In the shape of `src`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> layer = nn.TransformerEncoderLayer(4, 1, dim_feedforward=8, rng=0)
        >>> layer(np.ones((5, 2, 4), np.float32), is_causal=True).shape
        (5, 2, 4)
        """

        def look(x: Input) -> Any:
            return self.self_attn(
                x, x, x, attn_mask=src_mask, key_padding_mask=src_key_padding_mask, need_weights=False, is_causal=is_causal
            )[0]  # fmt: skip

        x = self._add(src, 1, look)
        return self._add(x, 2, self._feed)


class TransformerDecoderLayer(TransformerLayer):
    """`TransformerEncoderLayer` with attention to what was encoded between the two parts.

    Parameters
    ----------
    d_model : int
        How many features a position has.
    nhead : int
        How many heads attention has; it divides `d_model`.
    dim_feedforward : int
        How wide the network at every position is.
    dropout : float
    activation : {"relu", "gelu"} or callable
        Of the network.
    layer_norm_eps : float
    batch_first : bool
        Whether inputs are (batch, length, features) and not (length, batch, features).
    norm_first : bool
        Normalise what goes in, and not the sum.
    bias : bool
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> layer = TransformerDecoderLayer(8, 2, dim_feedforward=16, rng=0)
    >>> layer(np.ones((5, 3, 8), np.float32), np.ones((7, 3, 8), np.float32)).shape
    (5, 3, 8)
    """

    residuals = 3
    norm1: LayerNorm
    norm2: LayerNorm
    norm3: LayerNorm
    multihead_attn: MultiheadAttention

    def _make_attention(self, make: Callable[[], MultiheadAttention]) -> None:
        self.self_attn, self.multihead_attn = make(), make()

    def forward(
        self,
        tgt: Input,
        memory: Input,
        tgt_mask: ArrayLike | None = None,
        memory_mask: ArrayLike | None = None,
        tgt_key_padding_mask: ArrayLike | None = None,
        memory_key_padding_mask: ArrayLike | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Decode.

        Parameters
        ----------
        tgt : (length, batch, d_model), or (batch, length, d_model) with `batch_first`
        memory : likewise
            What an encoder gave.
        tgt_mask, memory_mask
            As `attn_mask` of `MultiheadAttention`, for the attention to itself and to the memory.
        tgt_key_padding_mask, memory_key_padding_mask
            As its `key_padding_mask`.
        tgt_is_causal, memory_is_causal : bool
            Whether a position looks at none behind it.

        Returns
        -------
        Tensor
            In the shape of `tgt`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> layer = nn.TransformerDecoderLayer(4, 1, dim_feedforward=8, rng=0)
        >>> x = np.ones((5, 2, 4), np.float32)
        >>> layer(x, x, tgt_is_causal=True).shape
        (5, 2, 4)
        """

        def look(x: Input) -> Any:
            return self.self_attn(
                x, x, x, attn_mask=tgt_mask, key_padding_mask=tgt_key_padding_mask, need_weights=False,
                is_causal=tgt_is_causal,
            )[0]  # fmt: skip

        def remember(x: Input) -> Any:
            return self.multihead_attn(
                x, memory, memory, attn_mask=memory_mask, key_padding_mask=memory_key_padding_mask, need_weights=False,
                is_causal=memory_is_causal,
            )[0]  # fmt: skip

        x = self._add(self._add(tgt, 1, look), 2, remember)
        return self._add(x, 3, self._feed)


class TransformerStack(Module):
    """So many copies of a layer, and a normalisation at the end."""

    def __init__(self, layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        name = type(self).__name__
        if not isinstance(layer, Module):
            raise TypeError(f"{name} copies a layer, not {type_name(layer)}")
        self.num_layers = check_count(name, "num_layers", num_layers)
        self.layers = ModuleList([_copy_of(layer) for _ in range(num_layers)])
        self.norm = norm

    def _end(self, x: Input) -> Any:
        return x if self.norm is None else self.norm(x)


def _copy_of(layer: Module) -> Module:
    """A copy with the same first weights, as in PyTorch, whose dropout draws other masks."""
    made = copy.deepcopy(layer)
    spawned: dict[int, Any] = {}
    for own, other in zip(layer.modules(), made.modules(), strict=True):
        source = own.__dict__.get("_rng")
        if isinstance(source, np.random.Generator):
            if id(source) not in spawned:
                spawned[id(source)] = source.spawn(1)[0]
            object.__setattr__(other, "_rng", spawned[id(source)])
    return made


class TransformerEncoder(TransformerStack):
    """So many layers, one after the other.

    Parameters
    ----------
    encoder_layer : TransformerEncoderLayer
        What is copied: all begin with the same weights, as in PyTorch.
    num_layers : int
    norm : Module, optional
        At the end.
    enable_nested_tensor, mask_check : bool
        They mean nothing here: PyTorch takes a faster way by them.

    Examples
    --------
    >>> import numpy as np
    >>> encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, dim_feedforward=16, rng=0), num_layers=2)
    >>> encoder(np.ones((5, 3, 8), np.float32)).shape, [name for name, _ in encoder.named_parameters()][0]
    ((5, 3, 8), 'layers.0.self_attn.in_proj_weight')
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__(encoder_layer, num_layers, norm)

    def forward(
        self,
        src: Input,
        mask: ArrayLike | None = None,
        src_key_padding_mask: ArrayLike | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Encode; the arguments are those of a layer.

        Parameters
        ----------
        src : (length, batch, d_model), or (batch, length, d_model) with `batch_first`
        mask, src_key_padding_mask
            As `attn_mask` and `key_padding_mask` of `MultiheadAttention`.
        is_causal : bool, optional

        Returns
        -------
        Tensor
            In the shape of `src`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 1, dim_feedforward=8, rng=0), 1)
        >>> encoder(np.ones((5, 2, 4), np.float32)).shape
        (5, 2, 4)
        """
        x: Any = src
        for layer in self.layers:
            x = layer(x, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=bool(is_causal))
        return self._end(x)


class TransformerDecoder(TransformerStack):
    """So many layers, one after the other, each with the same memory.

    Parameters
    ----------
    decoder_layer : TransformerDecoderLayer
        What is copied: all begin with the same weights, as in PyTorch.
    num_layers : int
    norm : Module, optional
        At the end.

    Examples
    --------
    >>> import numpy as np
    >>> decoder = TransformerDecoder(TransformerDecoderLayer(8, 2, dim_feedforward=16, rng=0), num_layers=2)
    >>> x = np.ones((5, 3, 8), np.float32)
    >>> decoder(x, x).shape
    (5, 3, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__(decoder_layer, num_layers, norm)

    def forward(
        self,
        tgt: Input,
        memory: Input,
        tgt_mask: ArrayLike | None = None,
        memory_mask: ArrayLike | None = None,
        tgt_key_padding_mask: ArrayLike | None = None,
        memory_key_padding_mask: ArrayLike | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Decode; the arguments are those of a layer.

        Parameters
        ----------
        tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal
            As for `TransformerDecoderLayer`.

        Returns
        -------
        Tensor
            In the shape of `tgt`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 1, dim_feedforward=8, rng=0), 1)
        >>> x = np.ones((5, 2, 4), np.float32)
        >>> decoder(x, x).shape
        (5, 2, 4)
        """
        x: Any = tgt
        for layer in self.layers:
            x = layer(
                x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, bool(tgt_is_causal),
                memory_is_causal,
            )  # fmt: skip
        return self._end(x)


class Transformer(Module):
    """An encoder, and a decoder that remembers what it encoded (Vaswani et al. 2017).

    Parameters
    ----------
    d_model, nhead : int
    num_encoder_layers, num_decoder_layers : int
    dim_feedforward : int
    dropout : float
    activation : {"relu", "gelu"} or callable
    custom_encoder, custom_decoder : Module, optional
        In place of those of the other arguments.
    layer_norm_eps : float
    batch_first, norm_first, bias : bool
        As for `TransformerEncoderLayer`.
    dtype : dtype
    rng : numpy.random.Generator or int, optional

    Examples
    --------
    >>> import numpy as np
    >>> model = Transformer(8, 2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16, rng=0)
    >>> model(np.ones((5, 3, 8), np.float32), np.ones((4, 3, 8), np.float32)).shape
    (4, 3, 8)
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = "relu",
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: DTypeLike = np.float32,
        rng: Rng = None,
    ) -> None:
        super().__init__()
        rng = np.random.default_rng(rng)
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first
        options: dict[str, Any] = {
            "activation": activation, "layer_norm_eps": layer_norm_eps, "batch_first": batch_first, "norm_first": norm_first,
            "bias": bias, "dtype": dtype, "rng": rng,
        }  # fmt: skip

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        if custom_encoder is None:
            layer: Module = TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout, **options)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm())
        if custom_decoder is None:
            layer = TransformerDecoderLayer(d_model, nhead, dim_feedforward, dropout, **options)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm())
        self.encoder, self.decoder = custom_encoder, custom_decoder
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter, rng=rng)

    def forward(
        self,
        src: Input,
        tgt: Input,
        src_mask: ArrayLike | None = None,
        tgt_mask: ArrayLike | None = None,
        memory_mask: ArrayLike | None = None,
        src_key_padding_mask: ArrayLike | None = None,
        tgt_key_padding_mask: ArrayLike | None = None,
        memory_key_padding_mask: ArrayLike | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Encode one sequence, and decode another.

        Parameters
        ----------
        src, tgt : (length, batch, d_model), or (batch, length, d_model) with `batch_first`
        src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask
            As for the encoder and the decoder.
        src_is_causal, tgt_is_causal, memory_is_causal : bool
            Whether a position looks at none behind it.

        Returns
        -------
        Tensor
            In the shape of `tgt`.

        Examples
        --------
        >>> import numpy as np, nn
        >>> model = nn.Transformer(4, 1, 1, 1, dim_feedforward=8, rng=0)
        >>> x = np.ones((5, 2, 4), np.float32)
        >>> model(x, x, tgt_mask=nn.Transformer.generate_square_subsequent_mask(5)).shape
        (5, 2, 4)
        """
        for name, x in (("src", src), ("tgt", tgt)):
            if shape(x)[-1:] != (self.d_model,):
                raise ShapeError(f"{self.path}: {name} has {self.d_model} features at the end, not {describe_shape(x)}")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal
        )  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: int, dtype: DTypeLike = np.float32) -> np.ndarray:
        """The mask with which a position looks at none behind it: −∞ there, 0 elsewhere.

        Parameters
        ----------
        sz : int
            How long the sequence is.
        dtype : dtype

        Returns
        -------
        numpy.ndarray, shape (sz, sz)

        Examples
        --------
        >>> import nn
        >>> nn.Transformer.generate_square_subsequent_mask(2).tolist()
        [[0.0, -inf], [0.0, 0.0]]
        """
        return np.triu(np.full((sz, sz), -np.inf, dtype), 1)
