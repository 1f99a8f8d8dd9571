"""A part of the kept scripts in PyTorch's words: the same loops over the same rows."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.nn.health.corpus import kept_healthy, kept_scripts
from tests.nn.health.corpus.kept_case import Case, Script

NAMES = (
    "script_no_zero_grad",
    "script_no_step",
    "script_cleared_before_step",
    "script_model_anew",
    "script_scheduler_every_batch",
    "script_optimizer_of_another_model",
    "script_sorted_rows",
    "script_shapes_broadcast",
    "script_rate_too_high",
    "script_rate_too_low",
    "script_rows_without_their_targets",
    "script_training_mode_in_use",
    "script_evaluation_mode_in_training",
    "script_missing_values",
    "script_listed_layers",
    "script_penalty",
    "healthy_script_surface",
    "healthy_script_accumulates",
    "healthy_script_walks",
    "healthy_script_two_models",
)

START = """import torch
from torch import nn, optim, no_grad
torch.manual_seed(SEED)
torch.set_num_threads(1)
Tensor = torch.as_tensor
"""


def to_torch(text: str, seed: int) -> str:
    """A script of the kept half as PyTorch's users would write it."""
    text = text.replace("import nn, optim\nfrom autograd import Tensor, no_grad\n", START.replace("SEED", str(seed)))
    text = re.sub(r", rng=[^,)]+", "", text)
    text = re.sub(r"(criterion\(.*), (y\[[^]]*\])\)", r"\1, Tensor(\2))", text)
    text = re.sub(r"- (targets\[[^]]*\]|y\[[^]]*\])", r"- Tensor(\1)", text)
    return text.replace("optim.clip_grad_norm_", "nn.utils.clip_grad_norm_")


def _in_torch(case: Case) -> Case:
    def build(seed: int, healed: bool) -> Script:
        made = case.build(seed, healed)
        assert isinstance(made, Script)
        return Script(to_torch(made.text, seed), made.judge)

    return replace(case, name=f"torch_{case.name}", build=build)


CASES: list[Case] = [_in_torch(case) for case in kept_scripts.CASES + kept_healthy.CASES if case.name in NAMES]
