"""Graphs as flat programs, run without building a graph again."""

from __future__ import annotations

from autograd.compiler.compiled import Compiled, compile
from autograd.compiler.errors import CompileError
from autograd.compiler.program import Program, compile_scalar
from autograd.compiler.source import gradient_source

__all__ = ["CompileError", "Compiled", "Program", "compile", "compile_scalar", "gradient_source"]
