"""What tensors of the dialect are, how they print, and what is said of a wrong call."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd.torch as torch


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: torch.tensor([1.0, 2.0]), "tensor([1., 2.])"),
        (lambda: torch.tensor([1.5, float("nan")]), "tensor([1.5000,    nan])"),
        (lambda: torch.tensor([[1, -20], [300, 4]]), "tensor([[  1, -20],\n        [300,   4]])"),
        (lambda: torch.tensor(3.0, dtype=torch.float64), "tensor(3., dtype=torch.float64)"),
        (lambda: torch.tensor([1.0], requires_grad=True), "tensor([1.], requires_grad=True)"),
        (lambda: torch.tensor([1.0], requires_grad=True) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
        (lambda: torch.tensor([True, False]), "tensor([True, False])"),
        (lambda: torch.tensor([1e-8, 1.0]), "tensor([1.0000e-08, 1.0000e+00])"),
        (lambda: torch.tensor([0.0, float("nan"), 1.0]), "tensor([0., nan, 1.])"),
        (lambda: torch.tensor([float("-inf"), 1.5]), "tensor([  -inf, 1.5000])"),
        (lambda: torch.empty(0), "tensor([])"),
        (lambda: torch.zeros(2, 0), "tensor([], size=(2, 0))"),
        (lambda: f"{torch.tensor(2.5):.2f} {torch.tensor(3)}", "2.50 3"),
        (lambda: torch.zeros(2, 3).size(), "torch.Size([2, 3])"),
    ],
)
def test_it_prints_as_in_pytorch(made: Callable[[], Any], text: str) -> None:
    found = made()
    assert (found if isinstance(found, str) else repr(found)) == text


def test_sizes_and_kinds() -> None:
    x = torch.zeros(2, 3, 4)
    assert (x.size(), x.size(-1), x.dim(), x.numel(), x.nelement(), x.shape.numel()) == ((2, 3, 4), 4, 3, 24, 24, 24)
    assert x.stride() == (12, 4, 1) and x.is_contiguous() and not x.transpose(0, 1).is_contiguous()
    assert x.is_floating_point() and not x.long().is_floating_point() and x.element_size() == 4
    assert x.dtype is torch.float32 is torch.get_default_dtype() and x.type() == "torch.FloatTensor"
    assert x.device == torch.device("cpu") == torch.device("cpu:0") and x.cpu() is x and x.to("cpu") is x
    assert not torch.cuda.is_available() and torch.is_tensor(x) and isinstance(x, torch.Tensor)
    assert (x + 1).grad_fn is None and (x.requires_grad_() * 2).grad_fn.next_functions[1] == (None, 0)


def test_memory_is_shared_where_pytorch_shares_it() -> None:
    array = np.zeros(3, np.float32)
    t = torch.from_numpy(array)
    t[0] = 1.0
    assert array[0] == 1.0 and t.numpy() is array
    t.view(3, 1)[1] = 2.0
    assert array[1] == 2.0
    torch.tensor(array)[2] = 9.0
    assert array[2] == 0.0
    weight = torch.nn.Parameter(t)
    weight.data.fill_(7.0)
    assert array.tolist() == [7.0, 7.0, 7.0]


def test_a_tensor_and_its_views_show_one_memory() -> None:
    x = torch.arange(12.0).view(3, 4).clone()
    row = x[1]
    whole = row.storage()
    assert len(whole) == whole.size() == 12 and whole.tolist() == [*whole] == list(range(12))
    assert (row.storage_offset(), x[1:, 2:].storage_offset(), x.T.storage_offset()) == (4, 6, 0)
    assert whole.data_ptr() == x.storage().data_ptr() == x.data_ptr() and x.untyped_storage().nbytes() == 48
    assert repr(whole[:2]) == " 0.0\n 1.0\n[torch.storage.Storage(dtype=float32, device=cpu) of size 2]"
    whole[4] = 50.0
    assert row[0] == 50.0
    assert row[1:]._base is x and row._is_view() and x._base is None and not x._is_view()
    assert x._version == 0
    row[1:].zero_()
    assert x._version == row._version > 0
    weight = torch.nn.Linear(2, 3).weight
    assert weight.storage().tolist() == weight.reshape(-1).tolist(), (
        "in the order of PyTorch, however it lies in memory"
    )


def test_an_element_is_a_view() -> None:
    z, v = torch.ones(2, 3), torch.ones(3)
    z[0, 1].zero_()
    z[1][2].fill_(7.0)
    v[torch.tensor(1)].mul_(4)
    last = v[-1]
    last += 5
    assert z.tolist() == [[1.0, 0.0, 1.0], [1.0, 1.0, 7.0]] and v.tolist() == [1.0, 4.0, 6.0]
    for element in v:
        element.add_(1)
    assert v.tolist() == [2.0, 5.0, 7.0]
    # Numbers of NumPy's are whole numbers too.
    v[np.int64(0)].zero_()
    z[np.int32(1), np.int64(-1)].zero_()
    assert v.tolist() == [0.0, 5.0, 7.0] and z.tolist() == [[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    v.unbind(0)[0].zero_()
    assert v.tolist() == [0.0, 5.0, 7.0]
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    y[1].mul_(10)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 20.0, 2.0]


def test_operators_of_bits() -> None:
    i, b = torch.tensor([6, 1]), torch.tensor([True, False])
    assert [(i | 8).tolist(), (8 | i).tolist(), (i & 3).tolist(), (1 << i).tolist()] == [
        [14, 9],
        [14, 9],
        [2, 1],
        [64, 2],
    ]
    assert ((i ^ 255) & 15).tolist() == [9, 14] and (~i).tolist() == [-7, -2] and (16 >> i).tolist() == [0, 8]
    assert (b | True).tolist() == [True, True] and (False | b).dtype is torch.bool and (~b).tolist() == [False, True]


def test_how_tensors_are_printed_can_be_set() -> None:
    x = torch.tensor([0.12345, 2.0])
    try:
        torch.set_printoptions(precision=2)
        assert repr(x) == "tensor([0.12, 2.00])"
        torch.set_printoptions(sci_mode=True)
        assert repr(x) == "tensor([1.23e-01, 2.00e+00])"
        torch.set_printoptions(threshold=5, edgeitems=1)
        assert repr(torch.arange(9)) == "tensor([0,  ..., 8])"
        torch.set_printoptions(profile="full")
        assert "..." not in repr(torch.zeros(2000))
        with pytest.raises(TypeError, match="profile is one of default, short, full"):
            torch.set_printoptions(profile="long")
    finally:
        torch.set_printoptions(profile="default")
    small = torch.ones(2000)
    small[1000] = 1e-7
    small[0] = 1.5
    assert repr(small) == "tensor([1.5000, 1.0000, 1.0000,  ..., 1.0000, 1.0000, 1.0000])", "by what is shown alone"


def test_what_programs_set_up_changes_nothing() -> None:
    def double(x: Any) -> Any:
        return x * 2

    assert torch.compile(double) is double and torch.compile(mode="max-autotune")(double) is double
    torch.set_float32_matmul_precision("high")
    torch.set_num_threads(2)
    torch.use_deterministic_algorithms(True)
    assert torch.get_float32_matmul_precision() == "highest" and torch.get_num_threads() >= 1
    assert torch.are_deterministic_algorithms_enabled()


def test_backends_are_not_there_and_may_be_switched() -> None:
    torch.backends.cudnn.benchmark = True
    assert not torch.backends.mps.is_available() and not torch.backends.cuda.is_built()
    assert torch.backends.cudnn.benchmark is True and torch.backends.cudnn.enabled is False


def test_types_of_tensors_are_their_dtypes() -> None:
    x = torch.zeros(2)
    assert isinstance(x, torch.FloatTensor) and not isinstance(x, torch.LongTensor)
    assert isinstance(x.long(), torch.LongTensor) and not isinstance(2.0, torch.FloatTensor)
    assert torch.DoubleTensor.dtype is torch.DoubleTensor().dtype is torch.float64
    torch.set_default_tensor_type(torch.DoubleTensor)
    try:
        assert torch.ones(2).dtype is torch.float64
    finally:
        torch.set_default_tensor_type("torch.FloatTensor")
    with pytest.warns(DeprecationWarning, match=r"t\.reshape"):
        assert x.resize(2, 1).shape == (2, 1)


def test_the_default_dtype_can_be_set() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.ones(2).dtype is torch.tensor([1.5]).dtype is (torch.arange(3) / 2).dtype is torch.float64
        assert torch.nn.Linear(2, 3).weight.dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.ones(2).dtype is torch.float32


def test_copies_and_pickles_stay_in_the_dialect() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    for twin in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert type(twin) is torch.Tensor and twin.requires_grad and twin.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: torch.zeros(2).view(3), RuntimeError, r"torch\.view: reshape"),
        (lambda: torch.zeros(2, 3).t().view(6), RuntimeError, r"contiguous\(\)\.view"),
        (lambda: torch.zeros(2).sum(5), IndexError, r"torch\.sum: dim=5 is out of range"),
        (lambda: torch.arange(3).mean(), RuntimeError, r"torch\.mean.*t\.float\(\)\.mean"),
        (lambda: torch.zeros(2, dtype=torch.float64) @ torch.zeros(2), RuntimeError, r"torch\.matmul.*t\.to\(u\.dtype\)"),
        (lambda: torch.exp(2.0), TypeError, r"torch\.exp.*must be Tensor, not float"),
        (lambda: torch.zeros(2).sum(foo=1), TypeError, r"torch\.sum.*'foo'"),
        (lambda: torch.cat(torch.zeros(2)), TypeError, r"torch\.cat.*tuple of Tensors"),
        (lambda: torch.zeros(2).split([1, 2]), RuntimeError, r"torch\.split.*sum to 2"),
        (lambda: torch.zeros(2, 2).dot(torch.zeros(2, 2)), RuntimeError, r"torch\.dot.*matmul"),
        (lambda: torch.zeros(2)[torch.zeros(1)], TypeError, r"indices.*t\.long\(\)"),
        (lambda: torch.zeros(2).gather(0, torch.tensor([2])), RuntimeError, r"torch\.gather.*out of bounds"),
        (lambda: torch.zeros(2).masked_fill(torch.tensor([1, 0]), 1.0), RuntimeError, r"mask dtype to be Bool"),
        (lambda: bool(torch.zeros(2)), RuntimeError, r"\.any\(\)"),
        (lambda: torch.zeros(2).item(), RuntimeError, r"one element"),
        (lambda: torch.zeros(2, requires_grad=True).numpy(), RuntimeError, r"requires grad.*detach\(\)\.numpy\(\)"),
        (lambda: torch.zeros(2).backward(), RuntimeError, r"does not require grad"),
        (lambda: torch.zeros(2, requires_grad=True).backward(), RuntimeError, r"only for scalar outputs"),
        (lambda: torch.arange(2).add_(0.5), RuntimeError, r"t\.add_\(\).*t = t\.add"),
        (lambda: torch.arange(2).__itruediv__(2), RuntimeError, "int64"),
        (lambda: torch.zeros(3).add_(torch.zeros(2, 3)), RuntimeError, r"needs a tensor of its own"),
        (lambda: torch.zeros(3).__setitem__(slice(2), torch.zeros(3)), RuntimeError, "could not broadcast"),
        (lambda: torch.stack([]), RuntimeError, "non-empty list of Tensors"),
        (lambda: torch.stack([torch.zeros(3), torch.zeros(2)]), RuntimeError, "shapes must be equal"),
        (lambda: torch.einsum("ij", torch.zeros(3)), RuntimeError, "does not fit its indices"),
        (lambda: torch.zeros(-1), RuntimeError, "not negative"),
        (lambda: torch.linspace(0, 1, -1), RuntimeError, "non-negative"),
        (lambda: torch.zeros(3).unfold(0, 5, 1), RuntimeError, "stretch of 5"),
        (lambda: torch.meshgrid(torch.zeros(2, 2)), RuntimeError, "one axis at most"),
        (lambda: torch.bincount(torch.tensor([-1])), RuntimeError, "none negative"),
        (lambda: torch.linalg.cholesky(-torch.eye(2)), torch.linalg.LinAlgError, "positive definite"),
        (lambda: torch.func.stack_module_state([]), RuntimeError, "of one class"),
        (lambda: torch.zeros(2).cuda(), TypeError, r"torch\.cuda\.is_available\(\)"),
        (lambda: torch.cuda.synchronise(), AttributeError, r"torch\.cuda\.synchronise"),
        (lambda: torch.randint(3, 3, (2,)), RuntimeError, r"'from' to be less than 'to'"),
        (lambda: torch.multinomial(torch.tensor([1.0, 0.0]), 2), RuntimeError, r"torch\.multinomial.*replacement"),
        (lambda: torch.jit, AttributeError, r"PyTorch's torch\.jit is not here; use the function itself"),
        (lambda: torch.softmx, AttributeError, r"use torch\.softmax"),
        (lambda: torch.zeros(2).sofmax, AttributeError, r"use t\.softmax"),
        (lambda: torch.nn.Liner, AttributeError, r"torch\.nn\.Liner is not here"),
        (lambda: torch.nn.functional.crossentropy, AttributeError, r"torch\.nn\.functional\.crossentropy is not here"),
        (lambda: torch.optim.Adm, AttributeError, r"torch\.optim\.Adm is not here"),
        (lambda: torch.nn.Linear(2, 3, foo=1), TypeError, r"torch\.nn\.Linear.*'foo'"),
        (lambda: torch.tensor([1, 2]).requires_grad_(), RuntimeError, r"only Tensors of floating point dtype.*int64.*t\.float"),
        (lambda: torch.cross(torch.zeros(2), torch.zeros(2)), RuntimeError, r"torch\.cross: no dimension of size 3"),
        (lambda: torch.zeros(3).index_add(0, torch.tensor([0]), torch.zeros(2)), RuntimeError, r"index_add.*of shape \(1,\)"),
        (lambda: torch.zeros(3).index_copy(0, torch.tensor([0]), torch.zeros(1).double()), RuntimeError, "must be float32"),
        (lambda: torch.zeros(3).masked_fill(torch.ones(3).bool(), torch.zeros(3)), RuntimeError, r"0-dimensional.*torch\.where"),
        (lambda: torch.zeros(3).masked_scatter(torch.ones(3).bool(), torch.zeros(2)), RuntimeError, "of 3 elements or more"),
        (lambda: torch.zeros(3).narrow(0, 2, 2), RuntimeError, r"start \(2\) \+ length \(2\) exceeds dimension size \(3\)"),
        (lambda: torch.zeros(3).narrow(0, -4, 1), RuntimeError, r"torch\.narrow"),
        (lambda: torch.zeros(3).trace(), RuntimeError, r"torch\.trace: expected a matrix"),
        (lambda: torch.zeros(3).softmax(2), IndexError, r"torch\.softmax: dim=2"),
        (lambda: torch.zeros(3)[torch.tensor([1], dtype=torch.uint8)], TypeError, r"uint8.*t\.long\(\).*mask"),
        (lambda: torch.zeros(2, 2).diagonal(0, 1, -1), RuntimeError, r"cannot be identical 1, -1"),
        (lambda: torch.zeros(2, 3).T.diagonal().zero_(), RuntimeError, r"may only be read"),
        (lambda: torch.zeros(4).unfold(0, 2, 1).zero_(), RuntimeError, r"may only be read"),
        (lambda: torch.zeros(4).as_strided((2,), (1,)).zero_(), RuntimeError, r"may only be read"),
        (lambda: torch.zeros(2) & 1, RuntimeError, r"torch\.bitwise_and.*not float32"),
        (lambda: torch.zeros(2).vsplit(1), RuntimeError, r"torch\.vsplit requires a tensor with at least 2"),
        (lambda: torch.zeros(2, 2).addmv(torch.eye(2), torch.ones(2)), RuntimeError, r"torch\.addmv.*got 2, 2, 1"),
        (lambda: torch.linalg.ldl_factor, AttributeError, r"torch\.linalg\.ldl_factor is not here"),
        (lambda: torch.combinations(torch.eye(2)), RuntimeError, r"expect a 1D vector"),
        (lambda: torch.block_diag(torch.zeros(1, 1, 1)), RuntimeError, r"2 or fewer dimensions"),
        (lambda: torch.cov(torch.zeros(1, 1, 1)), RuntimeError, r"two or fewer"),
        (lambda: torch.tensor(True).positive(), RuntimeError, "not bool"),
        (lambda: torch.nn.functional.embedding(torch.tensor([5]), torch.ones(3, 2)), IndexError, "index 5 is outside"),
        (lambda: torch.nn.functional.cross_entropy(torch.ones(1, 3), torch.tensor([3])), IndexError, "label 3 is outside"),
        (lambda: torch.ones(2).index_select(0, torch.tensor([2])), IndexError, r"torch\.index_select"),
        (lambda: setattr(torch.ones(2), "grad", torch.ones(3)), RuntimeError, r"t\.grad.*of shape \(3,\)"),
        (lambda: setattr(torch.ones(2), "grad", torch.ones(2).double()), RuntimeError, r"t\.grad.*float64.*float32"),
        (lambda: setattr(torch.ones(2), "grad", [1.0, 2.0]), TypeError, r"t\.grad.*but got list"),
        (lambda: torch.distributions.Normal(0.0, 0.0), ValueError, r"Normal: Expected scale to be above 0"),
        (lambda: torch.distributions.Uniform(1.0, 0.0), ValueError, r"Uniform: Expected low"),
        (lambda: torch.distributions.Uniform(0.0, 1.0).log_prob(torch.tensor(2.0)), ValueError, r"value to be from low to high"),
        (lambda: torch.distributions.Bernoulli(), ValueError, r"Either `probs` or `logits`"),
        (lambda: torch.distributions.Bernoulli(1.5), ValueError, r"Bernoulli: Expected probs to be from 0 to 1"),
        (lambda: torch.distributions.Bernoulli(0.5).log_prob(torch.tensor(0.3)), ValueError, r"value to be 0 or 1"),
        (lambda: torch.distributions.Bernoulli(0.5).rsample(), TypeError, r"use sample\(\) and log_prob"),
        (lambda: torch.distributions.Categorical(torch.tensor(1.0)), ValueError, r"at least one-dimensional"),
        (lambda: torch.distributions.Categorical(torch.tensor([-1.0])), ValueError, r"Expected probs to be 0 or more"),
        (lambda: torch.distributions.Multinomial(2, torch.ones(2)).log_prob(torch.ones(2) * 2), ValueError, r"counts of 2 draws"),
        (lambda: torch.distributions.kl_divergence(torch.distributions.Uniform(0.0, 1.0), None), TypeError, r"No KL\(p"),
        (lambda: torch.distributions.Cauchy, AttributeError, r"torch\.distributions\.Cauchy is not here"),
        (lambda: torch.nn.Linear(2, 3).load_state_dict(torch.nn.Linear(3, 3).state_dict()), RuntimeError, r"weight"),
        (lambda: torch.zeros(3, requires_grad=True).exp().backward(torch.ones(1)), RuntimeError, r"backward: Mismatch in shape"),
        (lambda: torch.zeros(2, dtype=torch.long, requires_grad=True), RuntimeError, r"floating point"),
        (lambda: torch.zeros(4).as_strided((3,), (2,)), RuntimeError, r"torch\.as_strided.*outside of a storage of 4"),
        (lambda: torch.zeros(4).as_strided((3,), (2, 1)), RuntimeError, r"same length"),
        (lambda: torch.zeros(4, requires_grad=True)[2:].as_strided((2,), (1,), 0), RuntimeError, r"would get no gradient"),
        (lambda: torch.exp(torch.zeros(2, requires_grad=True), out=torch.zeros(2)), RuntimeError, "out="),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_in_pytorchs_words(call: Callable[[], Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        call()
