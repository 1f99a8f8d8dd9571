"""What an optimizer that compares the gradients of its steps supposes of the losses that it is given."""

from __future__ import annotations

from collections.abc import Iterator

from nn.health.finding import Finding
from nn.health.subject import Subject

# What these do: see Nocedal and Wright 2006, chapter 7, and Riedmiller and Braun 1993.
COMPARING = {
    "LBFGS": "reads how the loss bends off the gradients of two steps",
    "Rprop": "compares the signs of the gradients of two steps",
}


def find_curvature_of_batches(subject: Subject) -> Iterator[Finding]:
    """Gradients of different rows, whose difference says nothing of how the loss bends."""
    name, rows = type(subject.network.optimizer).__name__.removeprefix("Own"), len(subject.rows.x)
    if name in COMPARING and subject.batch_size < rows:
        yield Finding(
            "optimizer unfit",
            "",
            f"{name} {COMPARING[name]}, as if both were of one loss; each of its steps is of "
            f"{subject.batch_size} other rows of {rows}",
            f"give {name} all rows at each step, or take Adam for batches",
            {"batch": subject.batch_size, "rows": rows},
            certain=False,
        )
