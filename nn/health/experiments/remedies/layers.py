"""Changes of the layers: activations, initial weights, normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nn.health.evidence.facts import Facts
from nn.health.experiments.fresh_weights import draw_weights
from nn.health.experiments.remedies.remedy import Remedy
from nn.health.experiments.trial import Trial
from nn.health.finding import join_names
from nn.health.subject import Subject

# The deviation of weights over 1/√inputs below which they are small.
SMALL_WEIGHTS = 0.3


def remedies_of_layers(subject: Subject, facts: Facts) -> Iterator[Remedy]:
    """Activations, initial weights, normalisation."""
    if facts.linear_pairs:
        first, second = facts.linear_pairs[0]

        def put_in(trial: Trial) -> None:
            for path, _ in facts.linear_pairs:
                trial.network.alter(path, lambda _, gave: trial.network.ops.relu(gave))

        yield Remedy(
            "ReLU between",
            f"with a ReLU between {first} and {second}",
            "no activation",
            f"put an activation such as ReLU between {first} and {second}",
            put_in,
        )
    frozen = [w.path for w in subject.network.parameters() if not w.trainable]
    if frozen:
        yield Remedy(
            "all trained",
            f"with {join_names(frozen, 3)} trained too",
            "frozen parameters",
            "requires_grad_(True) for more of the layers, beginning with the last ones; or a body that knows such rows",
            lambda trial: trial.network.thaw(),
        )
    if facts.unbiased:

        def add_biases(trial: Trial) -> None:
            trial.network.add_biases(facts.unbiased)

        yield Remedy(
            "biases",
            f"with a bias in {join_names(facts.unbiased)}",
            "no bias",
            "bias=True in linear layers, but before a normalisation that has its own",
            add_biases,
        )
    yield Remedy(
        "fresh weights",
        "with weights drawn anew",
        facts.weights_cause,
        "initialise at random, by the number of inputs: nn.init.kaiming_normal_ for ReLU, xavier_uniform_ for tanh and sigmoid",
        lambda trial: draw_weights(trial.network, trial.seed),
        evidenced=facts.weights_cause != "weights too small" or facts.weight_scale[0] < SMALL_WEIGHTS,
    )
    if facts.squashes:

        def rectify(trial: Trial) -> None:
            for before, after in facts.shares:
                _rectify_between(trial, before, after)
            for path in facts.squashing:
                trial.network.alter(path, lambda given, _: trial.network.ops.relu(given))
            draw_weights(trial.network, trial.seed)

        yield Remedy(
            "ReLU for sigmoids",
            f"with ReLU in place of {facts.squashing_kind}",
            # Where they begin where they are flat, both the weights and their kind mend that.
            facts.weights_cause if facts.weights_cause == "saturation" else "vanishing gradients",
            f"take ReLU with kaiming_normal_ in place of {facts.squashing_kind}, or normalise between layers",
            rectify,
        )
    if len(facts.hidden) > 1:

        def normalise(trial: Trial) -> None:
            for path in facts.hidden:
                trial.network.alter(path, lambda _, gave: trial.network.ops.standardize(gave))

        yield Remedy(
            "normalised layers",
            "with each layer's outputs normalised",
            facts.layers_cause,
            "put BatchNorm or LayerNorm between the layers, or initialise by the number of inputs",
            normalise,
            general=True,
        )


def _rectify_between(trial: Trial, before: str, after: str) -> None:
    """Give a layer the rectified numbers of another one, whatever the network would make of them."""
    kept: list[Any] = []

    def keep(_: Any, gave: Any) -> Any:
        kept[:] = [gave]
        return gave

    trial.network.alter(before, keep)
    trial.network.feed(after, lambda: trial.network.ops.relu(kept[0]))
