"""What a loop does with gradients and weights beside the calls of an optimizer."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nn.health.finding import Finding
from nn.health.loop.by_hand import find_cleared_by_hand
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Iteration, Ledger
from nn.health.loop.rule import HABIT_SHARE, MIN_PASSES, is_habit, lines_of, make_finding
from nn.health.loop.text import leaves_a_step_out
from nn.health.loop.words import LOADS, tell_words_of_all

# The share of passes whose gradients are thrown away from which on that is no slip.
WASTED = 0.4
# Steps that are enough for a run, even with one for all rows.
MANY_STEPS = 100
# The cosine of a move and the gradient from which on it goes up.
UPHILL = 0.3
# A loss that is multiplied by no more than this, over the batches of an epoch, is a share of a mean.
DIVIDED = 1.5
# The share of their norm below which weights are made much shorter after a step.
SHORTENED = 0.9


def find_lost_loss(ledger: Ledger, kit: Kit) -> Finding | None:
    """A backward pass that reaches no parameter."""
    passes = [one for one in ledger.iterations if one.call is not None]
    if not is_habit(passes, lambda one: not one.reached) or any(one.stale for one in passes):
        return None
    model = passes[-1].call.model if passes[-1].call is not None else None
    if model is None or not any(getattr(p, "requires_grad", True) for p in kit.parameters(model)):
        return None
    return make_finding(
        "missing gradients",
        f"{len(passes)} backward passes brought no gradient to any parameter of the model: on its way from them the loss "
        "became a plain number",
        "call backward() of the loss as it was computed: without .item(), .data, .detach() or a new Tensor of it",
        passes[-1].site,
        passes=len(passes),
    )


def find_loss_of_weights(ledger: Ledger, kit: Kit) -> Finding | None:
    """Losses that are penalties alone: the answers of the model that was called, and what they cost, are in none of them."""
    passes = ledger.iterations
    if not is_habit(passes, lambda one: one.of_weights and one.reached):
        return None
    return make_finding(
        "loss ignores targets",
        f"the losses of {len(passes)} backward passes are of the weights alone, as a penalty is: no answer of the model is in them, and so "
        "no target",
        "add the penalty to the loss of outputs and targets: loss = loss + penalty",
        passes[-1].site,
        passes=len(passes),
    )


def find_unrecorded_loss(ledger: Ledger, kit: Kit) -> Finding | None:
    """Losses that stand alone: nothing that they were computed of was recorded."""
    if not ledger.optimizers or not is_habit(ledger.iterations, lambda one: one.call is None and one.nodes == 0):
        return None
    # A pass of a weight itself, with a gradient that was computed elsewhere, is as it is meant.
    if any(
        id(p) in ledger.reached for made, _ in ledger.optimizers for group in made.param_groups for p in group["params"]
    ):
        return None
    return make_finding(
        "missing gradients",
        f"the losses of {len(ledger.iterations)} backward passes are numbers that nothing leads to: what they were computed of was not "
        "recorded",
        "compute the outputs and the loss outside of no_grad(), and without detach(); requires_grad_() of the loss brings nothing back",
        ledger.iterations[-1].site,
        passes=len(ledger.iterations),
    )


def find_missing_step(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that stay where they are, with no step of an optimizer."""
    passes = ledger.iterations
    if find_cleared_by_hand(ledger, kit) is not None:
        return None
    if (
        len(passes) < MIN_PASSES
        or ledger.steps
        or not is_habit(passes[1:], lambda one: one.change == 0 and not one.still)
    ):
        return None
    made = (
        "the optimizer's step() is never called"
        if ledger.optimizers
        else "there is no optimizer, and nothing else moves them"
    )
    return make_finding(
        "step missing",
        f"no weight changed in {len(passes)} backward passes: {made}",
        "call optimizer.step() after backward()"
        if ledger.optimizers
        else "move each weight after backward(), or let an optimizer do it",
        passes[-1].site,
        passes=len(passes),
    )


