"""Methods that tell a recorder of their calls: what is the same for every framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from nn.health.loop.recorder import Recorder


def wrap_call(recorder: Recorder, call: Any) -> Any:
    """A call of a module tells the recorder, and what it gave."""

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        outer = recorder.enter(self)
        output = None
        try:
            output = call(self, *args, **kwargs)
        finally:
            recorder.leave(self, outer, args, kwargs, output)
        return output

    return wrapped


def wrap_loss(recorder: Recorder, function: Any) -> Any:
    """A call of a loss function by the script itself tells the recorder."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        told = not recorder.inside and len(args) == 2
        try:
            result = function(*args, **kwargs)
        except Exception:
            if told:
                recorder.note_refusal(function, args)
            raise
        if told:
            recorder.note_loss(WithOptions(function, kwargs) if kwargs else function, args, result)
        return result

    return wrapped


class OfClass:
    """A function that is a method of the class itself, and can be given the name and the text of another one."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __get__(self, one: Any, owner: Any) -> Any:
        return partial(self.function, owner)


def wrap_apply(recorder: Recorder, add: Callable[..., Any], apply: Any) -> OfClass:
    """A function with a derivative of the script's own is one operation, whatever it calls."""

    def wrapped(cls: Any, *args: Any, **kwargs: Any) -> Any:
        with recorder.unheard():
            result = apply.__func__(cls, *args, **kwargs)
        if not recorder.inside:
            add(lambda *given, **named: cls.apply(*given, **named), args, kwargs, result)
        return result

    return OfClass(wrapped)


class WithOptions:
    """A loss function with settings, under its own name."""

    def __init__(self, function: Any, options: dict[str, Any]) -> None:
        self.function, self.options, self.__name__ = function, options, function.__name__

    def __call__(self, outputs: Any, targets: Any) -> Any:
        return self.function(outputs, targets, **self.options)


def wrap_mode(recorder: Recorder, train: Any) -> Any:
    """`train` and `eval` tell the recorder."""

    def wrapped(self: Any, mode: bool = True) -> Any:
        recorder.note("train" if mode else "eval")
        return train(self, mode)

    return wrapped


def tell_before(method: Any, tell: Any) -> Any:
    """The recorder is told of `self`, then the method runs."""

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        tell(self)
        return method(self, *args, **kwargs)

    return wrapped


def tell_after(method: Any, tell: Any) -> Any:
    """The method runs, then the recorder is told of `self`."""

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(self, *args, **kwargs)
        tell(self)
        return result

    return wrapped


def wrap_schedule(recorder: Recorder, go_on: Any) -> Any:
    """A step of a schedule is told, and not those of schedules that it is made of."""

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        recorder.note("schedule", self)
        if not recorder.inside:
            recorder.ledger.take_metric([*args, *kwargs.values()])
        with recorder.unheard():
            return go_on(self, *args, **kwargs)

    return wrapped


def wrap_unheard(recorder: Recorder, method: Any) -> Any:
    """What a method calls is not the script's."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with recorder.unheard():
            return method(*args, **kwargs)

    return wrapped


def classes_with_own(name: str, base: type) -> Iterator[type]:
    """A class and those made of it, where they have such a method of their own.

    Examples
    --------
    >>> class Base:
    ...     def step(self): ...
    >>> class Plain(Base): ...
    >>> class Own(Plain):
    ...     def step(self): ...
    >>> [found.__name__ for found in classes_with_own("step", Base)]
    ['Base', 'Own']
    """
    if name in vars(base):
        yield base
    below: list[type] = base.__subclasses__()
    for each in below:
        yield from classes_with_own(name, each)


def wrap_loader(recorder: Recorder, iterate: Any) -> Any:
    """Each time through a loader, and each batch, is told."""

    def wrapped(self: Any) -> Any:
        try:
            length = len(self)
        except TypeError:
            length = 0
        recorder.begin_rows(self, length)
        for batch in iterate(self):
            recorder.draw(self, batch)
            yield batch

    return wrapped


def wrap_clip(clip: Any, tell: Any) -> Any:
    """What gradients are clipped to is told."""

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        given = [*args[1:2], *(kwargs[name] for name in ("max_norm", "clip_value") if name in kwargs)]
        if given:
            tell(given[0])
        return clip(*args, **kwargs)

    return wrapped


def wrap_step(recorder: Recorder, method: Any) -> Any:
    """A step of an optimizer is told before and after."""

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        recorder.begin_step(self)
        result = method(self, *args, **kwargs)
        recorder.end_step(self)
        return result

    return wrapped


def wrap_asking_step(recorder: Recorder, method: Any, known_as: Any) -> Any:
    """A step that asks for the loss again and again: the first pass is one of the loop's, the others are the optimizer's own."""

    def wrapped(self: Any, closure: Any) -> Any:
        optimizer, asked = known_as(self), False

        def hear() -> Any:
            nonlocal asked
            if asked:
                with recorder.unheard():
                    return closure()
            asked, loss = True, closure()
            recorder.begin_step(optimizer)
            return loss

        result = method(self, hear)
        recorder.end_asking_step(optimizer)
        return result

    return wrapped
