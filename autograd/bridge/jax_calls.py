"""Functions of JAX with a derivative of their own: whose they are, and what their rules are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass
class CustomCall:
    """A call of a `jax.custom_vjp` or `jax.custom_jvp` function that was captured.

    Attributes
    ----------
    equation
        Of the jaxpr.
    name : str
    derivative : str
        What the rule of the user's is called, and where it is written.
    own : bool
        Whether it is JAX's own.
    """

    equation: Any
    name: str
    derivative: str
    own: bool


def own_name(jaxpr: Any) -> str:
    """What a function of JAX's own is called in its public modules, such as `nn.relu`; empty for one of the user's."""
    told = str(getattr(getattr(jaxpr, "debug_info", None), "func_src_info", "") or "")
    name, _, place = told.partition(" at ")
    _, found, inside = place.replace("\\", "/").rpartition("/jax/_src/")
    if not found:
        return ""
    module = inside.rpartition(":")[0].removesuffix(".py").replace("/", ".")
    return f"{HOUSES.get(module, module)}.{name}"


HOUSES = {"nn.functions": "nn", "numpy.linalg": "numpy.linalg"}


def custom_call(equation: Any) -> CustomCall:
    """What JAX remembers of a function with a derivative of its own."""
    info = equation.params["call_jaxpr"].jaxpr.debug_info
    name, place = _name_and_place(info)
    own = bool(own_name(equation.params["call_jaxpr"].jaxpr))
    reverse = equation.primitive.name == "custom_vjp_call"
    rule, where = _name_and_place(equation.params["bwd" if reverse else "jvp_jaxpr_fun"].debug_info)
    if "/jax/_src/" in where.replace("\\", "/") and not own:
        # Of `defjvps`: a rule an argument, which JAX puts together.
        rule, where = "defjvps", place
    kind = "custom_vjp" if reverse else "custom_jvp"
    return CustomCall(equation, name, f"{name}, {kind} {rule} ({where})" if where else f"{name}, {kind} {rule}", own)


def _name_and_place(info: Any) -> tuple[str, str]:
    """The short name of a function, and where it is written."""
    name, _, place = str(getattr(info, "func_src_info", "") or "").partition(" at ")
    return name.rpartition(".")[2] or "function", place
