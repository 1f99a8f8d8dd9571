"""Neural networks on the engine: modules, layers, losses, initialisers and data, with PyTorch's names."""

from __future__ import annotations

from autograd.sites import library
from nn import functional, init
from nn.activations import ELU, GELU, Identity, LeakyReLU, LogSoftmax, ReLU, Sigmoid, SiLU, Softmax, Softplus, Tanh
from nn.data import DataLoader, load_digits_split
from nn.linear import Linear
from nn.losses import CrossEntropyLoss, MSELoss
from nn.module import Module
from nn.parameter import Parameter
from nn.sequential import Sequential

library(__file__)
