"""What a script shows that comes to no backward pass: it never asks for one, or is stopped by what its rows hold."""

from __future__ import annotations

import numpy as np

from nn.health.evidence.data import find_broken_rows
from nn.health.finding import Finding
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Call, Ledger
from nn.health.loop.rule import MIN_PASSES, make_finding


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


def find_broken_inputs(calls: list[Call]) -> Finding | None:
    """NaN or infinity in what a model was given, of a script that then stopped."""
    for call in calls:
        if call.inputs is not None and len(call.inputs):
            for found in find_broken_rows(call.inputs, np.zeros(len(call.inputs))):
                return found
    return None
