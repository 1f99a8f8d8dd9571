"""Write the values that the tests compare with: `python -m tests.frozen.freeze`, in an environment with the `bench` extra."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from micrograd import nn as micrograd_nn
from micrograd.engine import Value as Micrograd

from tests.autograd.engine.test_transforms import X, frozen_functions
from tests.autograd.test_micrograd import more_ops, sanity, train
from tests.benchmarks import drop_in
from tests.nn import test_against_pytorch, test_functional, test_scalar, test_torch_layers
from tests.nn.test_layers import ACTIVATIONS, layer_inputs
from tests.optim import test_lr_scheduler, test_schedules_together, test_second_order
from tests.optim.test_trajectories import DECOUPLED, MATRICES, VARIANTS, gradient_of, matrices, start

HERE = Path(__file__).parent


def write(name: str, content: Any) -> None:
    (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_rows(name: str, content: dict[str, Any]) -> None:
    rows = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    (HERE / name).write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


def derivatives() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, function in frozen_functions(torch).items():
        found[name] = []
        for value in X.tolist():
            x = torch.tensor(value, dtype=torch.float64, requires_grad=True)
            orders = [function(x)]
            for _ in range(3):
                orders.append(torch.autograd.grad(orders[-1], x, create_graph=True)[0])
            found[name].append([order.item() for order in orders])
    return found


def micrograd() -> dict[str, Any]:
    def leaf(value: float) -> torch.Tensor:
        return torch.tensor(value, dtype=torch.float64, requires_grad=True)

    x, y = sanity(leaf)
    y.backward()
    a, b, g = more_ops(leaf)
    g.backward()
    return {
        "sanity": {"y": y.item(), "x.grad": x.grad.item()},
        "more_ops": {"g": g.item(), "a.grad": a.grad.item(), "b.grad": b.grad.item()},
        "losses": train(Micrograd),
        "network": test_scalar.network(micrograd_nn),
    }


def layers() -> dict[str, Any]:
    inputs = layer_inputs()
    found: dict[str, Any] = {}

    def run(name: str, forward: Any, *arrays: np.ndarray) -> None:
        leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
        out = forward(*leaves)
        (out * torch.cos(torch.arange(out.numel(), dtype=torch.float64) + 0.5).reshape(out.shape)).sum().backward()
        found[name] = {"out": out.tolist(), "grads": [leaf.grad.tolist() for leaf in leaves]}

    run("linear", torch.nn.functional.linear, inputs["x"], inputs["weight"], inputs["bias"])
    for name, arguments in ACTIVATIONS.items():
        run(name, getattr(torch.nn, name)(**arguments), inputs["x"])
    labels = torch.tensor(inputs["labels"])
    for reduction in ("mean", "sum", "none"):
        run(
            f"cross_entropy {reduction}",
            lambda x, r=reduction: torch.nn.functional.cross_entropy(x, labels, reduction=r),
            inputs["x"],
        )
        run(
            f"mse {reduction}",
            lambda x, y, r=reduction: torch.nn.functional.mse_loss(x, y, reduction=r),
            inputs["x"],
            inputs["y"],
        )
    return found


def trajectories() -> dict[str, Any]:
    # NAdam keeps a product in the default dtype.
    torch.set_default_dtype(torch.float64)
    decoupled = {name: (kind, {**given, "decoupled_weight_decay": True}) for name, (kind, given) in DECOUPLED.items()}
    found: dict[str, Any] = {}
    # Muon's iteration as it is meant, without rounding.
    torch.Tensor.bfloat16 = torch.Tensor.clone  # type: ignore[method-assign]
    for name, (kind, arguments) in {**VARIANTS, **decoupled, **MATRICES}.items():
        first = matrices(kind) if name in MATRICES else start()
        parameters = [torch.tensor(p, requires_grad=True) for p in first]
        optimizer = getattr(torch.optim, kind)(parameters, **arguments)
        path = []
        for t in range(20):
            for p, g in zip(parameters, gradient_of([p.detach().numpy() for p in parameters], t), strict=True):
                p.grad = None if g is None else torch.tensor(g)
            optimizer.step()
            path.append([p.detach().numpy().ravel().tolist() for p in parameters])
        found[name] = path
    return found


def schedules() -> dict[str, Any]:
    def optimizer() -> torch.optim.Optimizer:
        ps = [torch.ones(2, dtype=torch.float64, requires_grad=True) for _ in range(2)]
        return torch.optim.SGD([{"params": [ps[0]]}, {"params": [ps[1]], "lr": 0.1}], lr=0.5, momentum=0.9)

    found: dict[str, Any] = {}
    for name, make in test_lr_scheduler.SCHEDULES.items():
        o = optimizer()
        schedule, path = make(torch.optim.lr_scheduler, o), []
        for _ in range(test_lr_scheduler.STEPS):
            path.append([[group["lr"] for group in o.param_groups], o.param_groups[0]["momentum"]])
            o.step()
            schedule.step()
        found[name] = path
    for name, arguments in test_lr_scheduler.PLATEAUS.items():
        o = optimizer()
        schedule, path = torch.optim.lr_scheduler.ReduceLROnPlateau(o, **arguments), []
        for metric in test_lr_scheduler.metrics():
            schedule.step(metric)
            path.append([group["lr"] for group in o.param_groups])
        found[f"plateau {name}"] = path
    return found


def schedules_together() -> dict[str, Any]:
    def parameter() -> torch.Tensor:
        return torch.ones(2, dtype=torch.float64, requires_grad=True)

    def optimizer() -> torch.optim.Optimizer:
        groups = [{"params": [parameter()]}, {"params": [parameter()], "lr": 0.1}]
        return torch.optim.SGD(groups, lr=0.5, momentum=0.9)

    return dict(test_schedules_together.scenarios(torch.optim.lr_scheduler, optimizer, parameter))


def lbfgs() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, arguments in test_second_order.VARIANTS.items():
        x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
        y = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
        optimizer, path = torch.optim.LBFGS([x, y], **arguments), []

        def closure(optimizer: Any = optimizer, x: Any = x, y: Any = y) -> Any:
            optimizer.zero_grad()
            loss = test_second_order.rosenbrock(x, y)
            loss.backward()
            return loss

        for _ in range(6):
            optimizer.step(closure)
            path.append([*x.tolist(), y.item()])
        found[name] = path
    return found


def modules() -> dict[str, Any]:
    def frozen(module: Any, inputs: Any, out: Any, leaves: Any) -> dict[str, Any]:
        (out * torch.cos(torch.arange(out.numel(), dtype=torch.float64) + 0.5).reshape(out.shape)).sum().backward()
        return {
            "out": out.tolist(),
            "grads": [leaf.grad.tolist() for leaf in leaves],
            "parameters": {name: p.grad.tolist() for name, p in module.named_parameters()},
            "buffers": {name: b.tolist() for name, b in module.named_buffers()},
            "eval": test_against_pytorch.first(module.eval()(*map(torch.tensor, inputs))).tolist(),
        }

    found: dict[str, Any] = {}
    for name, (build, inputs) in test_against_pytorch.MODULES.items():
        module = build(torch.nn).double()
        own = dict(module.named_parameters())
        for key, values in test_against_pytorch.parameters_of(
            name, {k: tuple(p.shape) for k, p in own.items()}
        ).items():
            own[key].data = torch.tensor(values)
        leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
        found[name] = frozen(module, inputs, test_against_pytorch.first(module(*leaves)), leaves)
    for name, (build, inputs) in test_against_pytorch.LOSSES.items():
        leaf = torch.tensor(inputs[0], requires_grad=True)
        loss = build(torch.nn)(leaf, *map(torch.tensor, inputs[1:]))
        loss.backward()
        found[name] = {"out": loss.item(), "grads": [leaf.grad.tolist()]}
    return found


def functional() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, (function, inputs) in test_functional.CASES.items():
        leaves = [torch.tensor(x, requires_grad=test_functional.is_float(x)) for x in inputs]
        out = function(torch.nn.functional, *leaves)
        (out * torch.cos(torch.arange(out.numel(), dtype=torch.float64) + 0.5).reshape(out.shape)).sum().backward()
        gradients = [torch.zeros_like(x) if x.grad is None else x.grad for x in leaves if x.requires_grad]
        found[name] = {
            "shape": list(out.shape),
            "out": out.detach().ravel().tolist(),
            "grads": [g.ravel().tolist() for g in gradients],
        }
    return found


def torch_layers() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, case in test_torch_layers.CASES.items():
        module = case.build(torch.nn).double()
        own = dict(module.named_parameters())
        shapes = {key: tuple(p.shape) for key, p in own.items()}
        for key, values in test_torch_layers.parameters_of(name, shapes).items():
            own[key].data = torch.tensor(values)
        leaves = [torch.tensor(x, requires_grad=True) for x in case.inputs]
        out = case.call(module, *leaves)
        (out * torch.cos(torch.arange(out.numel(), dtype=torch.float64) + 0.5).reshape(out.shape)).sum().backward()
        found[name] = {
            "shape": list(out.shape),
            "out": out.detach().ravel().tolist(),
            "grads": [leaf.grad.ravel().tolist() for leaf in leaves],
            "parameters": {
                key: (torch.zeros_like(p) if p.grad is None else p.grad).ravel().tolist() for key, p in own.items()
            },
            "buffers": {key: b.ravel().tolist() for key, b in module.named_buffers()},
            "eval": case.call(module.eval(), *map(torch.tensor, case.inputs)).detach().ravel().tolist(),
        }
    return found


def hips() -> Any:
    """What the programs compute under HIPS autograd; None where that is not installed."""
    if not drop_in.hips_is_installed():
        print(f"hips.json is left as it is: {drop_in.INSTALL}")
        return None
    with drop_in.Worker(drop_in.PLACE) as worker:
        return worker.ask(values=True)


if __name__ == "__main__":
    if (found := hips()) is not None:
        write("hips.json", found)
    write("derivatives.json", derivatives())
    write("micrograd.json", micrograd())
    write("layers.json", layers())
    write("trajectories.json", trajectories())
    write("schedules.json", schedules())
    write_rows("schedules_together.json", schedules_together())
    write("lbfgs.json", lbfgs())
    write("modules.json", modules())
    write_rows("functional.json", functional())
    write_rows("torch_layers.json", torch_layers())
