"""The evals in PyTorch's eager mode: whole arrays, `torch.func` where it serves."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.func import jacfwd, jacrev, vmap

from tests.benchmarks.gradbench import inputs
from tests.benchmarks.gradbench.fingers import number_angles
from tests.benchmarks.gradbench.minors import expand

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
Run = tuple[Callable[[], Any], Callable[[Any], np.ndarray]]


def _tensor(x: Any) -> torch.Tensor:
    return torch.tensor(np.asarray(x))


def _leaf(x: Any) -> torch.Tensor:
    return _tensor(x).requires_grad_()


def _flat(parts: Any) -> np.ndarray:
    return np.concatenate([part.detach().numpy().ravel() for part in parts])


def _gradient(f: Callable[..., Any], *leaves: torch.Tensor) -> Run:
    return lambda: torch.autograd.grad(f(*leaves), leaves), _flat


def hello(given: Any) -> Run:
    def run() -> tuple[Any, ...]:
        x = torch.tensor(given["x"], requires_grad=True)
        return torch.autograd.grad(x * x, x)

    return run, _flat


def lse(given: Any) -> Run:
    return _gradient(lambda x: torch.logsumexp(x, 0), _leaf(given["x"]))


def llsq(given: Any) -> Run:
    x, n = _leaf(given["x"]), given["n"]
    t = -1.0 + np.arange(n) * 2.0 / (n - 1)
    powers, signs = _tensor(np.vander(t, len(x), increasing=True)), _tensor(np.sign(t))
    return _gradient(lambda x: 0.5 * torch.sum((signs - powers @ x) ** 2), x)


def kmeans(given: Any) -> Run:
    points, centres = _tensor(given["points"]), _leaf(given["centroids"])

    def run() -> tuple[Any, ...]:
        squares = torch.sum(centres**2, 1) - 2.0 * points @ centres.T
        cost = torch.sum(torch.amin(squares, 1)) + torch.sum(points**2)
        (gradient,) = torch.autograd.grad(cost, centres, create_graph=True)
        (diagonal,) = torch.autograd.grad(gradient.sum(), centres)
        return (gradient.detach() / diagonal,)

    return run, _flat


def gmm(given: Any) -> Run:
    x, m, gamma = _tensor(given["x"]), given["m"], given["gamma"]
    (n, d), k = x.shape, given["k"]
    columns, rows = np.triu_indices(d, 1)
    constant = k * (
        (d + m + 1) * d * math.log(gamma / math.sqrt(2.0)) - torch.special.multigammaln(_tensor(0.5 * (d + m + 1)), d)
    )

    def objective(alpha: Any, mu: Any, q: Any, lower: Any) -> Any:
        diagonals, sums = torch.exp(q), torch.sum(q, 1)
        factors = torch.zeros(k, d, d)
        factors[:, rows, columns] = lower
        centred = x[:, None] - mu
        turned = diagonals * centred + torch.einsum("kij,nkj->nki", factors, centred)
        inner = alpha + sums - 0.5 * torch.sum(turned**2, 2)
        likelihood = torch.sum(torch.logsumexp(inner, 1)) - n * (
            0.5 * d * math.log(2.0 * math.pi) + torch.logsumexp(alpha, 0)
        )
        squares = torch.sum(diagonals**2) + torch.sum(lower**2)
        return likelihood + constant - 0.5 * gamma**2 * squares + m * torch.sum(sums)

    return _gradient(objective, *(_leaf(given[name]) for name in ("alpha", "mu", "q", "l")))


def ode(given: Any) -> Run:
    steps, one = given["s"], torch.ones(1)

    def last(x: Any) -> Any:
        slope = lambda y: x * torch.cat([one, y[:-1]])
        h, y = 2.0 / steps, torch.zeros(len(x))
        for _ in range(steps):
            k1 = slope(y)
            k2 = slope(y + 0.5 * h * k1)
            k3 = slope(y + 0.5 * h * k2)
            k4 = slope(y + h * k3)
            y = y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
        return y[-1]

    return _gradient(last, _leaf(given["x"]))


def det(given: Any) -> Run:
    size = given["ell"]

    return _gradient(lambda a: expand(a.unbind(), size, 0, range(size)), _leaf(given["A"]))


def lstm(given: Any) -> Run:
    state, sequence = _tensor(given["state"]), _tensor(given["sequence"])
    layers, width = len(state) // 2, sequence.shape[1]

    def objective(main: Any, extra: Any) -> Any:
        states, total = list(state), 0.0
        for before, after in zip(sequence[:-1], sequence[1:], strict=True):
            x = before * extra[0]
            for layer in range(layers):
                hidden, cell = states[2 * layer], states[2 * layer + 1]
                gates = torch.cat([x, hidden, x, hidden]) * main[2 * layer] + main[2 * layer + 1]
                forget, into, out = torch.sigmoid(gates[: 3 * width]).view(3, width)
                cell = cell * forget + into * torch.tanh(gates[3 * width :])
                x = out * torch.tanh(cell)
                states[2 * layer], states[2 * layer + 1] = x, cell
            predicted = x * extra[1] + extra[2]
            total = total + torch.dot(after, predicted - torch.log(torch.sum(torch.exp(predicted)) + 2.0))
        return -total / (width * (len(sequence) - 1))

    return _gradient(objective, _leaf(given["main_params"]), _leaf(given["extra_params"]))


def ba(given: Any) -> Run:
    read = inputs.read_ba(given)
    camera, point = (_tensor(part) for part in read["observed"].T)
    cams, x, w, feats = (_tensor(read[name]) for name in ("cams", "x", "w", "feats"))

    def error(cam: Any, x: Any, w: Any, feat: Any) -> Any:
        axis = cam[:3]
        angle = torch.sqrt(torch.sum(axis**2))
        unit, c, s, moved = axis / angle, torch.cos(angle), torch.sin(angle), x - cam[3:6]
        turned = moved * c + torch.linalg.cross(unit, moved) * s + unit * torch.dot(unit, moved) * (1.0 - c)
        flat = turned[:2] / turned[2]
        squares = torch.sum(flat**2)
        bent = flat * (1.0 + cam[9] * squares + cam[10] * squares**2)
        return w * (bent * cam[6] + cam[7:9] - feat)

    blocks = vmap(jacrev(error, (0, 1, 2)))

    def run() -> tuple[Any, Any]:
        by_cam, by_x, by_w = blocks(cams[camera], x[point], w, feats)
        return torch.cat([by_cam, by_x, by_w[..., None]], 2), -2.0 * w

    return run, lambda out: inputs.tell_ba(out[0].numpy(), out[1].numpy(), given)


def ht(given: Any) -> Run:
    model = given["data"]["model"]
    corners = _tensor(model["triangles"][given["data"]["correspondences"]]).T
    relatives, inverse, positions, weights = (
        _tensor(np.ascontiguousarray(model[name]))
        for name in ("base_relatives", "inverse_base_absolutes", "base_positions", "weights")
    )
    points, us, theta = _tensor(given["data"]["points"]), _tensor(given["us"]).view(-1, 2), _tensor(given["theta"])
    bones, parents = model["bone_count"], model["parents"]
    about_x, about_z = number_angles(bones)

    def vertices(theta: Any) -> Any:
        whole = torch.cat([theta[6:], torch.zeros(1)])
        x, z = whole[about_x], whole[about_z]
        sx, cx, sz, cz, none, full = (
            torch.sin(x),
            torch.cos(x),
            torch.sin(z),
            torch.cos(z),
            torch.zeros(bones),
            torch.ones(bones),
        )
        rows = [
            [cz, -sz * cx, sz * sx, none],
            [sz, cz * cx, -cz * sx, none],
            [none, sx, cx, none],
            [none, none, none, full],
        ]
        turned = relatives @ torch.stack([torch.stack(row) for row in rows]).permute(2, 0, 1)
        absolutes: list[Any] = []
        for bone, parent in enumerate(parents):
            absolutes.append(turned[bone] if parent < 0 else absolutes[parent] @ turned[bone])
        transforms = torch.stack(absolutes) @ inverse
        blended = torch.einsum("vb,bij,vj->vi", weights, transforms[:, :3], positions)
        angle = torch.sqrt(torch.sum(theta[:3] ** 2))
        a, b, c = (theta[:3] / angle).unbind()
        across = torch.stack(
            [torch.stack([0.0 * a, -c, b]), torch.stack([c, 0.0 * a, -a]), torch.stack([-b, a, 0.0 * a])]
        )
        turn = torch.eye(3) + torch.sin(angle) * across + (1.0 - torch.cos(angle)) * across @ across
        return blended @ turn.T + theta[3:6]

    def errors(us: Any, a: Any, b: Any, c: Any, point: Any) -> Any:
        return point - (us[0] * a + us[1] * b + (1.0 - us[0] - us[1]) * c)

    def of_theta(theta: Any) -> Any:
        a, b, c = vertices(theta)[corners]
        return vmap(errors)(us, a, b, c, points).ravel(), (a, b, c)

    def run() -> tuple[Any, ...]:
        by_theta, (a, b, c) = jacfwd(of_theta, has_aux=True)(theta)
        by_us = vmap(jacfwd(errors))(us, a, b, c, points)
        return (torch.cat([by_us.reshape(-1, 2), by_theta], 1),)

    return run, _flat


def _length(x: Any) -> Any:
    return torch.sqrt(torch.sum(x * x))


def particle(given: Any) -> Run:
    def run() -> tuple[Any, ...]:
        w = _leaf(given["w"])
        charges = [torch.stack([torch.tensor(10.0), 10.0 - w[0]]), torch.tensor([10.0, 0.0])]
        x, velocity = torch.tensor([0.0, 8.0]), torch.tensor([0.75, 0.0])
        while True:
            new = x + 0.1 * velocity
            if new[1] <= 0.0:
                final = x - x[1] / velocity[1] * velocity
                return torch.autograd.grad(final[0] ** 2, w)
            at = x if x.requires_grad else x.requires_grad_()
            potential = 1.0 / _length(at - charges[0]) + 1.0 / _length(at - charges[1])
            (force,) = torch.autograd.grad(potential, at, create_graph=True)
            x, velocity = new, velocity - 0.1 * force

    return run, _flat


def saddle(given: Any) -> Run:
    def height(x: Any, y: Any) -> Any:
        return torch.sum(x * x) - torch.sum(y * y)

    def value_and_slope(x: Any, y: Any) -> tuple[Any, Any]:
        y = y if y.requires_grad else y.requires_grad_()
        value = -height(x, y)
        return value, torch.autograd.grad(value, y, create_graph=True)[0]

    def run() -> tuple[Any, ...]:
        x, y = _leaf(given["start"]), _leaf(np.ones(2))
        (fy, gy), step, good = value_and_slope(x, y), 1e-5, 0
        while _length(gy) > 1e-5:
            if good == 10:
                step, good = 2.0 * step, 0
                continue
            new = y - step * gy
            if _length(y - new) <= 1e-5:
                break
            f_new = -height(x, new)
            if f_new < fy:
                y, good = new, good + 1
                fy, gy = value_and_slope(x, y)
            else:
                step, good = step / 2.0, 0
        return torch.autograd.grad(height(x, y), x)

    return run, _flat


PROGRAMS = {f.__name__: f for f in (hello, lse, llsq, kmeans, gmm, ode, det, lstm, ba, ht, particle, saddle)}
