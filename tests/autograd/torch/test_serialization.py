"""`torch.save` and `torch.load`: what comes back, and what is refused."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd.torch as torch
from autograd.errors import FileError, OperandError


def through_a_file(obj: Any) -> Any:
    file = io.BytesIO()
    torch.save(obj, file)
    file.seek(0)
    return torch.load(file, map_location="cpu", weights_only=True)


def test_structures_come_back_as_they_were() -> None:
    weight = torch.nn.Parameter(torch.tensor([[1.0, 2.0]], dtype=torch.float64))
    given = {
        "epoch": 3, 7: None, (0, "a"): [True, 1.5, float("inf"), "ä"], "pair": (1, {2}), "weight": weight, "tied": weight,
        "whole": torch.tensor([1, 2]), "view": torch.arange(6).view(2, 3).t(), "array": np.ones(2), "number": np.float32(0.5),
        "size": torch.Size([2, 3]), "dtype": torch.float16, "device": torch.device("cpu"), "empty": torch.empty(0, 3),
        "leaf": torch.tensor([1.0], requires_grad=True), "result": weight * 2,
    }  # fmt: skip
    found = through_a_file(given)
    assert found.keys() == given.keys() and found["tied"] is found["weight"]
    for key in ("epoch", 7, (0, "a"), "pair", "number", "size", "dtype", "device"):
        assert found[key] == given[key] and type(found[key]) is type(given[key])
    assert type(found["weight"]) is torch.nn.Parameter and type(found["whole"]) is torch.Tensor
    for key in ("weight", "whole", "view", "empty", "leaf"):
        assert found[key].tolist() == given[key].tolist() and found[key].dtype == given[key].dtype
        assert found[key].requires_grad is given[key].requires_grad and found[key].shape == given[key].shape
    assert not found["result"].requires_grad and found["array"].tolist() == [1.0, 1.0]
    found["view"].zero_()
    assert isinstance(through_a_file(torch.nn.Linear(1, 1).state_dict()), OrderedDict)


def test_a_run_goes_on_from_its_file(tmp_path: Path) -> None:
    def run(steps: int, state: Any = None) -> Any:
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
        optimizer = torch.optim.Adam(model.parameters(), 0.1)
        if state is not None:
            model.load_state_dict(state["model_state_dict"])
            optimizer.load_state_dict(state["optimizer_state_dict"])
        for _ in range(steps):
            optimizer.zero_grad()
            (model(torch.tensor([[1.0, 2.0], [0.5, -1.0]])) ** 3).sum().backward()
            optimizer.step()
        return {"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()}

    torch.save(run(3), tmp_path / "run.pt")
    whole, resumed = run(5), run(2, torch.load(tmp_path / "run.pt"))
    for name, tensor in whole["model_state_dict"].items():
        assert tensor.tolist() == resumed["model_state_dict"][name].tolist()


def test_what_only_a_pickle_keeps_is_refused_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save(torch.ones(2), path)
    for wrong in (torch.nn.Linear(1, 1), {"f": [lambda: 0]}, {object(): 1}, np.array([None])):
        with pytest.raises(OperandError, match=r"torch\.save"):
            torch.save(wrong, path)
    assert torch.load(path).tolist() == [1.0, 1.0]
    with pytest.raises(FileError, match="cannot write"):
        torch.save(torch.ones(2), tmp_path / "no" / "model.pt")


def archive(**members: Any) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/").replace("_", "."), text)
    content.seek(0)
    return content


def test_files_of_others_and_broken_ones_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"torch\.load: cannot read"):
        torch.load(tmp_path / "none.pt")
    for pickled in (archive(model__data_pkl="x"), io.BytesIO(pickle.dumps({"a": 1}, 2))):
        with pytest.raises(FileError, match=r"pickle of PyTorch's.*safetensors"):
            torch.load(pickled)
    for foreign in (io.BytesIO(b"nothing"), io.BytesIO(), archive(other_txt="x")):
        with pytest.raises(FileError, match=r"no file that torch\.save wrote"):
            torch.load(foreign)
    form = "stepgrad tensors, 1"
    for tree in ({"is": "tensor", "at": 5}, {"is": "lambda", "items": []}, {"is": "dtype", "name": "object?"}, {}):
        with pytest.raises(FileError, match="is broken"):
            torch.load(archive(tree_json=json.dumps({"format": form, "tree": tree})))
    with pytest.raises(FileError, match="has the format"):
        torch.load(archive(tree_json=json.dumps({"format": "2", "tree": 1})))
    held = io.BytesIO()
    np.save(held, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(FileError, match="is broken"):
        torch.load(
            archive(
                tree_json=json.dumps({"format": form, "tree": {"is": "array", "at": 0}}), **{"0_npy": held.getvalue()}
            )
        )
    with pytest.raises(TypeError, match="cuda"):
        torch.load(io.BytesIO(), map_location="cuda")
