"""Weights of Keras's files in our layers: from .npz everywhere, and from HDF5 where h5py is there."""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import MissingDependencyError, OperandError
from nn.data import DataError

RNG = np.random.default_rng(0)
K1, B1 = RNG.normal(size=(3, 4)), RNG.normal(size=4)
K2, B2 = RNG.normal(size=(4, 2)), RNG.normal(size=2)
DENSE = {"dense": [K1, B1], "dense_1": [K2, B2]}
X = RNG.normal(size=(5, 3))
Write = Callable[[Path, dict[str, list[np.ndarray]]], Path]


def dense() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4, dtype=np.float64), nn.Tanh(), nn.Linear(4, 2, dtype=np.float64))


def write_npz(folder: Path, layers: dict[str, list[np.ndarray]]) -> Path:
    path = folder / "weights.npz"
    np.savez(path, *[array for arrays in layers.values() for array in arrays])
    return path


def write_keras_2(folder: Path, layers: dict[str, list[np.ndarray]], root: str = "") -> Path:
    h5py = pytest.importorskip("h5py")
    path = folder / "weights.h5"
    with h5py.File(path, "w") as file:
        top = file.create_group(root) if root else file
        # Named so that their order is not that of the alphabet.
        names = [f"{'zyxwvu'[k]}_{name}" for k, name in enumerate(layers)]
        top.attrs["layer_names"] = [name.encode() for name in ["input", *names]]
        top.create_group("input").attrs["weight_names"] = []
        for name, arrays in zip(names, layers.values(), strict=True):
            group = top.create_group(name)
            inner = [f"{name}/{k}:0" for k in range(len(arrays))]
            group.attrs["weight_names"] = [n.encode() for n in inner]
            for n, array in zip(inner, arrays, strict=True):
                group[n] = array
    return path


def write_keras_2_model(folder: Path, layers: dict[str, list[np.ndarray]]) -> Path:
    return write_keras_2(folder, layers, "model_weights")


def write_keras_3(folder: Path, layers: dict[str, list[np.ndarray]]) -> Path:
    h5py = pytest.importorskip("h5py")
    path = folder / "model.weights.h5"
    with h5py.File(path, "w") as file:
        for name, arrays in layers.items():
            inner = "cell/vars" if name.startswith("lstm") else "vars"
            for k, array in enumerate(arrays):
                file[f"layers/{name}/{inner}/{k}"] = array
        file["layers/dropout/seed_generator/vars/0"] = np.zeros(2)
        file["optimizer/vars/0"] = np.array(3)
    return path


def write_keras_archive(folder: Path, layers: dict[str, list[np.ndarray]]) -> Path:
    weights, path = write_keras_3(folder, layers), folder / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.write(weights, "model.weights.h5")
    return path


each_format = pytest.mark.parametrize(
    "write", [write_npz, write_keras_2, write_keras_2_model, write_keras_3, write_keras_archive]
)


@each_format
def test_dense_layers_give_what_is_computed_by_hand(write: Write, tmp_path: Path) -> None:
    model = dense()
    nn.load_keras_weights(model, write(tmp_path, DENSE))
    np.testing.assert_allclose(model(X).data, np.tanh(X @ K1 + B1) @ K2 + B2, rtol=1e-12)


@pytest.mark.parametrize("write", [write_npz, write_keras_3, write_keras_archive])
def test_layers_of_one_class_are_counted_and_not_sorted_by_letters(write: Write, tmp_path: Path) -> None:
    layers = {f"dense_{k}" if k else "dense": [np.full((1, 1), 2.0 + k), np.array([k])] for k in range(12)}
    model = nn.Sequential(*(nn.Linear(1, 1, dtype=np.float64) for _ in range(12)))
    nn.load_keras_weights(model, write(tmp_path, layers))
    assert [layer.weight.item() for layer in model] == [2.0 + k for k in range(12)]


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """As Keras: images (n, height, width, channels), no padding."""
    height, width = kernel.shape[:2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))
    return np.einsum("nijchw,hwco->nijo", windows, kernel) + bias


