"""The arguments of a schedule: rates for all groups, and all of them as a part of its state, which a schedule that goes on takes over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from optim.arguments import check_real

Rates = float | Sequence[float]

# What PyTorch's schedules keep beside: how often they were called, and what ours compute from their arguments.
NOT_NEEDED = {
    "_step_count", "_get_lr_called_within_step", "_is_initial", "verbose", "T_i", "T_cur", "lr_lambdas", "_schedule_phases",
    "_anneal_func_type", "use_beta1", "_scale_fn_ref", "_scale_fn_custom", "total_size", "step_ratio", "max_lrs", "mode_worse",
    "default_min_lr", "_last_lr", "base_momentums", "max_momentums",
}  # fmt: skip


def list_rates(what: str, given: Rates, groups: int) -> list[float]:
    """One rate for each group.

    Parameters
    ----------
    what : str
        Begins the messages.
    given : float, or sequence of float
        One for all, or one for each.
    groups : int

    Raises
    ------
    ValueError
        For another number of rates, and negative ones.

    Examples
    --------
    >>> list_rates("CyclicLR: max_lr", 0.5, 2)
    [0.5, 0.5]
    """
    rates = list(given) if isinstance(given, (list, tuple)) else [given] * groups
    if len(rates) != groups:
        raise ValueError(f"{what} is one number, or one for each of {groups} groups, got {len(rates)}")
    return [check_real(what, rate, "that is not negative", lambda x: x >= 0.0) for rate in rates]


def arguments_of(schedule: Any, state: tuple[str, ...]) -> dict[str, Any]:
    """What a schedule was made with, as far as it is numbers, texts and lists of them.

    Parameters
    ----------
    schedule : object
    state : tuple of str
        Attributes that are no arguments.

    Returns
    -------
    dict

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> arguments_of(optim.lr_scheduler.StepLR(optimizer, 3), ("last_epoch", "base_lrs"))
    {'step_size': 3, 'gamma': 0.1}
    """
    return {
        name: list(value) if isinstance(value, (list, tuple)) else value
        for name, value in vars(schedule).items()
        if name not in state and _is_plain(value)
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(part) for part in value)
    return value is None or isinstance(value, (str, Real))


def read_arguments(schedule: Any, state: Mapping[str, Any], own: tuple[str, ...]) -> dict[str, Any]:
    """The arguments in a state, by the names that the schedule has for them.

    Parameters
    ----------
    schedule : object
    state : mapping
        Of a schedule of the same kind, of ours or of PyTorch's.
    own : tuple of str
        What else belongs into the state.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        For a name that the schedule does not have, and a value of another kind.

    Examples
    --------
    >>> import autograd, optim
    >>> optimizer = optim.SGD([autograd.Tensor(1.0, requires_grad=True)], lr=1.0)
    >>> schedule = optim.lr_scheduler.StepLR(optimizer, 3)
    >>> read_arguments(schedule, {"step_size": 5, "last_epoch": 2, "_step_count": 3}, ("last_epoch",))
    {'step_size': 5}
    """
    have = arguments_of(schedule, own)
    given = {
        # PyTorch counts milestones.
        name: sorted(value.elements()) if isinstance(value, Counter) else value
        for name, value in state.items()
        if name not in own and name not in NOT_NEEDED
    }
    strange = sorted(set(given) - set(have), key=str)
    if strange:
        expected = sorted({*own, *have} - {"optimizer"})
        raise ValueError(
            f"load_state_dict: {type(schedule).__name__} has no {', '.join(map(str, strange))}; expected {expected}"
        )
    for name, value in given.items():
        if not _is_plain(value) or (_kind(value) != _kind(have[name]) and None not in (value, have[name])):
            raise ValueError(f"load_state_dict: {name} is {have[name]!r} here, and cannot become {value!r}")
    return given


def _kind(value: Any) -> type:
    kinds: tuple[type, ...] = (bool, str, Real, list)
    return next((kind for kind in kinds if isinstance(value, kind)), list)
