"""Calls of `nn.functional` and `nn.init` on both sides of every bound, with what they give or what they say, as one text.

What they give was held to PyTorch's when the text was written: `python -m tests.nn.test_calls` does so again, where PyTorch is.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd import Tensor
from nn import functional, init
from tests.texts import assert_text

TEXTS = Path(__file__).parent / "texts"


def numbers(*lengths: int) -> np.ndarray:
    """Numbers of both signs, eighths, none of which is near another one of a small array."""
    return ((np.arange(math.prod(lengths)) * 7919 + 5) % 23 - 11).reshape(lengths) / 8.0


def whole(*given: Any) -> np.ndarray:
    return np.array(given)


class Ours:
    """The names that the calls are made of."""

    F, init = functional, init
    nan, inf = math.nan, math.inf

    def a(self, *lengths: int) -> Any:
        return numbers(*lengths)

    def p(self, *lengths: int) -> Any:
        """Between 0 and 1."""
        return np.abs(numbers(*lengths)) / 1.5 + 0.01

    def i(self, *given: Any) -> Any:
        return whole(*given)

    def f(self, *given: Any) -> Any:
        return np.array(given, float)

    def t(self, *lengths: int) -> Any:
        return Tensor(numbers(*lengths))

    def slope(self, function: Any, x: Any) -> Any:
        """The derivative of the results' sum, each with a weight of its own."""
        leaf = Tensor(x, requires_grad=True)
        out = function(leaf)
        (out * np.arange(1.0, 1.0 + out.size).reshape(out.shape)).sum().backward()
        return leaf.grad