@each_format
def test_a_convolutional_network_flattens_with_the_channels_last(write: Write, tmp_path: Path) -> None:
    kernel, bias = RNG.normal(size=(3, 2, 1, 4)), RNG.normal(size=4)
    gamma, beta, mean, variance = RNG.random(4) + 0.5, RNG.normal(size=4), RNG.normal(size=4), RNG.random(4) + 0.5
    last, shift = RNG.normal(size=(4 * 3 * 4, 2)), RNG.normal(size=2)
    images = RNG.normal(size=(2, 6, 4, 1))
    layers = {"conv2d": [kernel, bias], "batch_normalization": [gamma, beta, mean, variance], "dense": [last, shift]}
    model = nn.Sequential(
        nn.Conv2d(1, 4, (3, 2), dtype=np.float64),
        nn.BatchNorm2d(4, eps=1e-3, dtype=np.float64),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(48, 2, dtype=np.float64),
    ).eval()
    nn.load_keras_weights(model, write(tmp_path, layers))
    inner = gamma * (convolve(images, kernel, bias) - mean) / np.sqrt(variance + 1e-3) + beta
    expected = np.maximum(inner, 0.0).reshape(2, -1) @ last + shift
    np.testing.assert_allclose(model(images.transpose(0, 3, 1, 2)).data, expected, rtol=1e-10)


@each_format
def test_sequences_embeddings_and_layer_normalisation(write: Write, tmp_path: Path) -> None:
    table, kernel, recurrent, bias = (RNG.normal(size=s) for s in ((7, 3), (3, 8), (2, 8), (8,)))
    gamma, beta = RNG.normal(size=2), RNG.normal(size=2)
    layers = {"embedding": [table], "lstm": [kernel, recurrent, bias], "layer_normalization": [gamma, beta]}

    class Reads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(7, 3, dtype=np.float64)
            self.lstm = nn.LSTM(3, 2, batch_first=True, dtype=np.float64)
            self.norm = nn.LayerNorm(2, eps=1e-3, dtype=np.float64)

        def forward(self, words: Any) -> Any:
            return self.norm(self.lstm(self.words(words))[0][:, -1])

    model, words = Reads(), np.array([[0, 3, 6, 1]])
    nn.load_keras_weights(model, write(tmp_path, layers))
    sigmoid = lambda z: 1.0 / (1.0 + np.exp(-z))
    h = c = np.zeros(2)
    for word in words[0]:
        i, f, g, o = np.split(table[word] @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    expected = gamma * (h - h.mean()) / np.sqrt(h.var() + 1e-3) + beta
    np.testing.assert_allclose(model(words).data[0], expected, rtol=1e-10)


@each_format
def test_what_does_not_fit_is_told_and_changes_nothing(write: Write, tmp_path: Path) -> None:
    path = write(tmp_path, DENSE)
    for model, message in (
        (nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 2)), r"fits \(4, 3\), and 0.weight has shape \(5, 3\)"),
        (nn.Sequential(nn.Linear(3, 4)), "has more than the model needs: "),
        (
            nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 2)),
            "2, which needs 2|no dense for 2; it has none",
        ),
    ):
        before = model.state_dict()
        with pytest.raises(DataError, match=message):
            nn.load_keras_weights(model, path)
        for name, array in model.state_dict().items():
            np.testing.assert_array_equal(array, before[name])


def test_files_that_are_none(tmp_path: Path) -> None:
    empty, text, objects, broken = (tmp_path / name for name in ("empty.npz", "a.h5", "objects.npz", "broken.npz"))
    empty.write_bytes(b"")
    text.write_text("weights")
    np.savez(objects, np.array([{"a": 1}], dtype=object))
    broken.write_bytes(write_npz(tmp_path, DENSE).read_bytes()[:200])
    for path, message in (
        (tmp_path / "nowhere.npz", "nowhere.npz cannot be read: No such file"),
        (empty, "neither HDF5 nor a Keras archive nor .npz"),
        (text, "neither HDF5 nor a Keras archive nor .npz"),
        (objects, "is broken, or has more than arrays"),
        (broken, "is broken, or has more than arrays"),
    ):
        with pytest.raises(DataError, match=message):
            nn.load_keras_weights(dense(), path)


def test_models_without_a_counterpart(tmp_path: Path) -> None:
    path = write_npz(tmp_path, DENSE)
    with pytest.raises(OperandError, match="1 is a PReLU, which has no counterpart"):
        nn.load_keras_weights(nn.Sequential(nn.Linear(3, 4), nn.PReLU()), path)
    with pytest.raises(OperandError, match="an LSTM has one layer"):
        nn.load_keras_weights(nn.LSTM(3, 2, num_layers=2), path)


