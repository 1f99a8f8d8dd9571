"""What a loop does wrong, by what was seen of it: each rule reads the ledger and gives a finding or None."""

from __future__ import annotations

import itertools

import numpy as np

from autograd.graph.sites import Site
from nn.health.finding import Finding
from nn.health.loop.by_hand import (
    find_adrift,
    find_cleared_by_hand,
    find_left_by_hand,
    find_new_weights,
    find_unreached_by_hand,
)
from nn.health.loop.judged import find_judged_training_rows
from nn.health.loop.judged_by_hand import find_metric_by_hand
from nn.health.loop.kept import find_other_level, find_rows_of_earlier_folds, find_trained_kept_rows
from nn.health.loop.kit import Kit
from nn.health.loop.ledger import Iteration, Ledger
from nn.health.loop.left_loops import find_left_batches
from nn.health.loop.norms import (
    changes_with_mode,
    find_averages_left,
    find_averages_of_others,
    find_held_norms,
    list_norms,
)
from nn.health.loop.rows import (
    find_idle_loop,
    find_metric_of_training_rows,
    find_one_row,
    find_own_answers,
    find_same_batch,
    find_seeded_batches,
    find_slices_of_one_batch,
    has_doubles,
)
from nn.health.loop.rule import HABIT_SHARE, MIN_PASSES, Rule, is_habit, make_finding
from nn.health.loop.schedules import (
    find_decaying_rate,
    find_early_schedule,
    find_long_warm_up,
    find_negative_rate,
    find_schedule_of_steps,
    find_turned_plateau,
)
from nn.health.loop.sums import find_carried_graph, find_carried_sum, find_growing_graph
from nn.health.loop.unheeded import find_unheeded_loss
from nn.health.loop.updates import (
    find_ascent,
    find_blind_steps,
    find_idle_parameters,
    find_kept_gradients,
    find_left_out,
    find_loss_of_weights,
    find_lost_loss,
    find_missing_step,
    find_rare_passes,
    find_rare_steps,
    find_restored_weights,
    find_shortened_weights,
    find_unrecorded_loss,
    find_unstepped_optimizer,
    find_wasted_passes,
)

# The share of rows that were trained on below which they are others.
KNOWN = 0.5


def find_faults(ledger: Ledger, kit: Kit) -> list[Finding]:
    """All that was seen, the gravest first."""
    return [found for rule in RULES if (found := rule(ledger, kit)) is not None]


def find_missing_backward(ledger: Ledger, kit: Kit) -> Finding | None:
    if ledger.steps_without_backward < MIN_PASSES or ledger.iterations:
        return None
    return make_finding(
        "backward missing",
        f"{ledger.steps_without_backward} steps of the optimizer, and no backward pass: there are no gradients to step along",
        "call loss.backward() before optimizer.step()",
        ledger.steps[-1][1],
        steps=ledger.steps_without_backward,
    )


def find_cleared_gradients(ledger: Ledger, kit: Kit) -> Finding | None:
    stepped = [one for one in ledger.iterations if one.has("step")]

    def is_cleared(one: Iteration) -> bool:
        names = [name for name, _ in one.after]
        return one.cleared and "zero" in names[: names.index("step")]

    if not is_habit(stepped, is_cleared):
        return None
    return make_finding(
        "gradients cleared before the step",
        "zero_grad() stands between backward() and step(): every step finds no gradient",
        "call zero_grad() before backward(), or after step()",
        stepped[-1].site_of("zero"),
        steps=len(stepped),
    )


def find_gradients_not_zeroed(ledger: Ledger, kit: Kit) -> Finding | None:
    passes = ledger.iterations
    following = [
        late
        for early, late in zip(passes, passes[1:], strict=False)
        if early.has("step") or early.moved or np.isfinite(early.direction)
    ]
    if not is_habit(following, lambda one: one.stale and one.is_used):
        return None
    return make_finding(
        "gradients not zeroed",
        f"in {sum(one.stale for one in following)} of {len(following)} backward passes the gradients of the step before were "
        "still there: each step goes along the sum of all gradients so far",
        "call optimizer.zero_grad() before backward()"
        if ledger.optimizers
        else "before backward(), set the gradient of every weight to None, that of a Value to 0.0",
        passes[-1].site,
        passes=len(following),
    )


def find_idle_optimizer(ledger: Ledger, kit: Kit) -> Finding | None:
    """The optimizer of what is trained was made, and those of others take the steps."""
    last = ledger.iterations[-1].call if ledger.iterations else None
    if last is None or len(ledger.steps) < MIN_PASSES:
        return None
    mine = {id(p) for p in kit.parameters(last.model)}
    idle = find_unstepped(ledger, mine)
    stepped = {id(p) for o, _ in ledger.steps for group in o.param_groups for p in group["params"]}
    if idle is None or mine & stepped:
        return None
    return make_finding(
        "step missing",
        f"the optimizer that holds this model's parameters never takes a step; {len(ledger.steps)} were taken by that of another model",
        "call step() of this optimizer after the backward pass",
        idle,
        steps=len(ledger.steps),
    )


