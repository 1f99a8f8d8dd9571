"""Networks in PyTorch, of small widths, that `tests/frozen/bridge.py` captures: for each a model, its inputs, and a loss."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm


def mlp() -> tuple[nn.Module, tuple]:
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 6), nn.GELU(), nn.Dropout(0.0), nn.Linear(6, 3))
    return model, (torch.randn(4, 5),)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 3, 5, padding=2), nn.BatchNorm2d(3)
        self.conv2, self.bn2 = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.fc1, self.fc2 = nn.Linear(4 * 3 * 3, 8), nn.Linear(8, 3)

    def forward(self, x):
        x = F.max_pool2d(torch.tanh(self.bn1(self.conv1(x))), 2)
        x = F.avg_pool2d(F.relu(self.bn2(self.conv2(x))), 2, stride=1)
        x = torch.flatten(x, 1)
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


def lenet() -> tuple[nn.Module, tuple]:
    return LeNet(), (torch.randn(4, 1, 12, 12),)


class Basic(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet18(nn.Module):
    def __init__(self, width=2, classes=3):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        widths = [width, width, width + 1, width + 2, width + 3]
        for i in range(1, 5):
            stride = 1 if i == 1 else 2
            layer = nn.Sequential(Basic(widths[i - 1], widths[i], stride), Basic(widths[i], widths[i], 1))
            setattr(self, f"layer{i}", layer)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(widths[4], classes)

    def forward(self, x):
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def resnet18() -> tuple[nn.Module, tuple]:
    return ResNet18(), (torch.randn(3, 3, 24, 24),)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.GroupNorm(1, 2), nn.SiLU())
        self.down2 = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.InstanceNorm2d(4, affine=True), nn.LeakyReLU(0.1))
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.out = nn.Conv2d(6, 1, 3, padding=1, padding_mode="reflect")

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        wide = F.interpolate(b, scale_factor=2, mode="bilinear", align_corners=False)[:, :2]
        return torch.sigmoid(self.out(torch.cat([a, self.up(b), wide], dim=1)))


def unet() -> tuple[nn.Module, tuple]:
    return UNet(), (torch.randn(2, 1, 8, 8),)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(6, 5), nn.ELU())
        self.mean, self.log_var = nn.Linear(5, 2), nn.Linear(5, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 6))

    def forward(self, x, noise):
        h = self.encoder(x)
        mean, log_var = self.mean(h), self.log_var(h)
        z = mean + noise * torch.exp(0.5 * log_var)
        reconstruction = F.binary_cross_entropy_with_logits(self.decoder(z), torch.sigmoid(x), reduction="sum")
        divergence = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
        return {"loss": reconstruction + divergence, "code": (mean, z)}


def vae() -> tuple[nn.Module, tuple]:
    return VAE(), (torch.randn(3, 6), torch.randn(3, 2))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            spectral_norm(nn.Conv2d(1, 3, 4, stride=2, padding=1)), nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(3, 4, 4, stride=2, padding=1)), nn.LeakyReLU(0.2),
        )  # fmt: skip
        self.score = spectral_norm(nn.Linear(16, 1))

    def forward(self, x):
        return self.score(self.features(x).flatten(1)).squeeze(-1)


def discriminator() -> tuple[nn.Module, tuple]:
    return Discriminator(), (torch.randn(2, 1, 8, 8),)


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.embedding = nn.Embedding(7, 3, padding_idx=0)
        self.recurrent = kind(3, 2, batch_first=True, **options)
        self.head = nn.Linear(4 if options.get("bidirectional") else 2, 2)

    def forward(self, tokens):
        out, _ = self.recurrent(self.embedding(tokens))
        return self.head(out[:, -1])


def _tokens(*shape) -> torch.Tensor:
    return torch.randint(0, 7, shape)


def lstm() -> tuple[nn.Module, tuple]:
    return Recurrent(nn.LSTM, num_layers=2), (_tokens(2, 3),)


def gru() -> tuple[nn.Module, tuple]:
    return Recurrent(nn.GRU), (_tokens(2, 3),)


def bi_lstm() -> tuple[nn.Module, tuple]:
    return Recurrent(nn.LSTM, bidirectional=True), (_tokens(2, 3),)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = nn.Transformer(4, 2, 1, 1, 6, dropout=0.0, batch_first=True)

    def forward(self, source, target):
        mask = nn.Transformer.generate_square_subsequent_mask(target.shape[1], dtype=source.dtype)
        return self.transformer(source, target, tgt_mask=mask, tgt_is_causal=True)


def transformer() -> tuple[nn.Module, tuple]:
    return Translator(), (torch.randn(2, 3, 4), torch.randn(2, 2, 4))


class CausalSelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.c_attn(x).split(width, dim=2)
        q, k, v = (t.view(batch, time, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).contiguous().view(batch, time, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(width), CausalSelfAttention(width, heads), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(approximate="tanh"), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, vocabulary=7, width=4, heads=2, layers=4, length=5):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.h = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, tokens, targets):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        return logits, F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def gpt() -> tuple[nn.Module, tuple]:
    return GPT(), (_tokens(2, 5), _tokens(2, 5))


class Inverted(nn.Module):
    def __init__(self):
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(2, 6, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU6())
        self.depthwise = nn.Sequential(
            nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False), nn.BatchNorm2d(6), nn.Hardswish()
        )
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(6, 2, 1), nn.SiLU(), nn.Conv2d(2, 6, 1), nn.Hardsigmoid()
        )
        self.project = nn.Sequential(nn.Conv2d(6, 2, 1, bias=False), nn.BatchNorm2d(2))

    def forward(self, x):
        h = self.depthwise(self.expand(x))
        return x + self.project(h * self.squeeze(h))


def mobilenet() -> tuple[nn.Module, tuple]:
    return Inverted(), (torch.randn(2, 2, 6, 6),)


class Experts(nn.Module):
    def __init__(self, width=3, count=4, k=2):
        super().__init__()
        self.k, self.gate = k, nn.Linear(width, count)
        self.experts = nn.ModuleList([nn.Linear(width, width) for _ in range(count)])

    def forward(self, x):
        scores, chosen = torch.topk(self.gate(x), self.k, dim=-1)
        weights = torch.zeros(x.shape[0], len(self.experts), dtype=x.dtype).scatter(1, chosen, scores.softmax(-1))
        outputs = torch.stack([torch.tanh(expert(x)) for expert in self.experts], dim=1)
        return (weights.unsqueeze(-1) * outputs).sum(1), outputs.gather(1, chosen[..., None].expand(-1, -1, x.shape[1]))


def experts() -> tuple[nn.Module, tuple]:
    return Experts(), (torch.randn(5, 3),)


class GraphConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 4), nn.Linear(4, 2)

    def spread(self, x, edges):
        sources, targets = edges
        degree = torch.zeros(x.shape[0], dtype=x.dtype).index_add(0, targets, torch.ones(len(targets), dtype=x.dtype))
        messages = x[sources] / degree.clamp(min=1)[targets, None]
        return torch.zeros_like(x).scatter_add(0, targets[:, None].expand_as(messages), messages)

    def forward(self, x, edges):
        x = F.relu(self.spread(self.first(x), edges))
        return F.softmax(self.spread(self.second(x), edges), dim=-1).masked_fill(x[:, :2] > 1, -1.0)


def graph_convolution() -> tuple[nn.Module, tuple]:
    edges = torch.tensor([[0, 1, 2, 3, 1, 0], [1, 2, 3, 0, 3, 1]])
    return GraphConvolution(), (torch.randn(4, 3), edges)


class InPlace(nn.Module):
    """What PyTorch's users write into tensors, and read of views."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, x):
        y = x * self.scale
        y[:, 0] += y[:, 1]
        y[x[:, 2] > 0] *= 0.5
        y.view(-1)[1::2].mul_(math.pi)
        row = y[1]
        row.copy_(row.flip(0).detach() + row)
        with torch.no_grad():
            size = y.norm()
        return y / size, torch.where(y > 0, y, y.exp()).var(dim=1)


def in_place() -> tuple[nn.Module, tuple]:
    return InPlace(), (torch.randn(4, 3),)


MODELS: list[Callable[[], tuple[nn.Module, tuple]]] = [
    mlp, lenet, resnet18, unet, vae, discriminator, lstm, gru, bi_lstm, transformer, gpt, mobilenet, experts, graph_convolution,
    in_place,
]  # fmt: skip
