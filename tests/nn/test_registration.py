"""What a module registers, and finds again by its path; buffers outside the state; states that do not fit whole."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor


class Masked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mask", np.tril(np.ones((2, 2))), persistent=False)
        self.register_buffer("scale", Tensor([2.0]))
        self.register_parameter("weight", nn.Parameter(Tensor([1.0, 2.0]) * 3.0))
        self.register_parameter("bias", None)


def test_what_is_not_persistent_is_a_buffer_and_not_in_the_state() -> None:
    m = Masked()
    assert [name for name, _ in m.named_buffers()] == ["mask", "scale"]
    assert list(m.state_dict()) == ["weight", "scale"]
    for twin in (copy.deepcopy(m), pickle.loads(pickle.dumps(m))):
        assert list(twin.state_dict()) == ["weight", "scale"]
    m.mask = np.zeros((2, 2))
    assert list(m.state_dict()) == ["weight", "scale"]
    m.register_buffer("mask", np.ones((2, 2)))
    assert list(m.state_dict()) == ["weight", "mask", "scale"]


def test_a_tensor_stays_a_tensor_as_a_buffer() -> None:
    m = Masked()
    assert isinstance(m.scale, Tensor)
    m.load_state_dict({"weight": [5.0, 6.0], "scale": [7.0]})
    assert m.scale.tolist() == [7.0]
    assert not (m.scale * 2.0).requires_grad
    assert m.to("float32").scale.dtype == np.float32
    m.register_buffer("cut", nn.Parameter(np.ones(1)) * 2.0)
    assert not m.cut.requires_grad


def test_parameters_of_tensors_and_none() -> None:
    m = Masked()
    assert m.weight.tolist() == [3.0, 6.0]
    assert m.weight.requires_grad and m.weight.is_leaf
    assert m.bias is None
    m.bias = nn.Parameter(np.zeros(2))
    assert [name for name, _ in m.named_parameters()] == ["weight", "bias"]
    m.register_parameter("bias", None)
    assert [name for name, _ in m.named_parameters()] == ["weight"]
    with pytest.raises(TypeError, match="'bias' is Tensor: give a Parameter, or None"):
        m.register_parameter("bias", Tensor([1.0]))
    with pytest.raises(ValueError, match="a name is a text without dots"):
        m.register_parameter("a.b", None)
    with pytest.raises(TypeError, match="'part' is int: give a Module, or None"):
        m.add_module("part", 3)


def test_members_by_their_paths() -> None:
    m = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3)))
    assert m.get_submodule("1.0") is m[1][0]
    assert m.get_submodule("") is m
    assert m.get_parameter("0.bias") is m[0].bias
    assert m.get_buffer("1.0.running_mean") is m[1][0].running_mean
    with pytest.raises(AttributeError, match=r"no module '1\.4\.5': there is none at '1\.4'; Sequential has 0"):
        m.get_submodule("1.4.5")
    with pytest.raises(AttributeError, match=r"no parameter 'scale'; it has \['weight', 'bias'\]"):
        m.get_parameter("0.scale")
    with pytest.raises(AttributeError, match="no buffer 'weight'"):
        m.get_buffer("0.weight")


def test_members_of_one_module_and_under_a_prefix() -> None:
    m = nn.Sequential(nn.Linear(2, 2))
    m.scale = nn.Parameter(np.ones(1))
    assert [p.shape for p in m.parameters(recurse=False)] == [(1,)]
    assert [n for n, _ in m.named_parameters(prefix="net")] == ["net.scale", "net.0.weight", "net.0.bias"]
    assert [n for n, _ in nn.Sequential(nn.BatchNorm1d(2)).named_buffers(recurse=False)] == []
    assert len(list(nn.BatchNorm1d(2).buffers())) == 3
    assert list(m.state_dict(prefix="net.")) == ["net.scale", "net.0.weight", "net.0.bias"]


def test_what_is_there_twice_by_both_names() -> None:
    m = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    m[1].weight = m[0].weight
    assert [n for n, _ in m.named_parameters(remove_duplicate=False)] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    shared = nn.ReLU()
    twice = nn.Sequential(shared, shared)
    assert [n for n, _ in twice.named_modules(remove_duplicate=False)] == ["", "0", "1"]


def test_a_state_that_does_not_fit_whole_says_what_is_missing() -> None:
    m = nn.Sequential(nn.Linear(2, 1), nn.Linear(1, 2))
    keys = m.load_state_dict({"0.weight": [[5.0, 6.0]], "extra": [1.0]}, strict=False)
    assert keys.missing_keys == ["0.bias", "1.weight", "1.bias"]
    assert keys.unexpected_keys == ["extra"]
    assert m[0].weight.tolist() == [[5.0, 6.0]]
    missing, unexpected = m.load_state_dict(m.state_dict())
    assert (missing, unexpected) == ([], [])
    with pytest.raises(ValueError, match=r"missing '0\.bias'; .*unexpected 'extra'"):
        m.load_state_dict({"0.weight": [[5.0, 6.0]], "extra": [1.0]})


def test_a_tied_checkpoint_that_has_one_of_its_names() -> None:
    m = nn.Sequential(nn.Embedding(3, 2), nn.Linear(2, 3, bias=False))
    m[1].weight = m[0].weight
    keys = m.load_state_dict({"1.weight": np.ones((3, 2))})
    assert keys == ([], [])
    assert (m[0].weight.data == 1.0).all()


def test_a_checkpoint_from_safetensors(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    m = nn.Sequential(nn.TransformerEncoderLayer(4, 2, 6, rng=0), nn.BatchNorm1d(4), nn.LSTM(4, 3, rng=1))
    # The names that PyTorch gives them.
    state = {name: np.array(array + 1) for name, array in m.state_dict().items()}
    safetensors.save_file(state, tmp_path / "model.safetensors")
    other = nn.Sequential(nn.TransformerEncoderLayer(4, 2, 6), nn.BatchNorm1d(4), nn.LSTM(4, 3))
    assert other.load_state_dict(safetensors.load_file(tmp_path / "model.safetensors")) == ([], [])
    assert {"0.self_attn.in_proj_weight", "0.norm2.bias", "1.num_batches_tracked", "2.weight_ih_l0"} <= set(state)
    for name, array in other.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


def test_devices_and_dtypes() -> None:
    m = nn.Linear(2, 1)
    weight = m.weight.data
    m.weight.grad = np.ones((1, 2))
    assert m.to("cpu").to(device="cpu").cpu().float().weight.data is weight
    assert m.weight.grad is not None, "nothing was to be done"
    assert m.half().weight.dtype == np.float16
    assert m.to("cpu", dtype="float64").weight.dtype == np.float64
    assert m.to(Tensor(np.ones(1, np.float32))).weight.dtype == np.float32
    for wrong, message in (
        (("cuda:0",), "there is no device 'cuda:0'"),
        (("quadruple",), "quadruple is no dtype and no device"),
        (("int32",), "parameters are floats, not int32"),
        ((), "give a dtype"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            m.to(*wrong)
    with pytest.raises(TypeError, match="has no argument 'devise'"):
        m.to(devise="cpu")


def test_gradients_become_zeros_where_asked() -> None:
    m = nn.Linear(2, 1, rng=0)
    m(np.ones((1, 2), np.float32)).sum().backward()
    m.zero_grad(set_to_none=False)
    assert m.weight.grad.tolist() == [[0.0, 0.0]]
    m.zero_grad()
    assert m.weight.grad is None


def test_names_are_texts_without_dots_and_free() -> None:
    module = nn.Module()
    module.taken = 5
    for kind, register in (
        ("buffer", module.register_buffer),
        ("parameter", module.register_parameter),
        ("module", module.add_module),
    ):
        for name in (1, None):
            with pytest.raises(TypeError, match=f"{kind} name should be a string. Got {type(name).__name__}"):
                register(name, None)
        for name in ("", "a.b", "taken"):
            # As PyTorch's users catch it, and as a wrong value.
            for error in (KeyError, ValueError):
                with pytest.raises(error, match=r"^Module: (a name is a text|'taken' is an attribute already)"):
                    register(name, None)


def test_modules_that_go_by_numbers_are_not_among_the_words_behind_a_dot() -> None:
    names = dir(nn.Sequential(nn.ReLU()))
    assert "forward" in names and "0" not in names
