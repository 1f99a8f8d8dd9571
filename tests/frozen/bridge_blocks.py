"""Blocks as torchvision and transformers write them, of small widths, for `tests/frozen/bridge.py`."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    """ResNet's, with groups, and the stride in the middle."""

    def __init__(self, inplanes=4, planes=2, stride=2, groups=2):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inplanes, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, groups=groups, bias=False)
        self.bn2, self.conv3 = nn.BatchNorm2d(planes), nn.Conv2d(planes, planes * 4, 1, bias=False)
        self.bn3, self.relu = nn.BatchNorm2d(planes * 4), nn.ReLU(inplace=True)
        self.downsample = nn.Sequential(
            nn.Conv2d(inplanes, planes * 4, 1, stride, bias=False), nn.BatchNorm2d(planes * 4)
        )

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(out)))))
        out += self.downsample(x)
        return self.relu(out).mean(dim=(-2, -1))


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps).permute(
            0, 3, 1, 2
        )


class ConvNeXtBlock(nn.Module):
    """Depthwise, with a scale of each channel and a path that may be dropped."""

    def __init__(self, dim=3):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, dim, 2, 2), LayerNorm2d(dim))
        self.dwconv, self.norm = nn.Conv2d(dim, dim, 7, padding=3, groups=dim), nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1, self.act, self.pwconv2 = nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim)
        self.layer_scale = nn.Parameter(torch.full((dim, 1, 1), 0.5))

    def forward(self, x):
        x = self.stem(x)
        y = self.dwconv(x).permute(0, 2, 3, 1)
        y = self.pwconv2(self.act(self.pwconv1(self.norm(y))))
        return x + self.layer_scale * torch.permute(y, (0, 3, 1, 2))


