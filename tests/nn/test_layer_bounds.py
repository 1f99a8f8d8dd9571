"""The last number that a layer takes, and the first that it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import nn

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
CHANNELS = ("in_channels", "out_channels", "groups")
CELLS, RECURRENT = (nn.RNNCell, nn.GRUCell, nn.LSTMCell), (nn.RNN, nn.GRU, nn.LSTM)


def of(kind: Callable[..., nn.Module], option: str, *given: Any, **others: Any) -> Callable[[Any], nn.Module]:
    """Make a layer with one argument."""
    return lambda value: kind(*given, **others, **{option: value})


# What goes from a number on, and from one to another.
BOUNDS: dict[str, tuple[Callable[[Any], nn.Module], float, float]] = {
    "Softshrink lambd": (of(nn.Softshrink, "lambd"), 0.0, math.inf),
    "Embedding max_norm": (of(nn.Embedding, "max_norm", 3, 2), 0.0, math.inf),
    "EmbeddingBag max_norm": (of(nn.EmbeddingBag, "max_norm", 3, 2), 0.0, math.inf),
    "GroupNorm eps": (of(nn.GroupNorm, "eps", 2, 4), 0.0, math.inf),
    "LayerNorm eps": (of(nn.LayerNorm, "eps", 3), 0.0, math.inf),
    "RMSNorm eps": (of(nn.RMSNorm, "eps", 3), 0.0, math.inf),
    **{f"{kind.__name__} eps": (of(kind, "eps", 3), 0.0, math.inf) for kind in NORMS},
    **{f"{kind.__name__} momentum": (of(kind, "momentum", 3), 0.0, 1.0) for kind in NORMS},
    **{f"{kind.__name__} p": (of(kind, "p"), 0.0, 1.0) for kind in DROPOUTS},
}
# What counts something, from 1 on.
COUNTS: dict[str, Callable[[Any], nn.Module]] = {
    "PReLU num_parameters": of(nn.PReLU, "num_parameters"),
    "Linear in_features": of(nn.Linear, "in_features", out_features=1),
    "Linear out_features": of(nn.Linear, "out_features", 1),
    "Bilinear in1_features": of(nn.Bilinear, "in1_features", in2_features=1, out_features=1),
    "Bilinear in2_features": of(nn.Bilinear, "in2_features", 1, out_features=1),
    "Bilinear out_features": of(nn.Bilinear, "out_features", 1, 1),
    "Embedding num_embeddings": of(nn.Embedding, "num_embeddings", embedding_dim=1),
    "Embedding embedding_dim": of(nn.Embedding, "embedding_dim", 1),
    "EmbeddingBag num_embeddings": of(nn.EmbeddingBag, "num_embeddings", embedding_dim=1),
    "EmbeddingBag embedding_dim": of(nn.EmbeddingBag, "embedding_dim", 1),
    "GroupNorm num_groups": of(nn.GroupNorm, "num_groups", num_channels=4),
    "GroupNorm num_channels": of(nn.GroupNorm, "num_channels", 1),
    "LocalResponseNorm size": of(nn.LocalResponseNorm, "size"),
    "MultiheadAttention embed_dim": of(nn.MultiheadAttention, "embed_dim", num_heads=1),
    "MultiheadAttention num_heads": of(nn.MultiheadAttention, "num_heads", 4),
    "MultiheadAttention kdim": of(nn.MultiheadAttention, "kdim", 4, 2),
    "MultiheadAttention vdim": of(nn.MultiheadAttention, "vdim", 4, 2),
    "PixelShuffle upscale_factor": of(nn.PixelShuffle, "upscale_factor"),
    "PixelUnshuffle downscale_factor": of(nn.PixelUnshuffle, "downscale_factor"),
    "ChannelShuffle groups": of(nn.ChannelShuffle, "groups"),
    **{f"{kind.__name__} num_features": of(kind, "num_features") for kind in NORMS},
    **{f"{kind.__name__} input_size": of(kind, "input_size", hidden_size=1) for kind in CELLS + RECURRENT},
    **{f"{kind.__name__} hidden_size": of(kind, "hidden_size", 1) for kind in CELLS + RECURRENT},
    **{f"{kind.__name__} num_layers": of(kind, "num_layers", 1, 1) for kind in RECURRENT},
    **{
        f"{kind.__name__} {option}": of(kind, option, **{key: 1 for key in CHANNELS if key != option}, kernel_size=1)
        for kind in CONVOLUTIONS
        for option in CHANNELS
    },
}


@pytest.mark.parametrize("name", BOUNDS)
def test_numbers_reach_from_one_bound_to_the_other(name: str) -> None:
    make, low, high = BOUNDS[name]
    option = name.split()[1]
    for inside in (low, 0.5) if math.isinf(high) else (low, high):
        assert getattr(make(inside), option) == inside
    for outside in (
        math.nextafter(low, -math.inf),
        math.nan,
        *([] if math.isinf(high) else [math.nextafter(high, 2.0)]),
    ):
        with pytest.raises(ValueError, match=option):
            make(outside)


@pytest.mark.parametrize("name", COUNTS)
def test_counts_begin_with_one(name: str) -> None:
    make, option = COUNTS[name], name.split()[1]
    make(1)
    for wrong in (0, -1, 1.5, "1"):
        with pytest.raises((TypeError, ValueError), match=option):
            make(wrong)