# What PyTorch has, and gives likewise.
ALIKE = """
F.prelu(a(2, 3), a(1))
F.prelu(a(2, 3), a(3))
F.celu(a(5), 0.5)
slope(lambda x: F.celu(x, 0.5), f(-1.0, 0.0, 0.5))
slope(lambda x: F.prelu(x, f(0.25, 0.5, 2.0)), a(2, 3))
slope(lambda w: F.prelu(a(2, 3), w), f(0.25))
slope(lambda w: F.prelu(a(2, 3, 2), w), f(0.25, 0.5, 2.0))
F.hardtanh(a(3), 0.25, 0.25)
F.rrelu(a(3), 0.25, 0.25)
F.elu(a(4), 0.5)
F.selu(a(4))
F.gelu(a(4))
F.gelu(a(4), approximate="tanh")
F.mish(a(4))
F.silu(a(4))
F.softsign(a(4))
F.tanhshrink(a(4))
F.hardswish(a(4))
F.hardsigmoid(4.0 * a(4))
F.leaky_relu(a(4), 0.25)
F.hardtanh(f(-2.0, -1.0, 0.5, 2.0, 3.0), -1.0, 2.0)
slope(lambda x: F.hardtanh(x, -1.0, 2.0), f(-2.0, -1.0, 0.5, 2.0, 3.0))
slope(lambda x: F.relu6(x), f(-1.0, 0.5, 6.5))
slope(lambda x: F.hardsigmoid(x), f(-4.0, 0.5, 4.0))
slope(lambda x: F.hardswish(x), f(-4.0, 0.5, 4.0))
slope(lambda x: F.softplus(x, 2.0, 1.0), f(-1.0, 0.25, 0.75))
slope(lambda x: F.softshrink(x, 0.5), f(-0.6, -0.4, 0.4, 0.6))
slope(lambda x: F.hardshrink(x, 0.5), f(-0.6, -0.4, 0.4, 0.6))
slope(lambda x: F.threshold(x, 0.25, 7.0), f(0.2, 0.3))
F.glu(a(2, 4), 1)
F.glu(a(4, 2), -2)
F.softmin(a(2, 3), dim=0)
F.logsigmoid(f(-40.0, 0.0, 40.0))
F.linear(a(2, 3), a(4, 3))
F.linear(a(3), a(4, 3), a(4))
F.linear(a(2, 3), a(3))
F.bilinear(a(2, 3), a(2, 2), a(2, 3, 2), a(2))
F.one_hot(i(0, 2, 1))
F.one_hot(i([0, 2], [1, 1]), 4)
F.embedding(i(0, 3), a(4, 2))
F.embedding(i(0, 3), a(4, 2), padding_idx=-1)
slope(lambda w: F.embedding(i(0, 3, 3), w, padding_idx=-1), a(4, 2))
slope(lambda w: F.embedding(i(0, 3, 3), w, padding_idx=0, scale_grad_by_freq=True), a(4, 2))
F.embedding_bag(i(0, 3, 1, 1), a(4, 2), i(0, 1), mode="sum")
F.embedding_bag(i(0, 3, 1, 1), a(4, 2), i(0, 0, 3), mode="mean")
F.embedding_bag(i(0, 3, 1, 1), a(4, 2), i(0, 2), mode="max")
F.embedding_bag(i(0, 3, 1, 1), a(4, 2), i(0, 1, 4), mode="sum", include_last_offset=True)
F.embedding_bag(i([0, 3], [1, 1]), a(4, 2), mode="mean", padding_idx=1)
F.embedding_bag(i([0, 3], [1, 2]), a(4, 2), mode="sum", per_sample_weights=a(2, 2))
F.cosine_similarity(a(2, 3), a(2, 3))
F.cosine_similarity(f(0.0, 0.0), f(1.0, 0.0), dim=0, eps=0.5)
F.pairwise_distance(a(2, 3), a(2, 3) + 1.0, p=1.0)
F.pairwise_distance(a(2, 3), a(2, 3), eps=0.5, keepdim=True)
F.pdist(a(4, 2), 1.0)
F.normalize(f(3.0, 4.0), dim=0)
F.normalize(f(0.0, 0.25), dim=0, eps=0.5)
F.layer_norm(a(2, 3), (3,), eps=0.5)
F.layer_norm(a(2, 2, 3), (2, 3), a(2, 3), a(2, 3))
F.rms_norm(a(2, 4), (4,), eps=0.5)
F.group_norm(a(2, 4, 3), 2, a(4), a(4), eps=0.5)
F.instance_norm(a(2, 2, 3), eps=0.5)
F.batch_norm(a(4, 2), None, None, training=True, eps=0.5)
F.batch_norm(a(4, 2), f(0.5, 0.25), f(4.0, 0.5), a(2), a(2), eps=0.5)
F.local_response_norm(a(1, 5, 2), 3, alpha=2.0, beta=0.5, k=1.5)
F.local_response_norm(a(1, 4, 1), 2, alpha=2.0)
F.conv1d(a(2, 7), a(3, 2, 2), a(3), stride=3)
F.conv1d(a(1, 2, 5), a(2, 1, 3), groups=2, padding=2, dilation=2)
F.conv1d(a(1, 1, 5), a(1, 1, 4), padding="same")
F.conv1d(a(1, 1, 5), a(1, 1, 2), padding="same", dilation=3)
F.conv1d(a(1, 1, 5), a(1, 1, 3), padding="valid")
F.conv2d(a(1, 1, 4, 5), a(2, 1, 2, 3), stride=(2, 1), padding=(1, 0), dilation=(1, 2))
slope(lambda x: F.conv2d(x, a(2, 1, 2, 3), stride=(3, 2), padding=(0, 1)), a(1, 1, 4, 5))
slope(lambda w: F.conv2d(a(1, 2, 4, 4), w, stride=2, groups=2), a(2, 1, 2, 2))
F.conv3d(a(1, 1, 3, 2, 3), a(1, 1, 2, 2, 2), stride=(1, 2, 1))
F.conv_transpose1d(a(1, 2, 3), a(2, 1, 3), stride=2, padding=1, output_padding=1)
F.conv_transpose1d(a(1, 2, 3), a(2, 2, 2), groups=2, dilation=3, output_padding=2)
F.conv_transpose2d(a(1, 1, 2, 2), a(1, 2, 2, 3), a(2), stride=(1, 3))
slope(lambda x: F.conv_transpose2d(x, a(1, 2, 2, 3), stride=(2, 3), padding=(1, 0)), a(1, 1, 2, 2))
F.unfold(a(1, 1, 3, 4), 2, stride=(1, 2))
F.unfold(a(1, 2, 3, 3), (3, 1), dilation=(1, 2), padding=(0, 1))
F.fold(a(1, 4, 4), (3, 3), 2)
F.fold(a(1, 2, 6), (3, 4), (2, 1), stride=(1, 2), padding=(0, 1))
F.max_pool1d(a(1, 1, 7), 3, 2)
F.max_pool1d(a(1, 1, 8), 3, 2, ceil_mode=True)
F.max_pool1d(a(1, 1, 7), 3, 3, 1, ceil_mode=True)
F.max_pool1d(a(1, 1, 6), 2, dilation=3, stride=1)
F.max_pool1d(a(1, 1, 6), 2, return_indices=True)
F.max_pool2d(a(1, 4, 5), (2, 3), (1, 2), (1, 1))
slope(lambda x: F.max_pool2d(x, 2, 1), a(1, 1, 3, 3))
F.max_pool3d(a(1, 2, 2, 3), 2)
F.avg_pool1d(a(1, 1, 7), 3, 2, 1)
F.avg_pool1d(a(1, 1, 8), 3, 2, ceil_mode=True)
F.avg_pool1d(a(1, 1, 6), 3, 2, 1, ceil_mode=True, count_include_pad=False)
F.avg_pool1d(a(1, 1, 6), 3, 2, 1, count_include_pad=False)
F.avg_pool1d(a(1, 1, 6), 4, 4, 2, ceil_mode=True)
F.avg_pool2d(a(1, 3, 3), 2, 1, divisor_override=3)
F.avg_pool2d(a(1, 1, 3, 5), (2, 3), padding=(1, 1))
slope(lambda x: F.avg_pool2d(x, 2, 2, 1, ceil_mode=True, count_include_pad=False), a(1, 1, 3, 3))
F.avg_pool3d(a(1, 1, 2, 3, 3), (1, 2, 2), 1)
F.lp_pool1d(p(1, 1, 6), 3.0, 2, 3)
F.lp_pool2d(a(1, 1, 3, 3), 2.0, 2, 1)
F.adaptive_avg_pool1d(a(1, 1, 7), 3)
F.adaptive_avg_pool2d(a(1, 5, 4), (2, None))
F.adaptive_avg_pool3d(a(1, 1, 2, 3, 2), (1, 2, 2))
F.adaptive_max_pool1d(a(1, 1, 7), 4)
F.adaptive_max_pool2d(a(1, 1, 5, 4), (3, 2), return_indices=True)
slope(lambda x: F.adaptive_max_pool1d(x, 3), a(1, 1, 5))
F.max_unpool1d(f([[1.0, 2.0]]), i([[1, 2]]), 2)
F.max_unpool1d(f([[1.0, 2.0]]), i([[1, 4]]), 2, output_size=(5,))
F.max_unpool2d(f([[[1.0, 2.0]]]), i([[[5, 2]]]), 2, output_size=(3, 4))
F.pad(a(2, 3), (1, 0))
F.pad(a(2, 3), (1, 2, 0, 1), value=7.0)
F.pad(a(2, 3), (-1, 0, 0, -1))
F.pad(a(1, 2, 4), (3, 2), "reflect")
F.pad(a(1, 2, 3), (3, 1), "circular")
F.pad(a(1, 2, 3), (4, 1), "replicate")
F.pad(a(1, 2, 4), (-1, 2), "reflect")
F.interpolate(a(1, 1, 3), 7)
F.interpolate(a(1, 1, 7), 3)
F.interpolate(a(1, 1, 3), scale_factor=2.3)
F.interpolate(a(1, 1, 3), scale_factor=2.3, mode="nearest-exact")
F.interpolate(a(1, 1, 5), 2, mode="nearest-exact")
F.interpolate(a(1, 1, 2, 3), (3, 5))
F.interpolate(a(1, 1, 2, 3), scale_factor=(2, 1.5))
F.interpolate(a(1, 1, 3), 5, mode="linear")
F.interpolate(a(1, 1, 3), 5, mode="linear", align_corners=True)
F.interpolate(a(1, 1, 3), 1, mode="linear", align_corners=True)
F.interpolate(a(1, 1, 3), 3, mode="linear")
F.interpolate(a(1, 1, 4), scale_factor=1.6, mode="linear")
F.interpolate(a(1, 1, 4), scale_factor=1.6, mode="linear", recompute_scale_factor=True)
F.interpolate(a(1, 1, 2, 3), (3, 4), mode="bilinear")
F.interpolate(a(1, 1, 4, 3), (2, 2), mode="bilinear", align_corners=True)
F.interpolate(a(1, 1, 3, 3), (4, 2), mode="bicubic")
F.interpolate(a(1, 1, 3, 3), (5, 1), mode="bicubic", align_corners=True)
F.interpolate(a(1, 1, 2, 2, 2), (3, 2, 1), mode="trilinear")
F.interpolate(a(1, 1, 5), 3, mode="area")
slope(lambda x: F.interpolate(x, (3, 5), mode="bicubic"), a(1, 1, 2, 3))
F.pixel_shuffle(a(1, 4, 2, 1), 2)
F.pixel_unshuffle(a(1, 1, 2, 4), 2)
F.channel_shuffle(a(1, 4, 2), 2)
F.affine_grid(a(1, 2, 3), (1, 1, 2, 3), align_corners=False)
F.affine_grid(a(1, 2, 3), (1, 1, 1, 2), align_corners=True)
F.affine_grid(a(1, 3, 4), (1, 1, 2, 1, 2), align_corners=False)
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 2), align_corners=False)
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 2), align_corners=True)
F.grid_sample(a(1, 1, 3, 4), 1.5 * a(1, 1, 3, 2), padding_mode="border", align_corners=False)
F.grid_sample(a(1, 1, 3, 4), 1.5 * a(1, 1, 3, 2), padding_mode="reflection", align_corners=False)
F.grid_sample(a(1, 1, 3, 4), 2.5 * a(1, 1, 3, 2), padding_mode="reflection", align_corners=True)
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 2), mode="nearest", align_corners=False)
F.grid_sample(a(1, 1, 4, 4), a(1, 1, 3, 2), mode="bicubic", align_corners=True)
F.grid_sample(a(1, 1, 2, 3, 2), a(1, 1, 1, 3, 3), align_corners=False)
slope(lambda x: F.grid_sample(x, a(1, 1, 3, 2), align_corners=False), a(1, 1, 3, 4))
F.scaled_dot_product_attention(a(2, 3), a(4, 3), a(4, 2))
F.scaled_dot_product_attention(a(3, 2), a(3, 2), a(3, 2), is_causal=True)
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), scale=0.5)
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), attn_mask=a(2, 3))
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), attn_mask=a(2, 3) > -1.0)
F.scaled_dot_product_attention(a(1, 4, 2, 2), a(1, 2, 3, 2), a(1, 2, 3, 1), enable_gqa=True)
F.cross_entropy(a(3, 4), i(0, 3, 1))
F.cross_entropy(a(3, 4), i(0, -100, 1), reduction="none")
F.cross_entropy(a(3, 4), i(0, 2, 1), ignore_index=2, weight=p(4), label_smoothing=0.25)
F.cross_entropy(a(3, 4), i(0, 2, 1), ignore_index=2, weight=p(4), label_smoothing=0.25, reduction="sum")
F.cross_entropy(a(2, 3), p(2, 3), label_smoothing=0.25, weight=p(3))
F.cross_entropy(a(2, 3, 2), i([0, 2], [1, 1]), reduction="none")
F.cross_entropy(a(4), i(2)[0])
F.nll_loss(a(3, 4), i(0, 2, 1), weight=p(4))
F.nll_loss(a(3, 4), i(0, 2, 1), ignore_index=2, weight=p(4), reduction="none")
F.kl_div(a(2, 3), p(2, 3), reduction="batchmean")
F.kl_div(a(2, 3), a(2, 3), log_target=True, reduction="sum")
F.binary_cross_entropy(p(4), f(0.0, 1.0, 0.5, 1.0), weight=p(4), reduction="none")
F.binary_cross_entropy_with_logits(a(2, 2), p(2, 2), pos_weight=f(2.0, 0.5), weight=f(1.0, 3.0))
F.gaussian_nll_loss(a(2, 3), -a(2, 3), p(2, 3))
F.gaussian_nll_loss(a(2, 3), -a(2, 3), p(2), full=True, reduction="none")
F.gaussian_nll_loss(a(2, 3), -a(2, 3), f([0.0, 1.0, 1e-9], [1.0, 2.0, 3.0]), eps=0.5)
F.poisson_nll_loss(a(4), f(0.0, 1.0, 2.0, 3.0), full=True, reduction="none")
F.poisson_nll_loss(p(4), f(0.0, 1.0, 2.0, 3.0), log_input=False, eps=0.5, reduction="none")
F.huber_loss(f(0.0, 0.4, 0.6, 3.0), f(0.0, 0.0, 0.0, 0.0), delta=0.5, reduction="none")
F.smooth_l1_loss(f(0.0, 0.4, 0.6, 3.0), f(0.0, 0.0, 0.0, 0.0), beta=0.5, reduction="none")
F.smooth_l1_loss(f(0.0, 0.4), f(0.0, 0.0), beta=0.0, reduction="none")
F.l1_loss(a(2, 2), -a(2, 2), reduction="sum")
F.margin_ranking_loss(a(4), -a(4), f(1.0, -1.0, 1.0, -1.0), margin=0.5, reduction="none")
F.hinge_embedding_loss(a(4), f(1.0, -1.0, 1.0, -1.0), margin=0.5, reduction="none")
F.soft_margin_loss(a(4), f(1.0, -1.0, 1.0, -1.0))
F.multi_margin_loss(a(2, 3), i(0, 2), p=2, margin=0.5, weight=p(3), reduction="none")
F.multi_margin_loss(a(2, 3), i(0, 2))
F.multilabel_margin_loss(a(2, 3), i([0, 2, -1], [1, -1, 0]), reduction="none")
F.multilabel_margin_loss(a(3), i(2, -1, 0))
F.multilabel_soft_margin_loss(a(2, 3), f([0.0, 1.0, 1.0], [1.0, 0.0, 0.0]), weight=p(3), reduction="none")
F.cosine_embedding_loss(a(2, 3), -a(2, 3) + 1.0, f(1.0, -1.0), margin=-0.5, reduction="none")
F.triplet_margin_loss(a(2, 3), a(2, 3) + 1.0, a(2, 3) - 0.5, margin=2.0, swap=True, reduction="none")
F.triplet_margin_loss(a(2, 3), a(2, 3) + 1.0, a(2, 3) - 0.5, margin=0.25, p=1.0)
F.ctc_loss(F.log_softmax(a(4, 2, 3), 2), i([1, 2], [1, 1]), i(4, 3), i(2, 1), reduction="none")
F.ctc_loss(F.log_softmax(a(4, 2, 3), 2), i(1, 2, 1), i(4, 4), i(2, 1))
F.ctc_loss(F.log_softmax(a(2, 1, 3), 2), i([1, 1]), i(2), i(2), zero_infinity=True, reduction="sum")
F.ctc_loss(F.log_softmax(a(3, 1, 3), 2), i([0, 1]), i(3), i(2), blank=2, reduction="none")
F.ctc_loss(F.log_softmax(a(3, 1, 2), 2), i([1, 0]), i(3), i(0), reduction="none")
F.dropout(a(3), 0.0)
F.dropout(a(3), 0.5, training=False)
F.dropout(a(3), 1.0)
F.alpha_dropout(a(3), 0.5, training=False)
init.calculate_gain("leaky_relu", 0.5)
init.calculate_gain("leaky_relu")
init.calculate_gain("conv_transpose3d")
init.calculate_gain("conv2d")
init.calculate_gain("selu")
init.calculate_gain("tanh")
init.calculate_gain("sigmoid")
init.eye_(t(2, 3))
init.dirac_(t(4, 2, 3))
init.dirac_(t(4, 2, 3), groups=2)
init.dirac_(t(2, 3, 2, 3))
init.dirac_(t(1, 1, 1, 2, 3))
"""

