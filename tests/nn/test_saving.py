"""Models that load without the code that made them: every layer, to the bit; and files that are none."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd.errors import FileError, OperandError
from nn.architecture import ArchitectureError, layers
from nn.training import CheckpointError
from nn.training.checkpoint import checksum

ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "Linear": (4, 3), "Bilinear": (2, 3, 4), "Conv": (2, 4, 3), "BatchNorm": (3,), "InstanceNorm": (3,), "GroupNorm": (2, 4),
    "LayerNorm": (4,), "RMSNorm": (4,), "Embedding": (5, 3), "Unflatten": (1, (2, 2)), "LPPool": (2, 2), "LocalResponse": (3,),
    "RNN": (3, 4), "LSTM": (3, 4), "GRU": (3, 4), "MultiheadAttention": (4, 2), "Threshold": (1.0, 2.0), "ChannelShuffle": (2,),
    "PixelShuffle": (2,), "PixelUnshuffle": (2,), "Fold": ((4, 4), 2), "Unfold": (2,), "Upsampl": (None, 2),
    "ConstantPad": (2, 1.5), "CircularPad": (2,), "ReflectionPad": (2,), "ReplicationPad": (2,), "ZeroPad": (2,),
    "MaxPool": (2,), "AvgPool": (2,), "AdaptiveAvgPool": (2,), "AdaptiveMaxPool": (2,), "MaxUnpool": (2,),
}  # fmt: skip
# Made of parts that are given to them, or that do not tell what they were made with.
REFUSED = [name for name in nn.__all__ if name.startswith("Transformer")]


def made(name: str) -> nn.Module:
    return layers()[name](*next((a for start, a in ARGUMENTS.items() if name.startswith(start)), ()))


def again(model: nn.Module) -> nn.Module:
    return nn.build_model(json.loads(json.dumps(nn.describe_model(model))))


@pytest.mark.parametrize("name", sorted(set(layers()) & set(nn.__all__) - set(REFUSED) - {"Sequential"}))
def test_every_layer_is_made_again(name: str) -> None:
    model = nn.Sequential(made(name))
    other = again(model)
    assert repr(other) == repr(model)
    assert {n: a.shape for n, a in other.state_dict().items()} == {n: a.shape for n, a in model.state_dict().items()}


@pytest.mark.parametrize("name", REFUSED)
def test_layers_of_given_parts_are_refused(name: str) -> None:
    model = nn.TransformerEncoderLayer(4, 2) if name.endswith("Layer") else nn.Transformer(4, 2, 1, 1, 4)
    with pytest.raises(ArchitectureError, match=r"does not tell|not made again"):
        nn.describe_model(model)


@pytest.mark.parametrize(
    "model",
    [
        nn.Conv2d(2, 4, (3, 2), padding="same"),
        nn.Conv2d(4, 4, 3, padding=(1, 2), groups=2, bias=False, dilation=2, padding_mode="reflect"),
        nn.ConvTranspose2d(2, 4, 3, 2, 1, output_padding=1, bias=False),
        nn.BatchNorm1d(3, affine=False, track_running_stats=False),
        nn.LayerNorm((3, 4), bias=False),
        nn.LayerNorm(3, elementwise_affine=False),
        nn.RMSNorm(3, elementwise_affine=False),
        nn.LSTM(3, 4, 2, dropout=0.3, bidirectional=True, bias=False, batch_first=True),
        nn.RNN(3, 4, nonlinearity="relu"),
        nn.GRUCell(2, 3, bias=False),
        nn.MultiheadAttention(4, 2, bias=False, dropout=0.25),
        nn.Linear(2, 3, bias=False, dtype=np.float64),
        nn.Dropout(0.3),
        nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        nn.Sequential({"in": nn.Linear(2, 3), "out": nn.Sequential(nn.ReLU(inplace=True), nn.Flatten())}),
    ],
    ids=lambda model: type(model).__name__,
)
def test_arguments_that_are_not_the_defaults_are_kept(model: nn.Module) -> None:
    other = again(model)
    assert nn.describe_model(other) == nn.describe_model(model) and repr(other) == repr(model)
    assert {n: (a.shape, a.dtype) for n, a in other.state_dict().items()} == {
        n: (a.shape, a.dtype) for n, a in model.state_dict().items()
    }


class Own(nn.Module):
    """A class that another program does not have."""

    def forward(self, x: Any) -> Any:
        return x


def changed() -> nn.Module:
    model = nn.Linear(2, 3)
    model.weight = nn.Parameter(np.zeros((4, 2), np.float32))
    return model


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.Sequential(Own())), "1.0 is .*Own; only layers of nn"),
        (type("Linear", (nn.Linear,), {})(2, 3), "only layers of nn"),
        (changed(), "not made again"),
        (nn.utils.weight_norm(nn.Linear(2, 3)), "not made again"),
        (nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 4).double()), "float32 and float64"),
    ],
)
def test_what_plain_data_cannot_tell_is_refused(model: nn.Module, told: str) -> None:
    with pytest.raises(ArchitectureError, match=told):
        nn.describe_model(model)
    with pytest.raises(OperandError, match="expected a Module"):
        nn.describe_model(3)  # type: ignore[arg-type]


def described(**other: Any) -> dict[str, Any]:
    whole = nn.describe_model(nn.Sequential(nn.Linear(2, 3)))
    return {**whole, **other}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (3, "no architecture"),
        ({}, "no architecture"),
        (described(format="stepgrad architecture, 2"), "architecture, 2"),
        (described(dtype="int64"), "broken"),
        (described(dtype="no"), "broken"),
        (described(model=3), "broken"),
        (described(model={"class": "system", "arguments": {}}), "no layer 'system' in this version"),
        (described(model={"class": "fit", "arguments": {}}), "no layer 'fit'"),
        (
            described(model={"class": "Linear", "arguments": {"in_features": 2, "out_features": 3, "wide": 1}}),
            "no argument 'wide'",
        ),
        (described(model={"class": "Linear", "arguments": {"in_features": "x", "out_features": 3}}), "broken"),
        (described(model={"class": "Linear", "arguments": {"in_features": 10**12, "out_features": 10**12}}), "broken"),
        (described(model={"class": "Sequential", "modules": [1]}), "broken"),
    ],
)
def test_a_description_of_nothing_is_refused(data: Any, told: str) -> None:
    with pytest.raises(ArchitectureError, match=told):
        nn.build_model(data)


# files


def network() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(4, 8, rng=0), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3, rng=1))
    x = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
    nn.fit(model, (x, (x[:, 0] > 0).astype(int)), epochs=2)
    return model


def test_a_model_gives_the_same_bits_in_a_process_without_its_code(tmp_path: Path) -> None:
    model, x = network().eval(), np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    nn.save_model(model, tmp_path / "model.safetensors")
    np.save(tmp_path / "x.npy", x)
    code = "import nn, numpy, sys; m = nn.load_model('model.safetensors'); sys.stdout.write(m(numpy.load('x.npy')).data.tobytes().hex())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert told == model(x).data.tobytes().hex()


def test_other_programs_find_the_weights_under_their_names(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    model = network()
    found = load_file(nn.save_model(model, tmp_path / "model.safetensors"))
    assert found.keys() == model.state_dict().keys()
    assert all(np.array_equal(found[name], array) for name, array in model.state_dict().items())


def test_notes_are_kept_and_are_what_json_has(tmp_path: Path) -> None:
    from nn.saving import read_model

    path = tmp_path / "model.safetensors"
    nn.save_model(nn.Tanh(), path, {"classes": ["ä", "b"]})
    assert read_model(path)[1] == {"classes": ["ä", "b"]}
    with pytest.raises(OperandError, match="notes are what JSON has"):
        nn.save_model(nn.Tanh(), path, {"array": np.zeros(3)})
    assert read_model(path)[1] == {"classes": ["ä", "b"]}


def rewrite(path: Path, **other: Any) -> None:
    """The file with another head, and a checksum that is right."""
    from safetensors.numpy import load, save

    content = path.read_bytes()
    arrays = load(content)
    head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
    model = json.dumps(
        {**json.loads(head["model"]), **{k: v for k, v in other.items() if k not in ("format", "arrays")}}
    )
    arrays = other.get("arrays", arrays)
    head |= {"model": model, "crc32": checksum(model, arrays), "format": other.get("format", head["format"])}
    path.write_bytes(save(arrays, head))


LATER = described(model={"class": "Later", "arguments": {}})


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"format": "stepgrad model, 2"}, "another version of stepgrad"),
        ({"format": "stepgrad training run, 1"}, "no model of nn.save_model"),
        (
            {"version": "9.0", "architecture": LATER},
            r"written by stepgrad 9\.0, cannot be made",
        ),
        ({"architecture": described(format="stepgrad architecture, 2")}, "cannot be made"),
        ({"notes": 3}, "is broken"),
        ({"arrays": {"weight": np.zeros((3, 3), np.float32)}}, "do not fit its architecture"),
    ],
)
def test_files_of_other_versions_are_told(other: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = nn.save_model(nn.Linear(2, 3, rng=0), tmp_path / "model.safetensors")
    rewrite(path, **other)
    with pytest.raises(CheckpointError, match=told):
        nn.load_model(path)


def test_broken_files_are_told(tmp_path: Path) -> None:
    path = nn.save_model(nn.Linear(2, 3, rng=0), tmp_path / "model.safetensors")
    whole = path.read_bytes()
    for content in (whole[:-1], whole[:20], b"", whole[:-4] + b"\0\0\0\1"):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="is broken"):
            nn.load_model(path)
    with pytest.raises(FileError, match="cannot read"):
        nn.load_model(tmp_path / "no.safetensors")


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = nn.save_model(nn.Linear(2, 3, rng=0), tmp_path / "model.safetensors")
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="No space left on device"):
        nn.save_model(nn.Linear(4, 3, rng=0), path)
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == [path.name]