def find_unstepped(ledger: Ledger, parameters: set[int]) -> Site | None:
    """The line that made an optimizer of some parameters that has never taken a step."""
    stepped = {id(optimizer) for optimizer, _ in ledger.steps}
    for made, site in ledger.optimizers:
        held = {id(p) for group in made.param_groups for p in group["params"]}
        if id(made) not in stepped and parameters and parameters <= held:
            return site
    return None


def find_foreign_parameters(ledger: Ledger, kit: Kit) -> Finding | None:
    if len(ledger.steps) < MIN_PASSES or not ledger.iterations or ledger.iterations[-1].call is None:
        return None
    model = ledger.iterations[-1].call.model
    mine = {id(p) for p in kit.parameters(model)}
    if find_unstepped(ledger, mine) is not None:
        return None
    optimizers = {id(optimizer): optimizer for optimizer, _ in ledger.steps}
    held = {id(p) for o in optimizers.values() for group in o.param_groups for p in group["params"]}
    if not mine or mine & held:
        return None
    line = next((site for made, site in reversed(ledger.optimizers) if id(made) in optimizers), None)
    return make_finding(
        "foreign parameters",
        "the optimizer holds none of the parameters of the model that is trained: it was made of another one",
        "make the optimizer of model.parameters() after the model",
        line,
        parameters=len(mine),
    )


def find_new_models(ledger: Ledger, kit: Kit) -> Finding | None:
    passes = ledger.iterations
    classes = {type(model) for model, _ in ledger.models}
    if len(ledger.models) >= 3 and len(classes) == 1:
        order = [id(one.call.model) for one in passes if one.call is not None]
        lives = len(set(order)) == len(ledger.models)
        # One that goes through the rows more than once is a run of its own, such as one of a cross-validation.
        longest = max(order.count(key) for key in set(order))
        if lives and longest <= ledger.passes_of_an_epoch:
            return make_finding(
                "model made anew",
                f"{len(ledger.models)} models were trained in {len(passes)} passes: a new one is made inside of the loop, and "
                "what the last one learned is lost",
                "make the model and the optimizer before the loop",
                ledger.built_at(*ledger.models[-1]) or ledger.models[-1][1],
                models=len(ledger.models),
            )
    jumps = [k for k, one in enumerate(passes) if abs(one.likeness) < 0.3]
    if len(jumps) >= 2 and len(passes) >= 3 * len(jumps):
        return make_finding(
            "model made anew",
            f"the weights were replaced {len(jumps)} times in {len(passes)} passes by others that have nothing to do with them "
            "(no step moves them so far): they are drawn anew inside of the loop",
            "initialise the weights before the loop",
            passes[jumps[-1]].site,
            times=len(jumps),
        )
    return None