class ViT(nn.Module):
    """Patches by a convolution, a class token, learned positions."""

    def __init__(self, dim=4, heads=2, patch=2, tokens=10):
        super().__init__()
        self.conv_proj = nn.Conv2d(3, dim, patch, patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embedding = nn.Parameter(torch.empty(1, tokens, dim).normal_(std=0.02))
        self.ln_1, self.self_attention = nn.LayerNorm(dim), nn.MultiheadAttention(dim, heads, batch_first=True)
        self.ln_2, self.mlp = nn.LayerNorm(dim), nn.Sequential(nn.Linear(dim, 8), nn.GELU(), nn.Linear(8, dim))
        self.head = nn.Linear(dim, 3)

    def forward(self, x):
        n = x.shape[0]
        x = self.conv_proj(x).reshape(n, -1, 9).permute(0, 2, 1)
        x = torch.cat([self.class_token.expand(n, -1, -1), x], dim=1) + self.pos_embedding
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + y
        return self.head((x + self.mlp(self.ln_2(x)))[:, 0])


class Swin(nn.Module):
    """Attention within windows that are shifted by `roll`, with relative positions and a mask of what meets there."""

    def __init__(self, dim=4, heads=2, window=2, shift=1):
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.qkv, self.proj, self.norm = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim), nn.LayerNorm(dim)
        self.relative_position_bias_table = nn.Parameter(torch.randn((2 * window - 1) ** 2, heads) * 0.02)
        grid = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
        apart = (grid[:, :, None] - grid[:, None, :]).permute(1, 2, 0) + window - 1
        self.register_buffer("relative_position_index", (apart[..., 0] * (2 * window - 1) + apart[..., 1]).flatten())
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x):
        b, h, w, c = x.shape
        s, n = self.window, (h // self.window) * (w // self.window)
        y = torch.roll(self.norm(x), shifts=(-self.shift, -self.shift), dims=(1, 2))
        y = y.view(b, h // s, s, w // s, s, c).permute(0, 1, 3, 2, 4, 5).reshape(b * n, s * s, c)
        q, k, v = self.qkv(y).reshape(b * n, s * s, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        attention = (q * (c // self.heads) ** -0.5) @ k.transpose(-2, -1)
        bias = self.relative_position_bias_table[self.relative_position_index].view(s * s, s * s, -1)
        attention = attention + bias.permute(2, 0, 1).contiguous().unsqueeze(0)
        mask = x.new_zeros((h, w))
        for i, rows in enumerate(((0, -s), (-s, -self.shift), (-self.shift, None))):
            for j, columns in enumerate(((0, -s), (-s, -self.shift), (-self.shift, None))):
                mask[rows[0] : rows[1], columns[0] : columns[1]] = 3 * i + j
        mask = mask.view(h // s, s, w // s, s).permute(0, 2, 1, 3).reshape(n, s * s)
        mask = (mask.unsqueeze(1) - mask.unsqueeze(2)).masked_fill(mask.unsqueeze(1) != mask.unsqueeze(2), -100.0)
        attention = attention.view(b, n, self.heads, s * s, s * s) + mask.unsqueeze(1).unsqueeze(0)
        attention = F.softmax(attention.view(-1, self.heads, s * s, s * s), dim=-1)
        y = self.proj(attention.matmul(v).transpose(1, 2).reshape(b * n, s * s, c))
        y = y.view(b, h // s, w // s, s, s, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
        x = x + torch.roll(y, shifts=(self.shift, self.shift), dims=(1, 2))
        parts = [x[..., i::2, j::2, :] for j in (0, 1) for i in (0, 1)]
        return self.reduction(torch.cat(parts, -1))


class Bert(nn.Module):
    """Three embeddings, an extended mask, a pooled first token."""

    def __init__(self, vocabulary=9, dim=4, heads=2):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.position_embeddings, self.token_type_embeddings = nn.Embedding(6, dim), nn.Embedding(2, dim)
        self.LayerNorm, self.dropout, self.heads = nn.LayerNorm(dim, eps=1e-12), nn.Dropout(0.0), heads
        self.query, self.key, self.value = nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.dense, self.intermediate, self.output = nn.Linear(dim, dim), nn.Linear(dim, 8), nn.Linear(8, dim)
        self.norms = nn.ModuleList([nn.LayerNorm(dim, eps=1e-12) for _ in range(2)])
        self.pooler = nn.Linear(dim, dim)
        self.register_buffer("position_ids", torch.arange(6).expand((1, -1)))

    def transpose_for_scores(self, x):
        return x.view(x.size()[:-1] + (self.heads, x.size(-1) // self.heads)).permute(0, 2, 1, 3)

    def forward(self, input_ids, attention_mask, token_type_ids):
        positions = self.position_ids[:, : input_ids.size(1)]
        x = (
            self.word_embeddings(input_ids)
            + self.token_type_embeddings(token_type_ids)
            + self.position_embeddings(positions)
        )
        x = self.dropout(self.LayerNorm(x))
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        q, k, v = (self.transpose_for_scores(layer(x)) for layer in (self.query, self.key, self.value))
        scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1)) + mask
        context = torch.matmul(nn.functional.softmax(scores, dim=-1), v).permute(0, 2, 1, 3).contiguous()
        x = self.norms[0](self.dense(context.view(context.size()[:-2] + (-1,))) + x)
        x = self.norms[1](self.output(F.gelu(self.intermediate(x))) + x)
        return x, torch.tanh(self.pooler(x[:, 0]))


class LlamaRMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight, self.variance_epsilon = nn.Parameter(torch.ones(dim)), eps

    def forward(self, hidden):
        kept = hidden.dtype
        variance = hidden.pow(2).mean(-1, keepdim=True)
        return self.weight * (hidden * torch.rsqrt(variance + self.variance_epsilon)).to(kept)


def rotate_half(x):
    first, second = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
    return torch.cat((-second, first), dim=-1)


class Llama(nn.Module):
    """Rotary positions, grouped queries, SwiGLU, a triangular mask."""

    def __init__(self, vocabulary=7, dim=8, heads=4, groups=2):
        super().__init__()
        self.heads, self.groups, self.width = heads, groups, dim // heads
        self.embed_tokens = nn.Embedding(vocabulary, dim)
        self.input_layernorm, self.post_attention_layernorm, self.norm = (LlamaRMSNorm(dim) for _ in range(3))
        self.q_proj = nn.Linear(dim, dim, bias=False)
        self.k_proj, self.v_proj = (nn.Linear(dim, groups * self.width, bias=False) for _ in range(2))
        self.o_proj = nn.Linear(dim, dim, bias=False)
        self.gate_proj, self.up_proj = nn.Linear(dim, 12, bias=False), nn.Linear(dim, 12, bias=False)
        self.down_proj, self.lm_head = nn.Linear(12, dim, bias=False), nn.Linear(dim, vocabulary, bias=False)
        self.register_buffer(
            "inv_freq", 1.0 / (10000 ** (torch.arange(0, self.width, 2) / self.width)), persistent=False
        )

    def forward(self, input_ids):
        x = self.embed_tokens(input_ids)
        b, n, _ = x.shape
        position = torch.arange(n, device=x.device)[None, :].float()
        angles = (self.inv_freq[None, :, None].float() @ position[:, None, :]).transpose(1, 2)
        cos, sin = (torch.cat((angles, angles), -1).unsqueeze(1).to(x.dtype) for angles in (angles.cos(), angles.sin()))
        mask = torch.triu(torch.full((n, n), torch.finfo(x.dtype).min, dtype=x.dtype), diagonal=1)
        y = self.input_layernorm(x)
        q, k, v = (p(y).view(b, n, -1, self.width).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        k, v = (
            t[:, :, None]
            .expand(b, self.groups, self.heads // self.groups, n, self.width)
            .reshape(b, self.heads, n, self.width)
            for t in (k, v)
        )
        weights = F.softmax(q @ k.transpose(2, 3) / math.sqrt(self.width) + mask, dim=-1, dtype=x.dtype)
        x = x + self.o_proj((weights @ v).transpose(1, 2).contiguous().reshape(b, n, -1))
        y = self.post_attention_layernorm(x)
        x = x + self.down_proj(F.silu(self.gate_proj(y)) * self.up_proj(y))
        return self.lm_head(self.norm(x))


class T5(nn.Module):
    """Relative positions in buckets, no scale and no bias; an encoder that a decoder looks at."""

    def __init__(self, vocabulary=7, dim=4, heads=2, buckets=8):
        super().__init__()
        self.shared, self.heads, self.buckets = nn.Embedding(vocabulary, dim), heads, buckets
        self.relative_attention_bias = nn.Embedding(buckets, heads)
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))
        self.norm, self.wi, self.wo = LlamaRMSNorm(dim), nn.Linear(dim, 8, bias=False), nn.Linear(8, dim, bias=False)

    def bucket(self, relative):
        half = self.buckets // 2
        found = (relative > 0).to(torch.long) * half
        away, exact = torch.abs(relative), half // 2
        far = exact + (torch.log(away.float() / exact) / math.log(16 / exact) * (half - exact)).to(torch.long)
        far = torch.min(far, torch.full_like(far, half - 1))
        return found + torch.where(away < exact, away, far)

    def forward(self, input_ids):
        x = self.shared(input_ids)
        b, n, dim = x.shape
        relative = torch.arange(n)[None, :] - torch.arange(n)[:, None]
        bias = self.relative_attention_bias(self.bucket(relative)).permute([2, 0, 1]).unsqueeze(0)
        y = self.norm(x)
        q, k, v = (p(y).view(b, -1, self.heads, dim // self.heads).transpose(1, 2) for p in (self.q, self.k, self.v))
        scores = torch.matmul(q, k.transpose(3, 2))
        scores += bias
        weights = F.softmax(scores.float() if x.dtype == torch.float32 else scores, dim=-1).type_as(scores)
        x = x + self.o(torch.matmul(weights, v).transpose(1, 2).contiguous().view(b, -1, dim))
        return (x + self.wo(F.relu(self.wi(self.norm(x))))) * dim**-0.5 @ self.shared.weight.t()


class Detr(nn.Module):
    """A picture with sines as positions, queries that look at it, boxes, and what it costs to match them."""

    def __init__(self, dim=4, heads=2, queries=3, classes=2):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 6, 3, 2, 1), nn.ReLU())
        self.conv, self.query_pos = nn.Conv2d(6, dim, 1), nn.Parameter(torch.rand(queries, dim))
        self.row_embed, self.col_embed = nn.Parameter(torch.rand(5, dim // 2)), nn.Parameter(torch.rand(5, dim // 2))
        self.attention, self.norm = nn.MultiheadAttention(dim, heads, dropout=0.0), nn.LayerNorm(dim)
        self.linear_class, self.linear_bbox = nn.Linear(dim, classes + 1), nn.Linear(dim, 4)

    def forward(self, x, boxes):
        h = self.conv(self.backbone(x))
        height, width = h.shape[-2:]
        pos = torch.cat([
            self.col_embed[:width].unsqueeze(0).repeat(height, 1, 1), self.row_embed[:height].unsqueeze(1).repeat(1, width, 1),
        ], dim=-1).flatten(0, 1).unsqueeze(1)  # fmt: skip
        memory = pos + h.flatten(2).permute(2, 0, 1)
        queries = self.query_pos.unsqueeze(1).repeat(1, x.shape[0], 1)
        found, weights = self.attention(queries, memory, memory)
        found = self.norm(found + queries).transpose(0, 1)
        logits, out = self.linear_class(found), self.linear_bbox(found).sigmoid()
        center, size = out[..., :2], out[..., 2:].clamp(min=0.05)
        corners = torch.cat([center - 0.5 * size, center + 0.5 * size], dim=-1)
        low = torch.max(corners[:, :, None, :2], boxes[:, None, :, :2])
        high = torch.min(corners[:, :, None, 2:], boxes[:, None, :, 2:])
        inner = (high - low).clamp(min=0).prod(-1)
        area, wanted = size.prod(-1), (boxes[..., 2:] - boxes[..., :2]).prod(-1)
        iou = inner / (area[:, :, None] + wanted[:, None] - inner)
        cost = torch.cdist(out, boxes, p=1) - iou - logits.softmax(-1)[..., :1]
        return cost, weights.mean()


def _tokens(*shape, low=0, high=7):
    return torch.randint(low, high, shape)


def bottleneck() -> tuple[nn.Module, tuple]:
    return Bottleneck(), (torch.randn(3, 4, 6, 6),)


def convnext() -> tuple[nn.Module, tuple]:
    return ConvNeXtBlock(), (torch.randn(2, 3, 8, 8),)


def vit() -> tuple[nn.Module, tuple]:
    return ViT(), (torch.randn(2, 3, 6, 6),)


def swin() -> tuple[nn.Module, tuple]:
    return Swin(), (torch.randn(2, 4, 4, 4),)


def bert() -> tuple[nn.Module, tuple]:
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    return Bert(), (_tokens(2, 5, low=1), mask, torch.tensor([[0, 0, 1, 1, 1], [0, 1, 1, 0, 0]]))


def llama() -> tuple[nn.Module, tuple]:
    return Llama(), (_tokens(2, 5),)


def t5() -> tuple[nn.Module, tuple]:
    return T5(), (_tokens(2, 6),)


def detr() -> tuple[nn.Module, tuple]:
    corner = torch.rand(2, 2, 2) * 0.5
    return Detr(), (torch.randn(2, 3, 8, 8), torch.cat([corner, corner + 0.4], -1))


MODELS: list[Callable[[], tuple[nn.Module, tuple]]] = [bottleneck, convnext, vit, swin, bert, llama, t5, detr]
