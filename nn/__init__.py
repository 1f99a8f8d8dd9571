"""Neural networks on the engine: modules, layers, losses, initialisers, data and training, with PyTorch's names."""

from __future__ import annotations

from autograd.graph.sites import library as _library
from nn import data, functional, health, init, scalar
from nn.checklist import checklist
from nn.data import DataLoader, load_digits_split
from nn.ensemble import Ensemble
from nn.keras import load_keras_weights
from nn.layers.activations import (
    CELU,
    ELU,
    GELU,
    GLU,
    SELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
    Tanhshrink,
)
from nn.layers.adaptive_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d
from nn.layers.attention import MultiheadAttention
from nn.layers.batchnorm import BatchNorm1d, BatchNorm2d
from nn.layers.containers import ModuleDict, ModuleList
from nn.layers.convolution import Conv1d, Conv2d
from nn.layers.dropout import Dropout
from nn.layers.embedding import Embedding
from nn.layers.flatten import Flatten
from nn.layers.layernorm import LayerNorm
from nn.layers.linear import Linear
from nn.layers.parameters import ParameterDict, ParameterList
from nn.layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from nn.layers.recurrent import GRU, LSTM, RNN
from nn.layers.sequential import Sequential
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CosineEmbeddingLoss,
    CrossEntropyLoss,
    HalfMSELoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    LogCoshLoss,
    MSELoss,
    MultiMarginLoss,
    NLLLoss,
    SmoothL1Loss,
)
from nn.module import Module
from nn.parameter import Parameter
from nn.penalties import l1_penalty, l2_penalty
from nn.perceptron import perceptron
from nn.rosenblatt import Perceptron
from nn.training import (
    Callback,
    Checkpoint,
    CheckpointError,
    CSVLog,
    EarlyStopping,
    History,
    JSONLog,
    Run,
    TensorBoard,
    Trainer,
    evaluate,
    fit,
    metrics,
)
from nn.tuning import (
    Choice,
    Integers,
    LogUniform,
    SearchError,
    SearchWarning,
    Uniform,
    bag,
    boost,
    cross_validate,
    search,
)

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "GRU",
    "LSTM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "CSVLog",
    "Callback",
    "Checkpoint",
    "CheckpointError",
    "Choice",
    "Conv1d",
    "Conv2d",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "DataLoader",
    "Dropout",
    "EarlyStopping",
    "Embedding",
    "Ensemble",
    "Flatten",
    "HalfMSELoss",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeLoss",
    "History",
    "HuberLoss",
    "Identity",
    "Integers",
    "JSONLog",
    "KLDivLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogCoshLoss",
    "LogSigmoid",
    "LogSoftmax",
    "LogUniform",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiMarginLoss",
    "MultiheadAttention",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "Perceptron",
    "ReLU",
    "ReLU6",
    "Run",
    "SearchError",
    "SearchWarning",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "TensorBoard",
    "Trainer",
    "Uniform",
    "bag",
    "boost",
    "checklist",
    "cross_validate",
    "data",
    "evaluate",
    "fit",
    "functional",
    "health",
    "init",
    "l1_penalty",
    "l2_penalty",
    "load_digits_split",
    "load_keras_weights",
    "metrics",
    "perceptron",
    "scalar",
    "search",
]

_library(__file__)


def __dir__() -> list[str]:
    return list(__all__)
