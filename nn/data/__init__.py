"""Data: mini-batches, parts, scales, and files."""

from __future__ import annotations

from nn.data.arrow import TableColumns, open_table
from nn.data.blocks import BlockLoader
from nn.data.bundled import Split, load, load_digits_split
from nn.data.columns import Feature
from nn.data.errors import DataError
from nn.data.folds import folds
from nn.data.idx import load_idx, load_mnist
from nn.data.loader import DataLoader
from nn.data.mapped import open_safetensors
from nn.data.scaling import Standardize, jitter
from nn.data.split import split
from nn.data.tables import TableData, load_csv

__all__ = [
    "BlockLoader",
    "DataError",
    "DataLoader",
    "Feature",
    "Split",
    "Standardize",
    "TableColumns",
    "TableData",
    "folds",
    "jitter",
    "load",
    "load_csv",
    "load_digits_split",
    "load_idx",
    "load_mnist",
    "open_safetensors",
    "open_table",
    "split",
]