# What PyTorch gives otherwise: it counts a last window that is cut off as if it were whole.
OWN = """
F.lp_pool1d(p(1, 1, 5), 2.0, 2, ceil_mode=True)
F.huber_loss(f(0.0, 1.0, 3.0), f(0.0, 0.0, 0.0), scale="mad", reduction="none")
F.half_mse_loss(f(1.0, 3.0), f(0.0, 0.0))
F.log_cosh_loss(f(0.0, 1.0, -30.0), f(0.0, 0.0, 0.0), reduction="none")
F.hinge_loss(a(4), f(1.0, -1.0, 1.0, -1.0), reduction="none", margin=0.5)
F.gumbel_softmax(a(2, 3), tau=0.5, rng=0)
F.gumbel_softmax(a(2, 3), hard=True, rng=1)
F.gumbel_softmax(10.0 * a(2, 3), tau=0.5, dim=0, rng=0)
F.rrelu(a(6), 0.25, 0.5, training=True, rng=0)
F.dropout(a(6), 0.25, rng=0)
F.dropout1d(a(1, 3, 2), 0.5, rng=0)
F.dropout2d(a(1, 3, 1, 2), 0.5, rng=1)
F.alpha_dropout(a(6), 0.25, training=True, rng=0)
F.feature_alpha_dropout(a(1, 3, 2), 0.5, training=True, rng=0)
F.softmax(a(2, 3))
F.log_softmax(a(2, 3))
F.softmin(a(2, 3))
"""

