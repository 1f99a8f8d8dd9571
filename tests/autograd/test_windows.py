"""Convolution and pooling of arrays: what the definition gives, by numba and by NumPy alike."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from autograd import Tensor, grad
from autograd.check import assert_gradients
from autograd.errors import ShapeError
from autograd.ops import convolution as convolutions
from autograd.ops import windows
from autograd.ops.convolution import convolution, convolution_input, convolution_weight
from autograd.ops.pooling import max_pool, max_pool_input, max_pool_taken, sum_pool, sum_pool_input

RNG = np.random.default_rng(0)
# Shapes of x and w, stride, padding, dilation, groups.
CASES: dict[str, tuple[Any, ...]] = {
    "a line": ((3, 2, 7), (2, 2, 3), (1,), ((0, 0),), (1,), 1),
    "a line of all options": ((2, 4, 8), (2, 2, 2), (2,), ((1, 0),), (3,), 2),
    "an image": ((3, 2, 6, 7), (5, 2, 3, 2), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "padding": ((2, 3, 5, 6), (4, 3, 3, 3), (1, 1), ((1, 2), (0, 1)), (1, 1), 1),
    "stride": ((2, 3, 7, 8), (4, 3, 3, 2), (2, 3), ((1, 1), (1, 1)), (1, 1), 1),
    "dilation": ((2, 3, 7, 9), (4, 3, 3, 2), (1, 1), ((1, 1), (0, 0)), (2, 3), 1),
    "groups": ((2, 6, 5, 6), (9, 2, 2, 2), (1, 1), ((0, 0), (1, 1)), (1, 1), 3),
    "every channel for itself": ((2, 5, 5, 6), (5, 1, 3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1), 5),
    "a kernel of one": ((2, 3, 2, 3), (2, 3, 1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "a kernel as large as the image": ((2, 3, 4, 5), (6, 3, 4, 5), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "a kernel that leaves two columns": ((2, 2, 5, 9), (3, 2, 2, 8), (1, 1), ((0, 0), (0, 0)), (1, 1), 1),
    "no images": ((0, 2, 5, 5), (3, 2, 2, 2), (1, 1), ((1, 1), (0, 0)), (1, 1), 1),
}
POOLS: dict[str, tuple[Any, ...]] = {
    "a line": ((2, 3, 7), (2,), (2,), ((0, 0),)),
    "an image": ((2, 3, 6, 8), (2, 2), (2, 2), ((0, 0), (0, 0))),
    "windows that overlap": ((2, 3, 6, 7), (3, 2), (2, 1), ((0, 0), (0, 0))),
    "padding": ((2, 3, 6, 7), (3, 4), (2, 3), ((1, 2), (2, 1))),
    "no images": ((0, 3, 6, 6), (2, 2), (2, 2), ((0, 0), (0, 0))),
}


@pytest.fixture(params=["numba", "NumPy"], autouse=True)
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "numba":
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(windows, "compiled_loops", lambda: None)
    return request.param


def operands(name: str, dtype: Any = np.float64) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    x, w, stride, padding, dilation, groups = CASES[name]
    how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return RNG.normal(size=x).astype(dtype), RNG.normal(size=w).astype(dtype), how


def by_definition(x: np.ndarray, w: np.ndarray, stride: Any, padding: Any, dilation: Any, groups: int) -> np.ndarray:
    x = np.pad(x, ((0, 0), (0, 0), *padding))
    kernel = w.shape[2:]
    places = tuple(
        (n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], kernel, stride, dilation, strict=True)
    )
    out = np.zeros((len(x), len(w), *places))
    inputs, outputs = w.shape[1], len(w) // groups
    for o in range(len(w)):
        own = x[:, o // outputs * inputs : (o // outputs + 1) * inputs]
        for place in np.ndindex(*places):
            for element in np.ndindex(*kernel):
                at = tuple(p * s + e * d for p, s, e, d in zip(place, stride, element, dilation, strict=True))
                out[(slice(None), o, *place)] += own[(..., *at)] @ w[(o, slice(None), *element)]
    return out


@pytest.mark.parametrize("name", CASES)
def test_a_convolution_is_its_definition_and_the_others_are_its_transposes(name: str) -> None:
    x, w, how = operands(name)
    out = convolution(x, w, **how)
    np.testing.assert_allclose(out, by_definition(x, w, **how), rtol=1e-12, atol=1e-12)
    g = RNG.normal(size=out.shape)
    for k, at in ((0, x), (1, w)):
        direction = RNG.normal(size=at.shape)
        along = convolution(direction, w, **how) if k == 0 else convolution(x, direction, **how)
        back = (
            convolution_input(g, w, space=x.shape[2:], **how)
            if k == 0
            else convolution_weight(g, x, kernel=w.shape[2:], **how)
        )
        assert back.shape == at.shape
        assert np.vdot(back, direction) == pytest.approx(np.vdot(g, along), rel=1e-11, abs=1e-11)


@pytest.mark.integration
@pytest.mark.parametrize("name", [name for name in CASES if name != "no images"])
def test_convolutions_have_right_gradients_of_first_and_second_order(name: str) -> None:
    x, w, how = operands(name)
    assert_gradients(lambda x, w: np.sin(convolution(x, w, **how)).sum(), x[:1], w, order=2)


@pytest.mark.parametrize("name", CASES)
def test_float32_and_what_is_not_in_one_piece(name: str) -> None:
    x, w, how = operands(name, np.float32)
    expected = by_definition(x, w, **how)
    g = RNG.normal(size=expected.shape).astype(np.float32)
    plain = [
        convolution(x, w, **how),
        convolution_input(g, w, space=x.shape[2:], **how),
        convolution_weight(g, x, kernel=w.shape[2:], **how),
    ]
    assert {found.dtype for found in plain} == {np.dtype(np.float32)}
    np.testing.assert_allclose(plain[0], expected, rtol=1e-5, atol=1e-5)
    x, w, g = (np.asfortranarray(np.repeat(a, 2, axis=-1))[..., ::2] for a in (x, w, g))
    np.testing.assert_array_equal(convolution(x, w, **how), plain[0])
    np.testing.assert_array_equal(convolution_input(g, w, space=x.shape[2:], **how), plain[1])
    np.testing.assert_array_equal(convolution_weight(g, x, kernel=w.shape[2:], **how), plain[2])
    # What a sum sends back is one number, broadcast.
    ones = np.broadcast_to(np.float32(1), g.shape)
    np.testing.assert_array_equal(
        convolution_weight(ones, x, kernel=w.shape[2:], **how),
        convolution_weight(np.ones_like(g), x, kernel=w.shape[2:], **how),
    )


def test_numba_and_numpy_agree(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "NumPy":
        pytest.skip("is compared with")
    shape, kernel, stride, padding = POOLS["padding"]
    image = RNG.integers(0, 3, shape).astype(np.float32)
    pool = {"kernel": kernel, "stride": stride, "padding": padding}
    greatest = max_pool(image, **pool)
    upstream = RNG.normal(size=greatest.shape).astype(np.float32)
    given = []
    for name in ("padding", "stride"):
        x, w, how = operands(name, np.float32)
        given.append((x, w, RNG.normal(size=convolution(x, w, **how).shape).astype(np.float32), how))

    def all_of_them() -> list[np.ndarray]:
        found = [max_pool_input(upstream, greatest, image, **pool)]
        for x, w, g, how in given:
            found.append(convolution_input(g, w, space=x.shape[2:], **how))
            found.append(convolution_weight(g, x, kernel=w.shape[2:], **how))
        return found

    called, loops = [], windows.compiled_loops()
    for name in ("share_among_greatest", "add_shifted", "products", "add_at"):
        loop = getattr(loops, name)
        monkeypatch.setattr(loops, name, lambda *a, loop=loop, name=name: called.append(name) or loop(*a))
    compiled = all_of_them()
    assert called == ["share_among_greatest", "add_shifted", "products", "add_at"]
    monkeypatch.setattr(windows, "compiled_loops", lambda: None)
    for ours, numpys in zip(compiled, all_of_them(), strict=True):
        assert ours.dtype == numpys.dtype == np.float32
        np.testing.assert_allclose(ours, numpys, rtol=1e-5, atol=1e-5)


def test_many_blocks_of_images(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w, how = operands("padding")
    x = np.repeat(x, 4, axis=0) * np.arange(1.0, 9.0)[:, None, None, None]
    g = convolution(x, w, **how)
    whole = convolution_input(g, w, space=x.shape[2:], **how), convolution_weight(g, x, kernel=(3, 3), **how)
    # Three images at a time, and then the two that are left.
    monkeypatch.setattr(convolutions, "BLOCK", 3 * 27 * 41 * 8 + 100)
    columns = convolutions.Columns(windows.Windows((5, 6), (3, 3), how["stride"], how["padding"], how["dilation"]))
    assert [part.stop - part.start for part in columns.blocks(8, 3, 8)] == [3, 3, 2]
    np.testing.assert_allclose(convolution(x, w, **how), g, rtol=1e-12)
    np.testing.assert_allclose(convolution_input(g, w, space=x.shape[2:], **how), whole[0], rtol=1e-12)
    np.testing.assert_allclose(convolution_weight(g, x, kernel=(3, 3), **how), whole[1], rtol=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_not_finite_stays_in_the_windows_that_see_it(value: float) -> None:
    """It must not come in through the windows over the end of a line, which are computed and left out."""
    how = {"stride": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
    x, w, g = np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3))
    x[0, 0, 1, 3] = value
    assert np.isfinite(convolution(x, w, **how)[0, 0]).tolist() == [[True, True, False]] * 2 + [[True] * 3]
    # The last column is seen by the right half of the kernel alone.
    by_weight = convolution_weight(g, x, kernel=(2, 2), **how)[0, 0]
    assert np.isfinite(by_weight).tolist() == [[True, False], [True, False]]
    w[0, 0, 0, 1] = value
    by_input = convolution_input(g, w, space=(4, 4), **how)[0, 0]
    assert np.isfinite(by_input).tolist() == [[True, False, False, False]] * 3 + [[True] * 4]


def test_whole_numbers_stay_whole() -> None:
    x, w, how = operands("an image")
    x, w = np.rint(3 * x).astype(int), np.rint(3 * w).astype(int)
    out = convolution(x, w, **how)
    assert out.dtype.kind == "i"
    np.testing.assert_array_equal(out, by_definition(x, w, **how))
    assert convolution(x, w.astype(np.float32), **how).dtype == np.float64
    pool = {"kernel": (2, 2), "stride": (2, 2), "padding": ((1, 0), (0, 0))}
    assert max_pool(-x * x - 1, **pool).max() < 0
    assert sum_pool(np.full((1, 1, 4, 4), 100, np.int8), **pool).max() == 400


def test_numbers_of_another_byte_order() -> None:
    x, w, how = operands("padding")
    g = convolution(x, w, **how)
    pool = {"kernel": (2, 2), "stride": (1, 2), "padding": ((1, 0), (0, 0))}
    greatest = max_pool(x, **pool)
    swapped = {id(a): a.astype(">f8") for a in (x, w, g, greatest)}
    for call, arrays, params in (
        (convolution, (x, w), how),
        (convolution_input, (g, w), {"space": x.shape[2:], **how}),
        (convolution_weight, (g, x), {"kernel": w.shape[2:], **how}),
        (max_pool_input, (greatest, greatest, x), pool),
        (max_pool_taken, (x, greatest, x), pool),
    ):
        found = call(*(swapped[id(a)] for a in arrays), **params)
        np.testing.assert_allclose(found, call(*arrays, **params), rtol=1e-12, atol=1e-12)


def windows_of(x: np.ndarray, kernel: Any, stride: Any, padding: Any) -> Any:
    """Each place, and the index of what is seen there, without the padding."""
    axes = []
    for n, k, s, (before, after) in zip(x.shape[2:], kernel, stride, padding, strict=True):
        starts = range(-before, n + after - k + 1, s)
        axes.append([slice(max(start, 0), min(start + k, n)) for start in starts])
    for place in itertools.product(*(range(len(axis)) for axis in axes)):
        yield (..., *place), (..., *(axis[p] for axis, p in zip(axes, place, strict=True)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", POOLS)
def test_pooling_is_its_definition(name: str, dtype: Any) -> None:
    shape, kernel, stride, padding = POOLS[name]
    how = {"kernel": kernel, "stride": stride, "padding": padding}
    # Few different numbers, so that windows have several greatest.
    x = RNG.integers(0, 4, shape).astype(dtype)
    greatest, total = max_pool(x, **how), sum_pool(x, **how)
    g, u = RNG.normal(size=greatest.shape).astype(dtype), RNG.normal(size=shape).astype(dtype)
    sent, spread, taken = np.zeros_like(x), np.zeros_like(x), np.zeros_like(g)
    over = tuple(range(2, x.ndim))
    for place, seen in windows_of(x, kernel, stride, padding):
        window = x[seen]
        top = window.max(axis=over)
        np.testing.assert_array_equal(greatest[place], top)
        np.testing.assert_array_equal(total[place], window.sum(axis=over))
        wide = (..., *(None,) * len(kernel))
        share = (window == top[wide]) / (window == top[wide]).sum(axis=over, keepdims=True)
        sent[seen] += (g[place][wide] * share).astype(dtype)
        spread[seen] += g[place][wide]
        taken[place] = (u[seen] * share).sum(axis=over)
    close = {"rtol": 1e-5, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-12}
    for found, expected in (
        (max_pool_input(g, greatest, x, **how), sent),
        (max_pool_taken(u, greatest, x, **how), taken),
        (sum_pool_input(g, space=shape[2:], **how), spread),
    ):
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, **close)


def test_nan_is_the_greatest_and_has_no_derivative_and_infinities_share() -> None:
    how = {"kernel": (2,), "stride": (2,), "padding": ((1, 1),)}
    x = np.array([[[-np.inf, 1.0, np.nan, np.inf, np.inf, 3.0]]])
    assert str(max_pool(x, **how).tolist()) == "[[[-inf, nan, inf, 3.0]]]"
    back = grad(lambda x: (max_pool(x, **how) * np.array([2.0, 3.0, 5.0, 7.0])).sum())(x)
    np.testing.assert_array_equal(back, [[[2.0, 0.0, np.nan, 2.5, 2.5, 7.0]]])


def test_a_pooled_tensor_not_in_one_piece() -> None:
    x = Tensor(np.arange(24.0).reshape(4, 3, 2, 1).T, requires_grad=True)
    max_pool(x, kernel=(3, 2), stride=(3, 2), padding=((0, 0), (0, 0))).sum().backward()
    assert x.grad is not None
    assert x.grad.shape == (1, 2, 3, 4)
    assert [tuple(at) for at in np.argwhere(x.grad).tolist()] == [(0, c, 2, w) for c in (0, 1) for w in (1, 3)]


def test_operands_of_other_shapes_are_refused() -> None:
    x, w, how = operands("padding")
    g = convolution(x, w, **how)
    for wrong in (g[:, :, :1, :1], g[:, :, :-1], g[:, :1]):
        with pytest.raises(
            ShapeError, match=r"convolution_input: g must have shape \(2, 4, 6, 5\), which the windows give"
        ):
            convolution_input(wrong, w, space=x.shape[2:], **how)
    with pytest.raises(ShapeError, match=r"convolution_weight: g must have shape \(2, 4, 6, 5\)"):
        convolution_weight(g[:1], x, kernel=(3, 3), **how)
    with pytest.raises(ShapeError, match=r"convolution: the weights must have shape \(4, 3\)"):
        convolution(x, w[:, :2], **how)
    pool = {"kernel": (2, 2), "stride": (2, 2), "padding": ((0, 0), (0, 0))}
    greatest = max_pool(x, **pool)
    with pytest.raises(ShapeError, match=r"max_pool_input: g must have shape \(2, 3, 2, 3\)"):
        max_pool_input(x, greatest, x, **pool)
    with pytest.raises(ShapeError, match=r"max_pool_input: the greatest must have shape \(2, 3, 2, 3\)"):
        max_pool_input(x, x, x, **pool)
    with pytest.raises(ShapeError, match=r"max_pool_taken: u must have shape \(2, 3, 5, 6\)"):
        max_pool_taken(greatest, greatest, x, **pool)


@pytest.mark.integration
def test_importing_the_engine_does_not_import_numba(by: str) -> None:
    if by == "NumPy":
        pytest.skip("is the same program")
    program = "import sys, autograd, nn, optim; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
