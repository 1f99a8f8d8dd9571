"""What is said of a name of PyTorch's that is not here."""

from __future__ import annotations

from difflib import get_close_matches
from sys import modules

# What to write instead, where something else does the same.
INSTEAD = {
    "bfloat16": "torch.float32: NumPy has no such floats",
    "jit": "the function itself, or autograd.compile",
    "distributed": "one process: there is no other here",
    "amp": "float32: nothing is cast automatically",
    "autocast": "float32: contextlib.nullcontext() stands for it",
    "complex64": "real numbers: complex ones are not in this dialect",
    "fft": "numpy.fft through autograd.numpy",
    "sparse": "dense tensors",
    "profiler": "Python's cProfile, or nn.health",
    "onnx": "the commands of stepgrad that read and write such files",
    "renorm": "t * (maxnorm / t.norm()).clamp(max=1)",
}


def missing(room: str, name: str) -> str:
    """The text of the AttributeError for `torch.name`."""
    if name.startswith("_"):
        # Python asks for such names itself.
        return name
    instead = INSTEAD.get(name)
    if instead is None:
        module = modules.get(f"autograd.{room}")
        known = list(getattr(module, "__all__", ())) if module is not None else []
        near = get_close_matches(name, known, 2, 0.7)
        instead = (
            " or ".join(f"{room}.{n}" for n in near)
            if near
            else "what is there of it: the book lists the words of autograd.torch"
        )
    return f"module 'autograd.{room}' has no attribute {name!r}: PyTorch's {room}.{name} is not here; use {instead}"


# NumPy's words for what PyTorch calls otherwise.
NUMPY_WORDS = {
    "astype": "to(dtype)", "copy": "clone()", "expand_dims": "unsqueeze(dim)", "concatenate": "torch.cat", "partition": "topk",
    "compress": "t[mask]", "argpartition": "topk", "fill": "fill_(value)", "array": "numpy()",
}  # fmt: skip


def missing_method(name: str, face: type) -> str:
    """The text of the AttributeError for `t.name`."""
    near = get_close_matches(name, [n for n in dir(face) if not n.startswith("_")], 2, 0.7)
    instead = NUMPY_WORDS.get(name) or " or ".join(f"t.{n}" for n in near)
    if not instead:
        instead = "a function of torch's, or an operation of autograd's: the book lists the words of autograd.torch"
    return f"'Tensor' object has no attribute {name!r}: PyTorch's t.{name} is not here; use {instead}"
