"""What a demo declares: its function's signature, and what `@demo` is given. A mistake raises ValueError at once."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from string import Formatter
from typing import Any, Literal, get_args, get_origin, get_type_hints

from convlens._settings import check_one_of, check_text
from convlens._words import show
from convlens_live.controls import Choice, Control

_MAX_CONTROLS = 6


def check_recorded(names: tuple[str, ...], controls: dict[str, Control]) -> tuple[str, ...]:
    """Refuse anything but a tuple of controls' names."""
    if not isinstance(names, tuple) or not all(name in controls for name in names):
        raise ValueError(f"recorded is {show(names)}; it must be a tuple of controls' names")
    return names


def check_opens(opens: str) -> str:
    """Refuse anything but the start or the end."""
    check_one_of("opens", opens, ("start", "end"))
    return opens


def find_scenes(controls: dict[str, Control]) -> str:
    """Return the name of the control that is declared as scenes, or nothing; refuse a second one."""
    names = [name for name, each in controls.items() if isinstance(each, Choice) and each.scenes]
    if len(names) > 1:
        raise ValueError(
            f"{names[0]} and {names[1]} are declared as scenes; a demo may have one such control"
        )
    return names[0] if names else ""


def check_sentence(sentence: str, controls: dict[str, Control], is_run: bool) -> str:
    """Refuse a sentence that names anything but choices and the button, or not the button of a demo with a run."""
    names = {
        name for _, name, _, _ in Formatter().parse(check_text("sentence", sentence)) if name is not None
    }
    for name in names - ({"run"} if is_run else set()):
        if not isinstance(controls.get(name), Choice) or name == find_scenes(controls):
            raise ValueError(f"sentence names {show(name)}; it may name choices of the demo, and run")
    if sentence and is_run and "run" not in names:
        raise ValueError(f"sentence is {show(sentence)}; it must have a place for {{run}}, the button")
    return sentence


def read_signature(function: Callable[..., Any]) -> tuple[dict[str, Control], dict[str, Any]]:
    """Return the controls that a function declares, and their defaults."""
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
    duplicates = {label for label in labels if labels.count(label) > 1}
    if duplicates:
        raise ValueError(
            f"label {duplicates.pop()!r} is used by two controls; a reader could not tell them apart"
        )
    visible = sum(control.spec()["kind"] != "pointed" for control in controls.values())
    if visible > _MAX_CONTROLS:
        raise ValueError(f"{visible} controls are declared; a demo may have at most {_MAX_CONTROLS}")
    return controls, defaults


def _with_values(name: str, choice: Choice, annotation: Any) -> Choice:
    if get_origin(annotation) is not Literal:
        raise ValueError(f"parameter {name!r} has a Choice, so its type must be a Literal of strings")
    values = tuple(str(value) for value in get_args(annotation))
    if choice.texts and len(choice.texts) != len(values):
        raise ValueError(
            f"parameter {name!r} has {len(values)} values and {len(choice.texts)} texts; give one each"
        )
    copy = replace(choice)
    object.__setattr__(copy, "values", values)
    return copy