def find_shortened_weights(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that are brought back to one norm after each step, of which that takes a good part."""
    passes = ledger.iterations[len(ledger.iterations) // 2 :]
    if not is_habit(passes, lambda one: one.shortened < SHORTENED):
        return None
    norms, shares = np.array([(one.size, one.shortened) for one in passes]).T
    # A decay takes the same share each time, whatever the norm is.
    if not (norms.max() < 1.1 * norms.min() and np.ptp(shares) > 1e-3):
        return None
    share = float(np.median(shares))
    return make_finding(
        "weights held small",
        f"after each step the weights are made {share:.2g} times as large, to a norm of {norms[0]:.3g} in all: what the steps have learned "
        "is taken back",
        "leave the weights as the step has left them, or hold them to much more; a mild weight decay keeps them small",
        passes[-1].site,
        norm=norms[0],
        share=share,
    )


def find_flat_loss(ledger: Ledger, kit: Kit) -> Finding | None:
    """Gradients that are all 0 as the pass gives them: the loss of a loop that shows nothing else is flat."""
    stepped = [one for one in ledger.iterations if one.has("step")]

    def is_flat(one: Iteration) -> bool:
        names = [name for name, _ in one.after]
        return one.reached and one.cleared and "zero" not in names[: names.index("step")]

    if not is_habit(stepped, is_flat):
        return None
    if all(one.loss == 0.0 for one in ledger.iterations):
        return make_finding(
            "loss ignores targets",
            f"in {len(stepped)} steps the loss was 0, and every gradient too: it says that nothing is wrong whatever the model answers, as "
            "where its answers are compared with themselves, or all rows are masked",
            "give the loss the targets that came with the rows",
            stepped[-1].site,
            steps=len(stepped),
        )
    return make_finding(
        "missing gradients",
        f"in {len(stepped)} steps every gradient was 0: the loss does not change with the weights, as where its answers are rounded, "
        "compared or detached",
        "compute the loss of the outputs as they are, with a smooth function",
        stepped[-1].site,
        steps=len(stepped),
    )


def find_idle_parameters(ledger: Ledger, kit: Kit) -> Finding | None:
    """Parameters of the optimizer that no backward pass reaches, while it reaches others."""
    if len(ledger.steps) < MIN_PASSES or not ledger.reached or not all(one.reached for one in ledger.iterations):
        return None
    optimizers = {id(optimizer): optimizer for optimizer, _ in ledger.steps}
    held = [p for o in optimizers.values() for group in o.param_groups for p in group["params"]]
    trained = [p for p in held if getattr(p, "requires_grad", True)]
    # What has not been called so far may have its turn later.
    idle = [p for p in trained if id(p) in ledger.called and id(p) not in ledger.reached]
    last = ledger.iterations[-1].call
    mine = {id(p) for p in kit.parameters(last.model)} if last is not None else set()
    # What lies within the model is told of it, with its path.
    if not idle or len(idle) == len(trained) or any(id(p) in mine for p in idle):
        return None
    return make_finding(
        "missing gradients",
        f"{len(idle)} of the {len(trained)} parameters that the optimizer holds never get a gradient, those of another module than "
        "the one that the loss is of: on its way between them what was computed became a constant",
        "give the one module what the other gives as it is: without .detach(), .data, .numpy() or no_grad()",
        ledger.iterations[-1].site,
        idle=len(idle),
        parameters=len(trained),
    )


def find_kept_gradients(ledger: Ledger, kit: Kit) -> Finding | None:
    """Of several optimizers one whose gradients are never set to zero."""
    for optimizer, line in ledger.optimizers:
        steps, along_old = ledger.uses.get(id(optimizer), (0, 0))
        if len(ledger.uses) > 1 and steps > MIN_PASSES and along_old >= HABIT_SHARE * (steps - 1):
            return make_finding(
                "gradients not zeroed",
                f"{along_old} of {steps} steps of one of the {len(ledger.uses)} optimizers went along gradients that its step before had "
                "used already: they are never set to zero, and it goes along the sum of all gradients so far",
                "call zero_grad() of each optimizer before the pass that it takes its step by",
                line,
                steps=steps,
                kept=along_old,
            )
    return None


def find_left_out(ledger: Ledger, kit: Kit) -> Finding | None:
    """A module that others are given the outputs of, which gets gradients, and which no optimizer holds while it holds those."""
    if len(ledger.steps) < MIN_PASSES or LOADS & tell_words_of_all(ledger.text):
        return None
    held = {id(p) for o, _ in ledger.optimizers for group in o.param_groups for p in group["params"]}
    calls = [one.call for one in ledger.iterations if one.call is not None and len(one.call.parts) > 1]
    parts = calls[-1].parts if calls else ()
    for part in parts[:-1]:
        trained = [p for p in kit.parameters(part) if getattr(p, "requires_grad", True)]
        others = {id(p) for other in parts if other is not part for p in kit.parameters(other)}
        reached = bool(trained) and all(kit.gradient(p) is not None for p in trained)
        if reached and not any(id(p) in held for p in trained) and others & held:
            return make_finding(
                "parameters left out",
                f"all {len(trained)} parameters of {type(part).__name__} get gradients, and no optimizer has them: what stands on its "
                "outputs is trained, and it stays as it was made",
                "give the optimizer the parameters of both: [*first.parameters(), *second.parameters()]",
                next(iter(ledger.built.get(id(part), [])), None),
                parameters=len(trained),
            )
    return None


def find_wasted_passes(ledger: Ledger, kit: Kit) -> Finding | None:
    """Gradients that are set to zero before anything has used them: the weights have not moved, nor were inputs asked for."""
    passes = ledger.iterations
    if len(passes) < 2 * MIN_PASSES or not ledger.steps:
        return None
    wasted = [
        one
        for one, late in zip(passes, passes[1:], strict=False)
        if one.has("zero") and not one.has("step") and late.change == 0.0 and not _is_look(one, late)
    ]
    if len(wasted) < WASTED * len(passes):
        return None
    return make_finding(
        "gradients cleared before the step",
        f"the gradients of {len(wasted)} of {len(passes)} backward passes were set to zero before step() was called: only the "
        "last batch before a step counts",
        "call step() after each backward pass, or zero_grad() only after a step",
        wasted[-1].site_of("zero"),
        wasted=len(wasted),
        passes=len(passes),
    )


def find_unstepped_optimizer(ledger: Ledger, kit: Kit) -> Finding | None:
    """An optimizer that clears its gradients again and again, and takes no step, while others do."""
    if not leaves_a_step_out(ledger.text):
        return None
    stepped = {id(optimizer): optimizer for optimizer, _ in ledger.steps}
    moved = {id(p) for optimizer in stepped.values() for group in optimizer.param_groups for p in group["params"]}
    for made, site in ledger.optimizers:
        mine = [id(p) for group in made.param_groups for p in group["params"]]
        often = ledger.zeroed[id(made)]
        if id(made) in stepped or min(often, len(ledger.steps)) < 2 * MIN_PASSES or moved.intersection(mine):
            continue
        return make_finding(
            "step missing",
            f"an optimizer has cleared gradients {often} times and never takes a step: the {len(mine)} parameters that it holds stay what "
            f"they are, while another one has taken {len(ledger.steps)} steps",
            "call step() of this optimizer after its backward pass",
            site,
            cleared=often,
            steps=len(ledger.steps),
        )
    return None


def find_rare_steps(ledger: Ledger, kit: Kit) -> Finding | None:
    """One step for all batches of an epoch, in a run of few epochs: `step()` stands behind the loop over the batches."""
    passes, steps = len(ledger.iterations), len(ledger.steps)
    epoch = ledger.passes_of_an_epoch
    # Who divides the loss by the batches adds up the gradients of an epoch on purpose.
    if find_wasted_passes(ledger, kit) is not None or ledger.multiplied * epoch < DIVIDED:
        return None
    if (
        epoch < MIN_PASSES
        or steps < 2
        or passes < HABIT_SHARE * epoch * steps
        or not ledger.meant
        or ledger.meant > MANY_STEPS
    ):
        return None
    return make_finding(
        "too few steps",
        f"step() is called {steps} times in {passes} backward passes, once for the {epoch} batches of an epoch: in "
        f"{ledger.meant} epochs the weights move {ledger.meant} times",
        "call step() after each backward pass, inside of the loop over the batches",
        ledger.steps[-1][1],
        steps=steps,
        passes=passes,
    )


def find_rare_passes(ledger: Ledger, kit: Kit) -> Finding | None:
    """Batches that the model is called with, and no backward pass follows: `backward()` stands behind the loop over them."""
    passes = [one for one in ledger.iterations if one.call is not None and one.call.site is not None]
    if len(passes) < 2 or not ledger.steps or not ledger.meant or ledger.meant > MANY_STEPS:
        return None
    lines = {lines_of(one.call.site) for one in passes if one.call is not None}
    unused = [c for c in ledger.evaluations if c.training and c.recorded and c.site and lines_of(c.site) in lines]
    if len(unused) < (MIN_PASSES - 1) * len(passes):
        return None
    return make_finding(
        "too few steps",
        f"the model is called {len(unused) + len(passes)} times with batches, and backward() {len(passes)} times: only "
        "the last batch of an epoch is learned from",
        "call backward() and step() inside of the loop over the batches",
        passes[-1].site,
        calls=len(unused) + len(passes),
        passes=len(passes),
    )


def _is_look(one: Iteration, late: Iteration) -> bool:
    """Whether a pass is for the gradient by the inputs, or looks at the gradients of rows that the next one steps by."""
    if one.call is None or late.call is None:
        return False
    again = one.call.batch is not None and one.call.batch == late.call.batch
    return one.call.by_inputs or (late.has("step") and again)


def find_ascent(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that are moved along the gradient, which makes the loss larger."""
    # Beside an optimizer, weights that are moved along the gradient are put back, as those that look for a flat place.
    moved = [] if ledger.steps else [one for one in ledger.iterations if np.isfinite(one.direction)]
    if is_habit(moved, lambda one: one.direction < 0.0):
        return make_finding(
            "loss maximised",
            f"the weights move along their gradients (w + {-moved[0].direction:.3g} · gradient), not against them: each step "
            "makes the loss larger",
            "subtract: w = w - lr * gradient",
            moved[-1].site,
            rate=moved[0].direction,
        )
    own = [] if ledger.steps else [one for one in ledger.iterations if one.moved]
    if not moved and is_habit(own, lambda one: one.slope > UPHILL):
        return make_finding(
            "loss maximised",
            f"in {len(own)} passes the weights move by a rule of the script's own, and up the gradient, which makes the loss larger",
            "subtract what the rule makes of the gradient",
            own[-1].site,
            passes=len(own),
        )
    return None


def find_blind_steps(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that are moved by the same at each pass beside others that go along their gradients, as biases by `b = b - lr`."""
    passes = [one for one in ledger.iterations if one.blind is not None]
    if not is_habit(passes, lambda one: bool(one.blind)) or passes[-1].call is None:
        return None
    counts = Counter(k for one in passes for k in one.blind or ())
    model = passes[-1].call.model
    # One whose gradient was never other than 0 may be moved for another purpose, such as to count steps.
    pulled = ledger.pulled.get(id(model), np.zeros(0, bool))
    often = [k for k, count in sorted(counts.items()) if 2 * count > len(passes)]
    blind = [kit.names(model)[k] for k in often if k < len(pulled) and pulled[k]]
    if not blind:
        return None
    told = blind[0] if len(blind) == 1 else f"{', '.join(blind[:-1])} and {blind[-1]}"
    return make_finding(
        "wrong gradient",
        f"in {len(passes)} passes {told} went on as before, whatever the gradient had become, where other weights go along theirs: "
        "the step leaves the gradient out",
        "subtract the rate times the gradient: b = b - lr * gradient, and not b = b - lr",
        passes[-1].site,
        weights=len(blind),
    )


def find_restored_weights(ledger: Ledger, kit: Kit) -> Finding | None:
    """Weights that are put back to where they began, again and again."""
    places = [k for k, one in enumerate(ledger.iterations) if one.restored]
    back = [ledger.iterations[k] for k in places]
    epoch = ledger.passes_of_an_epoch
    # A run that goes through its rows more than once is one of its own, such as one of a cross-validation.
    if len(back) < 2 or int(np.median(np.diff(places))) > max(1, epoch):
        return None
    # What several have learned from there may be brought together, as a server does with that of its clients.
    if any(one.is_replaced and not one.restored for one in ledger.iterations[places[0] :]):
        return None
    return make_finding(
        "model made anew",
        f"{len(back)} times in {len(ledger.iterations)} passes the weights were put back to those of the first pass: what was "
        "learned in between is lost",
        "load weights, or make the model, before the loop",
        back[-1].site,
        times=len(back),
    )