def find_other_targets(ledger: Ledger, kit: Kit) -> Finding | None:
    rows = ledger.rows
    if ledger.is_in_turns or ledger.goes_on or ledger.mixed > len(ledger.iterations) // 2:
        return None
    # What could not be told of the first rows may be no target at all, such as what a policy has drawn.
    if len(rows.targets) < len(rows.inputs):
        return None
    kinds = len({target.tobytes() for target in rows.targets})
    # Those that came last, so that a stage of training with targets of its own says nothing.
    last = rows.otherwise[len(rows.otherwise) // 2 :]
    if len(last) < 10 or kinds < 2 or sum(last) < 0.3 * len(last) or len(rows.times) < 10 or has_doubles(ledger, kit):
        return None
    line = next((one.call.site for one in reversed(ledger.iterations) if one.call is not None), None)
    return make_finding(
        "targets unrelated to inputs",
        f"rows that came again came with another target in {sum(last)} of {len(last)} cases: inputs and targets are not "
        "brought into the same order",
        "index inputs and targets with the same permutation",
        line,
        again=len(last),
        otherwise=sum(last),
    )


def find_clash(ledger: Ledger, kit: Kit) -> Finding | None:
    line = next((one.clash for one in ledger.iterations if one.clash is not None), None)
    if line is None:
        return None
    return make_finding(
        "shapes broadcast",
        "outputs of shape (N, 1) meet targets of shape (N,) in the loss: the two broadcast to (N, N), every output against every "
        "target",
        "give both the same shape: output[:, 0], or targets[:, None]",
        line,
    )


def find_evaluation_mode(ledger: Ledger, kit: Kit) -> Finding | None:
    passes = [one for one in ledger.iterations if one.call is not None]
    modes = [one.call.training for one in passes if one.call is not None]
    # Also where it stays on from the first evaluation to the end.
    stays = len(modes) >= 2 * MIN_PASSES and False in modes and not any(modes[modes.index(False) :])
    if not is_habit(passes, lambda one: one.call is not None and not one.call.training) and not (
        stays and modes.count(False) > len(modes) // 3
    ):
        return None
    call = passes[-1].call
    if call is None or not changes_with_mode(call.model, kit):
        return None
    first = modes.index(False)
    since = f", from the {first + 1}th pass on" if first else ""
    return make_finding(
        "evaluation mode in training",
        f"the model is trained in evaluation mode{since}: dropout does nothing, and batch norm does not measure the batches",
        "call model.train() before the training batches",
        call.site,
        passes=len(passes),
    )


def find_training_mode(ledger: Ledger, kit: Kit) -> Finding | None:
    looked = [call for call in ledger.evaluations if changes_with_mode(call.model, kit)]
    # Draws of dropout that are asked for, as a spread of answers, are meant; batch norm that measures other rows than those of the
    # training is not, where no answer is ever asked for in another mode.
    measures = all(call.training for call in looked) and any(
        call.known < KNOWN and list_norms(call.model, kit) for call in looked
    )
    wrong = [call for call in looked if call.training and (measures or not call.asked)]
    if not wrong or len(wrong) < HABIT_SHARE * len(looked):
        return None
    return make_finding(
        "training mode in evaluation",
        "rows are judged while the model is in training mode: dropout throws the answers about, and batch norm measures the "
        "rows that are judged",
        "call model.eval() before rows are judged, and model.train() before the next training batch",
        wrong[-1].site,
        calls=len(wrong),
    )


def find_new_optimizers(ledger: Ledger, kit: Kit) -> Finding | None:
    stepped = [optimizer for optimizer, _ in ledger.steps]
    if len(stepped) < 2 * MIN_PASSES or len({id(model) for model, _ in ledger.models}) != 1:
        return None
    lasted = [len(list(same)) for _, same in itertools.groupby(map(id, stepped))]
    made = len({id(optimizer) for optimizer in stepped})
    # One that does not come again was thrown away; of two, the second may be for another part of the run.
    by_epoch = made == len(lasted) >= 3 and max(lasted) <= ledger.passes_of_an_epoch
    if made < HABIT_SHARE * len(stepped) and not by_epoch:
        return None
    # The moments of weights that were put in the place of others say nothing of them.
    if sum(one.is_replaced for one in ledger.iterations) >= made - 1:
        return None
    keeps = type(stepped[-1]).__name__ != "SGD" or stepped[-1].param_groups[0].get("momentum")
    if not keeps:
        return None
    return make_finding(
        "optimizer made anew",
        f"a new optimizer is made for every {'epoch' if max(lasted) > 1 else 'step'}: its moments begin anew each time",
        "make the optimizer before the loop",
        ledger.optimizers[-1][1],
        optimizers=made,
    )


# What makes the others follow comes first.
RULES: tuple[Rule, ...] = (
    find_missing_backward,
    find_lost_loss,
    find_loss_of_weights,
    find_unrecorded_loss,
    find_adrift,
    find_cleared_by_hand,
    find_missing_step,
    find_idle_optimizer,
    find_foreign_parameters,
    find_cleared_gradients,
    find_wasted_passes,
    find_rare_steps,
    find_unstepped_optimizer,
    find_rare_passes,
    find_left_batches,
    find_idle_parameters,
    find_ascent,
    find_blind_steps,
    find_negative_rate,
    find_own_answers,
    find_unheeded_loss,
    find_new_models,
    find_new_weights,
    find_restored_weights,
    find_one_row,
    find_same_batch,
    find_slices_of_one_batch,
    find_seeded_batches,
    find_gradients_not_zeroed,
    find_kept_gradients,
    find_unreached_by_hand,
    find_growing_graph,
    find_shortened_weights,
    find_left_out,
    find_left_by_hand,
    find_clash,
    find_other_targets,
    find_carried_sum,
    find_carried_graph,
    find_decaying_rate,
    find_turned_plateau,
    find_schedule_of_steps,
    find_long_warm_up,
    find_evaluation_mode,
    find_held_norms,
    find_averages_left,
    find_averages_of_others,
    find_new_optimizers,
    find_training_mode,
    find_idle_loop,
    find_metric_of_training_rows,
    find_judged_training_rows,
    find_metric_by_hand,
    find_trained_kept_rows,
    find_rows_of_earlier_folds,
    find_other_level,
    find_early_schedule,
)
