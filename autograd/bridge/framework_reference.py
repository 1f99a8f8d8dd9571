"""What an audit asks of a framework."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from autograd.bridge.program import Operation
from autograd.bridge.steps import Step


class FrameworkReference(ABC):
    """A framework's own values and derivatives of a captured program, with arrays in and arrays out."""

    framework: str

    @abstractmethod
    def draws(self, operation: Operation) -> bool:
        """Whether an operation draws random numbers."""

    @abstractmethod
    def compares(self, step: Step) -> bool:
        """Whether the framework's numbers of a step alone mean what ours do."""

    @abstractmethod
    def custom_name(self, call: int) -> str:
        """The name of a custom function; empty for one of the framework's own."""

    @abstractmethod
    def describe(self, step: Step) -> str:
        """What a derivative of this step is called, and where it is written."""

    @abstractmethod
    def run(self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
        """The result of a step."""

    @abstractmethod
    def derivative(
        self, step: Step, operands: Mapping[str, Any], constants: Mapping[str, Any], weigh: Callable[[int, Any], Any]
    ) -> tuple[list[bool], dict[str, list[Any]]]:
        """What the framework's derivative of a step, which `run` has computed, sends to its operands.

        Parameters
        ----------
        step : Step
        operands, constants : mapping of str to arrays, or lists of them
        weigh : callable
            Of the number of a result and its shape: what arrives there.

        Returns
        -------
        list of bool
            Which of the results have a derivative.
        dict of str to list
            By operands, an array each; None where it sends nothing, or there is nothing to send to.

        Raises
        ------
        FrameworkError
            Where the framework, or the user's function, raises.
        """

    @abstractmethod
    def whole(self, weigh: Callable[[int, Any], Any]) -> tuple[list[Any], dict[str, Any]]:
        """What the user's own model gives.

        Parameters
        ----------
        weigh : callable
            Of the number of a result and its shape: what arrives there.

        Returns
        -------
        list
            The results.
        dict of str to array or None
            By the leaves of the program, the gradients of its parameters and inputs; None where nothing comes.

        Raises
        ------
        FrameworkError
            Where the framework, or the user's model, raises.
        """