# What is said of what cannot be.
WRONG = """
F.prelu(a(2, 3), a(2))
F.prelu(a(3), a(3))
F.rrelu(a(2), 0.5, 0.25)
F.celu(a(2), 0.0)
F.hardtanh(a(2), 1.0, 0.5)
F.softmax(a(2, 3), dim=2)
F.softmax(a(2, 3), dim=-3)
F.glu(a(2, 3), 2)
F.glu(a(2, 3), -3)
F.glu(a(2, 3), 1)
F.linear(a(2, 4), a(4, 3))
F.bilinear(a(2, 3), a(2, 3), a(2, 3, 2))
F.bilinear(a(2, 3), a(2, 2), a(2, 3))
F.relu(-3.0, inplace=True)
F.scaled_dot_product_attention(a(2, 3), a(4, 2), a(4, 2))
F.scaled_dot_product_attention(a(2, 3), a(4, 3), a(3, 2))
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), attn_mask=a(2, 3), is_causal=True)
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), dropout_p=1.5)
F.scaled_dot_product_attention(a(1, 3, 2, 2), a(1, 2, 3, 2), a(1, 2, 3, 1), enable_gqa=True)
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), attn_mask=i([0, 1, 1], [1, 1, 1]))
F.scaled_dot_product_attention(a(2, 2), a(3, 2), a(3, 1), attn_mask=i([False, False, False], [True, True, True]))
F.embedding_bag(i([0, 1]), a(4, 2), mode="most")
F.embedding_bag(i([0, 1]), a(4, 2), mode="mean", per_sample_weights=a(1, 2))
F.embedding_bag(i([0, 1]), a(4, 2), mode="sum", per_sample_weights=a(2))
F.embedding_bag(i([0, 1]), a(4, 2), i(0))
F.embedding_bag(i(0, 1), a(4, 2))
F.embedding_bag(i([[0, 1]]), a(4, 2))
F.embedding_bag(i(0, 1), a(4, 2), f(0.0))
F.embedding_bag(i(0, 1), a(4, 2), i([0]))
F.embedding_bag(i(0, 1), a(4, 2), i(1))
F.embedding_bag(i(0, 1, 2), a(4, 2), i(0, 2, 1))
F.embedding_bag(i(0, 1), a(4, 2), i(0, 3))
F.embedding(i(0), a(4))
F.embedding(f(0.0), a(4, 2))
F.embedding(i(0, 4), a(4, 2))
F.embedding(i(0), a(4, 2), padding_idx=4)
F.embedding(i(0), a(4, 2), padding_idx=-5)
F.one_hot(i(0, 3), 3)
F.one_hot(i(0, 3)[:0])
F.one_hot(i(0), -2)
F.cross_entropy(a(3, 4), i(True, False, True))
F.cross_entropy(a(3, 4), i(0, 1))
F.cross_entropy(a(3, 4), i(0)[0])
F.cross_entropy(a(3, 4), i(0, 1, 4))
F.cross_entropy(a(3, 4), i(0, 1, 3), label_smoothing=1.5)
F.cross_entropy(a(3, 2, 4), i([0, 1], [1, 0], [0, 1]))
F.cross_entropy(a(3, 4), i(0, 1, 2), weight=a(3))
F.cross_entropy(a(0, 4), i(0)[:0])
F.nll_loss(a(1)[0], i(0))
F.nll_loss(a(3, 4), f(0.0, 1.0, 2.0))
F.kl_div(a(1)[0], p(1)[0], reduction="batchmean")
F.kl_div(a(2), a(2))
F.kl_div(a(2), p(2), reduction="most")
F.mse_loss(a(2, 1), a(2))
F.mse_loss([1.0], a(1))
F.huber_loss(a(2), a(2), scale="std")
F.huber_loss(a(0), a(0), scale="mad")
F.gaussian_nll_loss(a(2, 3), a(2, 3), p(3, 2))
F.gaussian_nll_loss(a(2, 3), a(2, 3), a(2, 3))
F.conv1d(None, a(3, 2, 2))
F.conv1d(a(1, 2, 7), a(3, 2, 2), stride=2, padding="same")
F.conv1d(a(1, 2, 7), a(3, 2, 2), padding="full")
F.conv1d(a(1, 2, 7), a(3, 2, 2), padding=-1)
F.conv1d(a(1, 2, 7), a(3, 2, 2), stride=0)
F.conv1d(a(1, 2, 7), a(3, 2, 2), dilation=0)
F.conv1d(a(1, 2, 7), a(3, 2, 2), dilation=7)
F.conv1d(a(1, 3, 7), a(3, 2, 2))
F.conv1d(a(7), a(3, 2, 2))
F.conv1d(a(1, 2, 7), a(3, 2))
F.conv1d(a(1, 2, 7), a(3, 1, 2), groups=2)
F.conv1d(a(1, 2, 7), a(3, 2, 2), a(2))
F.conv2d(a(1, 1, 4, 5), a(2, 1, 2, 3), stride=(1, 1, 1))
F.conv2d(a(1, 1, 4, 5), a(2, 1, 2, 3), stride=1.5)
F.conv_transpose1d(a(1, 2, 3), a(2, 1, 3), stride=2, output_padding=2)
F.conv_transpose1d(a(1, 2, 3), a(2, 1, 1), padding=2)
F.conv_transpose1d(a(1, 3, 3), a(2, 1, 3))
F.conv_transpose1d(a(1, 2, 3), a(2, 1, 3), groups=3)
F.conv_transpose1d(a(1, 2, 3), a(2, 1))
F.unfold(a(3, 4), 2)
F.unfold(a(1, 1, 3, 4), 5)
F.fold(a(1, 4, 5), (3, 3), 2)
F.fold(a(1, 5, 4), (3, 3), 2)
F.fold(a(4), (3, 3), 2)
F.ctc_loss(a(4), i(1), i(4), i(1))
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), i(4), i(2, 1))
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), i(4, 5), i(2, 1))
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), i(4, -1), i(2, 1))
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), f(4.0, 4.0), i(2, 1))
F.ctc_loss(a(4, 2, 3), f([1.0], [1.0]), i(4, 4), i(1, 1))
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), i(4, 4), i(2, 1), blank=3)
F.ctc_loss(a(4, 2, 3), i([1, 2], [1, 1]), i(4, 4), i(3, 1))
F.ctc_loss(a(4, 2, 3), i([1, 3], [1, 1]), i(4, 4), i(2, 1))
F.ctc_loss(a(4, 2, 3), i([1, 0], [1, 1]), i(4, 4), i(2, 1))
F.pdist(a(3))
F.max_unpool1d(a(1, 1, 2), i([[1]]), 2)
F.max_unpool1d(a(1, 2), i(1, 3), 2)
F.max_unpool1d(a(1, 2), i([1, 3]), 2, output_size=(6,))
F.max_unpool1d(a(1, 2), i([1, 4]), 2)
F.multi_margin_loss(a(2, 3), i(0, 2), p=3)
F.multi_margin_loss(a(2, 3), i(0, 3))
F.multi_margin_loss(a(3), i(0))
F.multi_margin_loss(a(2, 3), f(0.0, 1.0))
F.multilabel_margin_loss(a(3), i(3, -1, 0))
F.multilabel_margin_loss(a(3), f(0.0, -1.0, 0.0))
F.cosine_embedding_loss(a(2, 3), a(2, 3), f(1.0))
F.cosine_embedding_loss(a(2, 3), a(2, 3), f(1.0, 0.5))
F.triplet_margin_loss(a(2, 3), a(2, 3), a(2, 3), margin=0.0)
F.triplet_margin_loss(a(2, 3), a(2, 3), a(2, 2))
F.layer_norm(a(2, 3), (2,))
F.layer_norm(a(2, 3), ())
F.layer_norm(a(2, 3), (3.5,))
F.group_norm(a(2), 1)
F.group_norm(a(2, 4), 3)
F.group_norm(a(2, 4), 0)
F.batch_norm(a(4), None, None, training=True)
F.batch_norm(a(1, 2), None, None, training=True)
F.batch_norm(a(2, 2), None, None)
F.batch_norm(a(2, 2), f(0.0, 0.0), None)
F.batch_norm(a(2, 2), f(0.0, 0.0), f(1.0, 1.0), training=True, momentum=1.5)
F.instance_norm(a(2, 2))
F.local_response_norm(a(2, 3), 2)
F.local_response_norm(a(1, 2, 3), 0)
F.pad(a(2, 3), (1,))
F.pad(a(2, 3), (1.5, 0))
F.pad(a(2, 3), (1, 0, 0, 0, 0, 0))
F.pad(a(2, 3), (1, 0), "mirror")
F.pad(a(2, 3), (1, 0), "reflect", 3.0)
F.pad(a(2, 3), (-2, -2))
F.pad(a(1, 2, 3), (3, 0), "reflect")
F.pad(a(1, 2, 3), (4, 0), "circular")
F.max_pool1d(a(1, 1, 4), 2, padding=2)
F.max_pool1d(a(1, 1, 4), 0)
F.max_pool1d(a(1, 1, 4), 2, 0)
F.max_pool1d(a(1, 1, 4), 2, dilation=0)
F.max_pool1d(a(1, 1, 4), 5)
F.max_pool1d(a(1, 1, 4), 3, dilation=2)
F.max_pool1d(a(4), 2)
F.avg_pool1d(a(1, 1, 4), 2, divisor_override=0)
F.avg_pool1d(a(1, 1, 4), (2, 2))
F.adaptive_avg_pool1d(a(1, 1, 0), 2)
F.adaptive_avg_pool2d(a(1, 3, 3), (2,))
F.adaptive_avg_pool2d(a(1, 3, 3), (0, 1))
F.dropout(a(3), 1.5)
F.dropout(a(3), -0.5)
F.dropout2d(a(3, 3))
F.interpolate(a(1, 1, 3), 5, mode="cubic")
F.interpolate(a(1, 1, 3), (5, 5), mode="bilinear")
F.interpolate(a(1, 3), 5)
F.interpolate(a(1, 1, 3))
F.interpolate(a(1, 1, 3), 5, 2.0)
F.interpolate(a(1, 1, 2, 3), (5, 5), mode="bilinear", antialias=True)
F.interpolate(a(1, 1, 3), 5, align_corners=True)
F.interpolate(a(1, 1, 3), (5, 5))
F.interpolate(a(1, 1, 3), 0)
F.interpolate(a(1, 1, 3), -1)
F.interpolate(a(1, 1, 3), "5")
F.interpolate(a(1, 1, 3), 2.5)
F.interpolate(a(1, 1, 3), scale_factor=0.1)
F.interpolate(a(1, 1, 0), 5)
F.pixel_shuffle(a(3, 2), 2)
F.pixel_shuffle(a(6, 2, 2), 2)
F.pixel_shuffle(a(4, 2, 2), 0)
F.pixel_unshuffle(a(1, 3, 2), 2)
F.pixel_unshuffle(a(1, 2, 3), 2)
F.channel_shuffle(a(1, 4, 2), 3)
F.affine_grid(a(2, 3), (1, 1, 2, 3))
F.affine_grid(a(1, 2, 3), (1, 1, 2))
F.affine_grid(a(1, 2, 3), (2, 1, 2, 3))
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 3))
F.grid_sample(a(1, 3, 4), a(1, 1, 3, 2))
F.grid_sample(a(1, 1, 3, 4), a(2, 1, 3, 2))
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 2), mode="cubic")
F.grid_sample(a(1, 1, 2, 3, 2), a(1, 1, 1, 3, 3), mode="bicubic")
F.grid_sample(a(1, 1, 3, 4), a(1, 1, 3, 2), padding_mode="mirror")
F.grid_sample(i([[[0, 1], [1, 2]]]), a(1, 1, 3, 2))
init.normal_(a(2, 2))
init.normal_(t(2, 2), 0.0, -1.0)
init.uniform_(t(2, 2), 1.0, 0.5)
init.kaiming_normal_(t(4))
init.kaiming_normal_(t(0, 4))
init.kaiming_normal_(t(2, 2), mode="fan")
init.kaiming_normal_(t(2, 2), nonlinearity="square")
init.eye_(t(2, 2, 2))
init.orthogonal_(t(2))
init.trunc_normal_(t(2), 0.0, 1.0, 50.0, 60.0)
init.calculate_gain("leaky_relu", "a")
init.calculate_gain("leaky_relu", True)
init.calculate_gain("square")
init.dirac_(t(2, 2))
init.dirac_(t(1, 1, 1, 1, 1, 1))
init.dirac_(t(3, 2, 3), groups=2)
init.sparse_(t(2), 0.5)
init.sparse_(t(2, 2), 1.5)
"""


