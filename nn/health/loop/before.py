"""What a script shows that comes to no backward pass: it never asks for one, or is stopped by what its rows hold."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.graph.sites import Site
from nn.health.evidence.data import find_broken_rows, find_targets_outside
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.rule import MIN_PASSES, make_finding, tell_line
from nn.health.loop.text import walk
from nn.health.place import Place

# What trains in ways that are not watched, by what a script imports, and what is.
UNWATCHED = {
    "jax": "JAX", "flax": "Flax", "equinox": "Equinox", "tensorflow": "TensorFlow", "keras": "Keras", "sklearn": "scikit-learn",
    "tinygrad": "tinygrad", "mygrad": "MyGrad", "paddle": "PaddlePaddle", "mlx": "MLX",
}  # fmt: skip
WATCHED = ("autograd", "nn", "optim", "torch", "micrograd")


def tell_unwatched(text: str) -> str:
    """Why nothing is seen of a script that trains otherwise, and what to do; nothing where its text does not say so.

    Examples
    --------
    >>> tell_unwatched("import jax.numpy as jnp")
    'it trains with JAX, whose loops are not watched: write its step with PyTorch or with `nn`, in whose words it reads much the same'
    """
    nodes = walk(text)
    imported = {name.partition(".")[0] for node in nodes for name in _names_of_imported(node)}
    engines = [
        node.name
        for node in nodes
        if isinstance(node, ast.ClassDef)
        and {"backward", "__add__", "__mul__"} <= {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    ]
    if engines:
        return (
            f"its class {engines[0]} is an engine of its own that has more than autograd.Value, and is not watched. stepgrad check "
            f"FILE.py:{engines[0]} checks it; with `from autograd import Value as {engines[0]}` in its place the loop can be watched"
        )
    others = [name for package, name in UNWATCHED.items() if package in imported]
    if others and not imported & {*WATCHED}:
        return (
            f"it trains with {others[0]}, whose loops are not watched: write its step with PyTorch or with `nn`, in whose words it reads "
            "much the same"
        )
    if "numpy" in imported and not imported & {*WATCHED}:
        return (
            "it imports nothing whose loops are watched; where it computes its gradients by hand, write the loss with `autograd.numpy`, "
            "take grad(loss) for them, and compare both (stepgrad check)"
        )
    return ""


def _names_of_imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def note_prepared(ledger: Ledger, kit: Kit, call: Call) -> None:
    """Before the first pass, a call of what is to be trained."""
    if ledger.iterations or not (call.recorded and call.training):
        return
    mine = {id(p) for p in kit.parameters(call.model)}
    if any(id(p) in mine for made, _ in ledger.optimizers for g in made.param_groups for p in g["params"]):
        ledger.prepared += 1
        ledger.prepared_at = call.site


def find_no_pass(ledger: Ledger) -> Finding | None:
    """A model that is called to be trained, and an optimizer of it, of which nothing is ever asked."""
    if ledger.iterations or ledger.steps or ledger.prepared < 2 * MIN_PASSES:
        return None
    return make_finding(
        "backward missing",
        f"the model was called {ledger.prepared} times in training mode, with its graph recorded, and neither backward() nor the "
        "optimizer's step() was ever called: nothing is trained",
        "call loss.backward() and optimizer.step() for each batch; where they stand in the text, something keeps the script from "
        "reaching them, such as a condition on an argument that was left out",
        ledger.prepared_at,
        calls=ledger.prepared,
    )


def find_refused_targets(kit: Kit, refusal: tuple[Any, tuple[Any, ...], Site | None] | None) -> Finding | None:
    """Targets that a loss does not take, of a script that then stopped."""
    if refusal is None:
        return None
    loss, (outputs, targets), line = refusal
    asked = kit.array(targets)
    if asked is None or not kit.is_computed(outputs):
        return None
    found = next(find_targets_outside(asked, kit.value(outputs), loss), None)
    return found and replace(found, sentence=found.sentence + tell_line(line), place=Place(line=line))


def find_broken_inputs(calls: list[Call]) -> Finding | None:
    """NaN or infinity in what a model was given, of a script that then stopped."""
    for call in calls:
        if call.inputs is not None and len(call.inputs):
            for found in find_broken_rows(call.inputs, np.zeros(len(call.inputs))):
                return found
    return None
