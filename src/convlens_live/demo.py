"""A demo is one function: its signature is the user interface, its figures are what is shown.

    @demo(question="questions/why-not-the-same.md", budget_seconds=8)
    def twins(incoming: Annotated[Literal["same", "different"], Choice("Filters start")] = "same", ...):
        for step in train(...):
            yield Figure(...)

The controls of the page, their order, labels, limits and defaults come from there and from nowhere else.
"""

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from convlens._settings import check_number, check_text
from convlens._words import shown
from convlens_live.controls import Choice, Control, ParameterError, Pointed, Seed, Slider, Toggle
from convlens_live.figures import Figure

__all__ = ["Choice", "Demo", "ParameterError", "Pointed", "Seed", "Slider", "Toggle", "demo"]

type DemoFunction = Callable[..., Figure | Iterator[Figure]]

_MOST_CONTROLS = 6


class Demo:
    """A declared demo: call it with settings, or ask it for its controls or its finished figure."""

    def __init__(self, function: DemoFunction, question: str, budget_seconds: float) -> None:
        if not inspect.isfunction(function):
            raise ValueError(
                f"function is {shown(function)}; it must be a function, as in @demo(question=...)"
            )
        check_text("question", question)
        if check_number("budget_seconds", budget_seconds, low=0) == 0:
            raise ValueError(f"budget_seconds is {budget_seconds!r}; it must be above 0")
        self.function = function
        self.name: str = getattr(function, "__name__", "demo")
        self.title = inspect.cleandoc(function.__doc__ or "").split("\n")[0]
        self.question = question
        self.budget_seconds = budget_seconds
        self.is_run = inspect.isgeneratorfunction(function)
        self.controls, self.defaults = _read_signature(function)
        if not self.title:
            raise ValueError(
                f"function {self.name} has no docstring; its first line is the title of the demo"
            )

    def parse(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Return the settings in `raw`, checked, with defaults for the rest; ParameterError names the control."""
        if not isinstance(raw, dict):
            raise ValueError(f"raw is {shown(raw)}; it must be a dict of settings")
        for name in raw:
            if name not in self.controls:
                raise ParameterError(
                    str(name),
                    f"{shown(name)} is no control of {self.name}; it has {', '.join(self.controls)}",
                )
        return {
            name: control.parse(name, raw.get(name, self.defaults[name]))
            for name, control in self.controls.items()
        }

    def __call__(self, **settings: Any) -> Iterator[Figure]:
        """Return the figures of one run, one after the other; a still demo gives one."""
        shown = self.function(**self.parse(settings))
        return iter([shown]) if isinstance(shown, Figure) else shown

    def still(self, **settings: Any) -> Figure:
        """Return the last figure of a run."""
        kept = deque(self(**settings), maxlen=1)
        if not kept:
            raise ValueError(f"demo {self.name} yielded no figure")
        return kept[0]

    def spec(self) -> dict[str, Any]:
        """Return the controls as plain JSON values; the page is built from this, without running Python."""
        controls = [
            {"name": name, "label": control.label, "default": self.defaults[name], **control.spec()}
            for name, control in self.controls.items()
        ]
        return {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "run": self.is_run,
            "budget": self.budget_seconds,
            "controls": controls,
        }

    def _repr_svg_(self) -> str:
        return self.still().svg


def demo(*, question: str, budget_seconds: float = 10) -> Callable[[DemoFunction], Demo]:
    """Declare a demo; a mistake in the declaration raises ValueError when the module is imported.

    question: the page, relative to docs/, that the demo belongs to.
    budget_seconds: how long a default run may take in the browser before the page calls it stuck.
    """
    return lambda function: Demo(function, question, budget_seconds)


def _read_signature(function: DemoFunction) -> tuple[dict[str, Control], dict[str, Any]]:
    hints = get_type_hints(function, include_extras=True)
    controls: dict[str, Control] = {}
    defaults: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        declared = [
            c for c in getattr(hints.get(name), "__metadata__", ()) if isinstance(c, Control.__value__)
        ]
        if len(declared) != 1:
            raise ValueError(
                f"function's parameter {name!r} needs exactly one control in its type: Annotated[type, control]"
            )
        if parameter.default is inspect.Parameter.empty:
            raise ValueError(f"function's parameter {name!r} has no default; every control starts somewhere")
        control = declared[0]
        if isinstance(control, Choice):
            control = _with_values(name, control, hints[name].__origin__)
        controls[name] = control
        defaults[name] = control.parse(name, parameter.default)
    labels = [control.label for control in controls.values()]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise ValueError(f"label {twice.pop()!r} is used by two controls; a reader could not tell them apart")
    visible = sum(control.spec()["kind"] != "pointed" for control in controls.values())
    if visible > _MOST_CONTROLS:
        raise ValueError(f"{visible} controls are declared; a demo may have at most {_MOST_CONTROLS}")
    return controls, defaults


def _with_values(name: str, choice: Choice, annotation: Any) -> Choice:
    if get_origin(annotation) is not Literal:
        raise ValueError(f"parameter {name!r} has a Choice, so its type must be a Literal of strings")
    values = tuple(str(value) for value in get_args(annotation))
    if choice.texts and len(choice.texts) != len(values):
        raise ValueError(
            f"parameter {name!r} has {len(values)} values and {len(choice.texts)} texts; give one each"
        )
    filled = replace(choice)
    object.__setattr__(filled, "values", values)
    return filled