def test_hdf5_without_h5py_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    path = tmp_path / "model.weights.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(MissingDependencyError, match=r"needs h5py: pip install .*keras.*; or save np.savez"):
        nn.load_keras_weights(dense(), path)


def test_hdf5_of_something_else(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file["data"] = np.zeros(3)
    path = tmp_path / "data.h5"
    for content in (memory.getvalue(), memory.getvalue()[:100]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"data.h5 (is HDF5, and not as Keras writes weights|cannot be read)"):
            nn.load_keras_weights(dense(), path)


def test_what_normalises_flattened_convolutions_is_reordered_too(tmp_path: Path) -> None:
    kernel, bias = RNG.normal(size=(2, 1, 3)), RNG.normal(size=3)
    gamma, beta, mean = (RNG.normal(size=12) for _ in range(3))
    var, last = RNG.uniform(1.0, 2.0, 12), RNG.normal(size=(12, 1))
    path = write_npz(tmp_path, {"": [kernel, bias, gamma, beta, mean, var, last, np.zeros(1)]})
    model = nn.Sequential(
        nn.Conv1d(1, 3, 2, dtype=np.float64),
        nn.Flatten(),
        nn.BatchNorm1d(12, dtype=np.float64),
        nn.Linear(12, 1, dtype=np.float64),
    ).eval()
    nn.load_keras_weights(model, path)
    x = RNG.normal(size=5)
    flat = (np.lib.stride_tricks.sliding_window_view(x, 2) @ kernel[:, 0] + bias).ravel()
    expected = ((flat - mean) / np.sqrt(var + 1e-5) * gamma + beta) @ last
    np.testing.assert_allclose(model(x.reshape(1, 1, 5)).data[0], expected, rtol=1e-12)


def test_nothing_is_reordered_behind_a_recurrent_layer(tmp_path: Path) -> None:
    arrays = [RNG.normal(size=s) for s in ((2, 1, 2), (2,), (2, 16), (4, 16), (16,), (4, 1), (1,))]
    model = nn.ModuleList([nn.Conv1d(1, 2, 2), nn.LSTM(2, 4), nn.Linear(4, 1)])
    nn.load_keras_weights(model, write_npz(tmp_path, {"": arrays}))
    np.testing.assert_array_equal(model[2].weight.data, arrays[5].T.astype(np.float32))


class Harmful:
    def __reduce__(self) -> Any:
        return pytest.fail, ("unpickled",)


def member(name: str, content: bytes) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(name, content)
    return memory.getvalue()


def header(text: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def compressed() -> bytes:
    memory = io.BytesIO()
    np.savez_compressed(memory, K1, B1)
    content = bytearray(memory.getvalue())
    content[60:80] = bytes(20)
    return bytes(content)


HOSTILE = {
    "a pickle beside the arrays": member("a", pickle.dumps(Harmful())),
    "a pickle by the name of an array": member("a.npy", pickle.dumps(Harmful())),
    "a text": member("readme", b"hello"),
    "an array without end": member(
        "a.npy", header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000, 10000000), }\n")
    ),
    "a header without end": member("a.npy", header(b"{'shape': " + b"(" * 500 + b"\n")),
    "damaged compression": compressed(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_and_never_unpickled(name: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(HOSTILE[name])
    model = dense()
    before = model.state_dict()
    with pytest.raises(DataError, match=r"weights\.npz is broken, or has more than arrays"):
        nn.load_keras_weights(model, path)
    assert all((array == before[key]).all() for key, array in model.state_dict().items())


def test_arrays_of_something_else_than_numbers(tmp_path: Path) -> None:
    for strange in (K1 * 1j, K1.astype(str), K1.astype("M8[D]")):
        path = write_npz(tmp_path, {"": [strange, B1, K2, B2]})
        with pytest.raises(DataError, match="arr_0 holds no numbers but"):
            nn.load_keras_weights(dense(), path)


def test_damaged_hdf5_is_refused(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    content = write_keras_3(tmp_path, DENSE).read_bytes()
    path, rng = tmp_path / "damaged.h5", np.random.default_rng(3)
    for _ in range(60):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 4):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        # What is damaged may be the numbers themselves.
        with contextlib.suppress(DataError):
            nn.load_keras_weights(dense(), path)
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file["model_weights"] = np.zeros(3)
    path.write_bytes(memory.getvalue())
    with pytest.raises(DataError, match="not as Keras writes weights: model_weights is no group"):
        nn.load_keras_weights(dense(), path)
