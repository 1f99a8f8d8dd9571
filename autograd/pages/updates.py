"""The updates of the optimizers as people write them, line by line, to be read with their numbers beside a step.

`optim` has each update as one formula made for speed; here it is in small lines with names for all that is between, as in a
paper. The tests hold the lines, evaluated, to what `optim` does. They are expressions of `autograd.expressions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from autograd.expressions import Function


@dataclass(frozen=True)
class Line:
    """One line of an update.

    Attributes
    ----------
    name : str
        What it computes; the last line that names θ gives the new parameter.
    text : str
        An expression of the letters of the options and of the state, of θ, g, t (the number of the step, from 1), and of
        the lines above.
    when : str
        Names that must be other than zero, or with `!` before them zero, for the line to be there; of options, of lines
        above, and `first`, for the first step. A text among the options, such as "lookahead", is a name that is there.
    """

    name: str
    text: str
    when: str = ""


@dataclass(frozen=True)
class Update:
    """How a class of optimizers moves one number.

    Attributes
    ----------
    options : mapping of str to str
        The letters of the options; of two in a pair, between blanks.
    state : mapping of str to str
        The letters of what is kept from step to step.
    lines : tuple of Line
    """

    options: Mapping[str, str]
    state: Mapping[str, str]
    lines: tuple[Line, ...]


COUPLED = Line("g", "g + λ*θ", "weight_decay !decoupled")
DECOUPLED = Line("θ", "(1 - η*λ)*θ", "weight_decay decoupled")
UP = Line("g", "-g", "maximize")
# Where a class has no such option, its line is not there.
HEAD = (UP, COUPLED, DECOUPLED)
MOMENTS = (Line("m", "β1*m + (1 - β1)*g"), Line("v", "β2*v + (1 - β2)*g**2"))
ADAM_LETTERS = {"lr": "η", "betas": "β1 β2", "eps": "ε", "weight_decay": "λ"}

UPDATES: dict[str, Update] = {
    "SGD": Update(
        {"lr": "η", "momentum": "μ", "dampening": "τ", "weight_decay": "λ", "l1": "l1"},
        {"momentum_buffer": "v"},
        (
            *HEAD,
            Line("θ", "θ - η*g", "!momentum"),
            Line("v", "g", "momentum first !inside"),
            Line("v", "μ*v + g", "momentum !first !inside !dampening"),
            Line("v", "μ*v + (1 - τ)*g", "momentum !first !inside dampening"),
            Line("v", "η*g", "momentum first inside"),
            Line("v", "μ*v + η*g", "momentum !first inside !dampening"),
            Line("v", "μ*v + η*(1 - τ)*g", "momentum !first inside dampening"),
            Line("θ", "θ - η*(g + μ*v)", "true !inside"),
            Line("θ", "θ - (η*g + μ*v)", "true inside"),
            Line("θ", "θ - η*v", "momentum !true !inside"),
            Line("θ", "θ - v", "momentum !true inside"),
            Line("k", "η*l1", "l1 !momentum"),
            Line("k", "η*l1*(1 - τ)/(1 - μ)", "l1 momentum"),
            Line("θ", "θ - minimum(maximum(θ, -k), k)", "l1"),
        ),
    ),
    "Adagrad": Update(
        {"lr": "η", "lr_decay": "δ", "weight_decay": "λ", "eps": "ε"},
        {"sum": "r"},
        (
            *HEAD,
            Line("η", "η/(1 + (t - 1)*δ)", "lr_decay"),
            Line("r", "r + g**2"),
            Line("θ", "θ - η*g/(sqrt(r) + ε)", "!eps_inside"),
            Line("θ", "θ - η*g/sqrt(r + ε)", "eps_inside"),
        ),
    ),
    "Adadelta": Update(
        {"lr": "η", "rho": "ρ", "eps": "ε", "weight_decay": "λ"},
        {"square_avg": "s", "acc_delta": "r"},
        (
            *HEAD,
            Line("s", "ρ*s + (1 - ρ)*g**2"),
            Line("Δ", "sqrt((r + ε)/(s + ε))*g"),
            Line("r", "ρ*r + (1 - ρ)*Δ**2"),
            Line("θ", "θ - η*Δ", "use_lr"),
            Line("θ", "θ - Δ", "!use_lr"),
        ),
    ),
    "RMSprop": Update(
        {"lr": "η", "alpha": "α", "eps": "ε", "weight_decay": "λ", "momentum": "μ"},
        {"square_avg": "r", "grad_avg": "m", "momentum_buffer": "b"},
        (
            *HEAD,
            Line("r", "α*r + (1 - α)*g**2"),
            Line("m", "α*m + (1 - α)*g", "centered"),
            Line("s", "sqrt(r) + ε", "!centered !eps_inside"),
            Line("s", "sqrt(r + ε)", "!centered eps_inside"),
            Line("s", "sqrt(r - m**2) + ε", "centered !eps_inside"),
            Line("s", "sqrt(r - m**2 + ε)", "centered eps_inside"),
            Line("b", "μ*b + g/s", "momentum"),
            Line("θ", "θ - η*b", "momentum"),
            Line("θ", "θ - η*g/s", "!momentum"),
        ),
    ),
    "Adam": Update(
        ADAM_LETTERS,
        {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "w"},
        (
            *HEAD,
            *MOMENTS,
            Line("w", "maximum(w, v)", "amsgrad"),
            Line("m̂", "m/(1 - β1**t)", "bias_correction"),
            Line("m̂", "m", "!bias_correction"),
            Line("v̂", "v/(1 - β2**t)", "bias_correction !eps_hat !amsgrad"),
            Line("v̂", "w/(1 - β2**t)", "bias_correction !eps_hat amsgrad"),
            Line("v̂", "v", "!bias_correction !eps_hat !amsgrad"),
            Line("v̂", "w", "!bias_correction !eps_hat amsgrad"),
            Line("θ", "θ - η*m̂/(sqrt(v̂) + ε)", "!eps_inside !eps_hat"),
            Line("θ", "θ - η*m̂/sqrt(v̂ + ε)", "eps_inside !eps_hat"),
            Line("v̂", "v", "eps_hat !amsgrad"),
            Line("v̂", "w", "eps_hat amsgrad"),
            Line("c", "sqrt(1 - β2**t)", "eps_hat bias_correction"),
            Line("c", "1", "eps_hat !bias_correction"),
            Line("θ", "θ - η*c*m̂/(sqrt(v̂) + ε)", "!eps_inside eps_hat"),
            Line("θ", "θ - η*c*m̂/sqrt(v̂ + ε)", "eps_inside eps_hat"),
        ),
    ),
    "Adamax": Update(
        ADAM_LETTERS,
        {"exp_avg": "m", "exp_inf": "u"},
        (
            *HEAD,
            MOMENTS[0],
            Line("u", "maximum(β2*u, abs(g) + ε)", "!eps_outside"),
            Line("u", "maximum(β2*u, abs(g))", "eps_outside"),
            Line("m̂", "m/(1 - β1**t)"),
            Line("θ", "θ - η*m̂/u", "!eps_outside"),
            Line("θ", "θ - η*m̂/(u + ε)", "eps_outside"),
        ),
    ),
    "NAdam": Update(
        {**ADAM_LETTERS, "momentum_decay": "ψ"},
        {"exp_avg": "m", "exp_avg_sq": "v", "mu_total": "M"},
        (
            *HEAD,
            *MOMENTS,
            Line("μ", "β1*(1 - 0.5*0.96**(t*ψ))"),
            Line("ν", "β1*(1 - 0.5*0.96**((t + 1)*ψ))"),
            Line("M", "μ*M + 1 - μ"),
            Line("m̂", "ν*m/(ν*M + 1 - ν) + (1 - μ)*g/M"),
            Line("v̂", "v/(1 - β2**t)"),
            Line("θ", "θ - η*m̂/(sqrt(v̂) + ε)"),
        ),
    ),
    "RAdam": Update(
        ADAM_LETTERS,
        {"exp_avg": "m", "exp_avg_sq": "v"},
        (
            *HEAD,
            *MOMENTS,
            Line("m̂", "m/(1 - β1**t)"),
            Line("L", "2/(1 - β2) - 1"),
            Line("ρ", "L - 2*t*β2**t/(1 - β2**t)"),
            Line("known", "where(ρ > 5, 1, 0)"),
            Line("r", "sqrt((ρ - 4)*(ρ - 2)*L/((L - 4)*(L - 2)*ρ))", "known"),
            Line("θ", "θ - η*m̂*r*sqrt(1 - β2**t)/(sqrt(v) + ε)", "known"),
            Line("θ", "θ - η*m̂", "!known"),
        ),
    ),
    "Rprop": Update(
        {"etas": "p q", "step_sizes": "a z"},
        {"prev": "h", "step_size": "Δ"},
        (
            UP,
            Line("s", "sign(g*h)"),
            Line("f", "where(s > 0, q, where(s < 0, p, 1))"),
            Line("Δ", "minimum(maximum(Δ*f, a), z)"),
            Line("g", "where(s < 0, 0, g)"),
            Line("h", "g"),
            Line("θ", "θ - sign(g)*Δ"),
        ),
    ),
    "Lion": Update(
        {"lr": "η", "betas": "β1 β2", "weight_decay": "λ"},
        {"exp_avg": "m"},
        (
            UP,
            Line("u", "sign(β1*m + (1 - β1)*g)"),
            Line("m", "β2*m + (1 - β2)*g"),
            Line("θ", "(1 - η*λ)*θ", "weight_decay"),
            Line("θ", "θ - η*u"),
        ),
    ),
    "Ftrl": Update(
        {"lr": "η", "l1": "l1", "l2": "l2"},
        {"accumulator": "n", "linear": "z"},
        (
            Line("σ", "(sqrt(n + g**2) - sqrt(n))/η"),
            Line("n", "n + g**2"),
            Line("z", "z + g - σ*θ"),
            Line("θ", "-z/(sqrt(n)/η + 2*l2)", "!l1"),
            Line("θ", "(minimum(maximum(z, -l1), l1) - z)/(sqrt(n)/η + 2*l2)", "l1"),
        ),
    ),
    "ASGD": Update(
        {"lr": "η", "lambd": "κ", "alpha": "α", "t0": "t0", "weight_decay": "λ"},
        {"ax": "ā"},
        (
            *HEAD,
            Line("η", "η/(1 + κ*η*(t - 1))**α"),
            Line("θ", "(1 - η*κ)*θ - η*g"),
            Line("ā", "ā + (θ - ā)/maximum(1, t - 1 - t0)"),
        ),
    ),
}
UPDATES["AdamW"] = UPDATES["Adam"]


def describe_updates() -> dict[str, dict[str, Any]]:
    """All updates as `update_lines.js` reads them.

    Examples
    --------
    >>> describe_updates()["Lion"]["lines"][1]
    {'name': 'u', 'text': 'sign(β1*m + (1 - β1)*g)', 'when': ''}
    """
    return {
        name: {"options": dict(update.options), "state": dict(update.state), "lines": list(map(asdict, update.lines))}
        for name, update in UPDATES.items()
    }


def name_options(kind: str, options: Mapping[str, Any]) -> dict[str, float]:
    """The options as numbers by the names that the lines know: their letters, and their own for conditions."""
    found: dict[str, float] = {}
    for name, value in options.items():
        if isinstance(value, str):
            found[value] = 1.0
        elif isinstance(value, (tuple, list)):
            found.update(zip(UPDATES[kind].options.get(name, "").split(), map(float, value), strict=False))
        else:
            found[name] = float(value)
            if name in UPDATES[kind].options:
                found[UPDATES[kind].options[name]] = float(value)
    if options.get("nesterov") is True:
        found["true"] = 1.0
    return found


def evaluate(
    kind: str, options: Mapping[str, Any], state: Mapping[str, float], theta: float, g: float, t: int
) -> list[tuple[Line, float]]:
    """The lines of one step of one number, with what each gives.

    Parameters
    ----------
    kind : str
        The class, such as "Adam".
    options : mapping of str to object
        All of the class.
    state : mapping of str to float
        Before the step, by the names of `optim`.
    theta, g : float
    t : int
        From 1.

    Examples
    --------
    >>> for line, value in evaluate("SGD", {"lr": 0.1, "momentum": 0.0}, {}, 2.0, 4.0, 1):
    ...     print(line.name, "=", line.text, "=", value)
    θ = θ - η*g = 1.6
    """
    known = {
        **name_options(kind, options),
        **{UPDATES[kind].state[name]: value for name, value in state.items()},
        "θ": theta, "g": g, "t": float(t), "first": float(t == 1),
    }  # fmt: skip
    found = []
    for line in UPDATES[kind].lines:
        if all(bool(known.get(word.removeprefix("!"), 0.0)) != word.startswith("!") for word in line.when.split()):
            known[line.name] = float(Function(line.text, list(known))(*known.values()))
            found.append((line, known[line.name]))
    return found