def listed(calls: str) -> list[str]:
    return [line for line in calls.splitlines() if line]


def result_of(call: str, names: Any) -> Any:
    return eval(call, {name: getattr(names, name) for name in dir(names) if not name.startswith("_")})


def plain(given: Any) -> Any:
    """Nested lists of rounded numbers."""
    if isinstance(given, tuple):
        return [plain(part) for part in given]
    if isinstance(given, float):
        return round(given, 4)
    array = np.asarray(getattr(given, "data", given))
    return (np.round(array, 4) + 0.0).tolist() if array.dtype.kind == "f" else array.tolist()


def say(call: str) -> str:
    try:
        return f"{call}\n  {plain(result_of(call, Ours()))}"
    except Exception as error:
        return f"{call}\n  {type(error).__name__}: {error}"


def test_what_calls_give() -> None:
    assert_text(TEXTS / "calls.txt", "\n".join(map(say, [*listed(ALIKE), *listed(OWN)])))


def test_what_is_said_of_wrong_calls() -> None:
    lines = [say(call) for call in listed(WRONG)]
    assert all("Error: " in line for line in lines), [line for line in lines if "Error: " not in line]
    assert_text(TEXTS / "wrong_calls.txt", "\n".join(lines))


def compare_with_pytorch() -> None:
    """Print every call that PyTorch answers otherwise."""
    import torch

    def tensor(given: Any) -> Any:
        return torch.tensor(np.asarray(given))

    def slope(function: Any, x: Any) -> Any:
        leaf = x.clone().requires_grad_(True)
        out = function(leaf)
        (out * torch.arange(1.0, 1.0 + out.numel(), dtype=out.dtype).reshape(out.shape)).sum().backward()
        return leaf.grad

    theirs = SimpleNamespace(
        F=torch.nn.functional, init=torch.nn.init, nan=math.nan, inf=math.inf, slope=slope,
        **{name: lambda *given, _make=getattr(Ours(), name): tensor(_make(*given)) for name in "apif"},
        t=lambda *lengths: tensor(numbers(*lengths)),
    )  # fmt: skip
    for call in listed(ALIKE):
        try:
            expected = result_of(call, theirs)
            found = result_of(call, Ours())
            pairs = zip(*(x if isinstance(x, tuple) else (x,) for x in (found, expected)), strict=True)
            if not all(np.allclose(np.asarray(getattr(a, "data", a)), np.asarray(b), atol=1e-6) for a, b in pairs):
                print(f"{call}\n  {plain(found)}\n  {expected}")
        except Exception as error:
            print(f"{call}\n  {type(error).__name__}: {error}")


if __name__ == "__main__":
    compare_with_pytorch()
