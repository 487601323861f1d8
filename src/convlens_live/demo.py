"""A demo is an experiment and its picture: a function that yields states, and one that draws a state.

    def draw(state: Twins) -> Figure: ...

    @demo(question="questions/why-not-the-same.md", budget_seconds=8, picture=draw, recorded=("incoming", "outgoing"))
    def twins(incoming: Annotated[Literal["same", "different"], Choice("Filters start")] = "same", ...):
        for step in train(...):
            yield Twins(...)

The experiment's signature is the user interface: the controls of the page, their order, labels, limits and defaults come
from there and from nowhere else. A picture is drawn only for a state that is shown, so a run costs no more than its training.
"""

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from convlens._settings import check_number, check_text
from convlens._words import show
from convlens_live._declared import check_opens, check_recorded, check_sentence, find_scenes, read_signature
from convlens_live.controls import Choice, ParameterError, Pointed, Seed, Slider
from convlens_live.figures import Figure, typeset

__all__ = ["Choice", "Demo", "ParameterError", "Pointed", "Seed", "Slider", "demo"]

type State = Any
"""Whatever an experiment yields and its picture draws, such as a small frozen dataclass."""
type Experiment = Callable[..., State | Iterator[State]]
type Picture = Callable[[State], Figure]


class Demo:
    """A declared demo: it returns the states or the figures of a run, its finished figure, or its controls."""

    def __init__(
        self,
        function: Experiment,
        question: str,
        budget_seconds: float,
        picture: Picture | None = None,
        recorded: tuple[str, ...] = (),
        opens: str | Picture = "end",
        sentence: str = "",
    ) -> None:
        if not inspect.isfunction(function):
            raise ValueError(
                f"function is {show(function)}; it must be a function, as in @demo(question=...)"
            )
        check_text("question", question)
        if check_number("budget_seconds", budget_seconds, low=0) == 0:
            raise ValueError(f"budget_seconds is {budget_seconds!r}; it must be above 0")
        if picture is not None and not callable(picture):
            raise ValueError(f"picture is {show(picture)}; it must be a function from a state to a Figure")
        self.function = function
        self.picture = picture or _identity
        self.name: str = getattr(function, "__name__", "demo")
        self.title = inspect.cleandoc(function.__doc__ or "").split("\n")[0]
        self.question = question
        self.budget_seconds = budget_seconds
        self.is_run = inspect.isgeneratorfunction(function)
        self.controls, self.defaults = read_signature(function)
        self.recorded = check_recorded(recorded, self.controls)
        self.first_picture = opens if callable(opens) else self.picture
        self.opens: str = "start" if callable(opens) else check_opens(opens)
        self.sentence = check_sentence(sentence, self.controls, self.is_run)
        self.scenes = find_scenes(self.controls)
        if not self.title:
            raise ValueError(
                f"function {self.name} has no docstring; its first line is the title of the demo"
            )

    def parse(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Return the settings in `raw`, checked, with defaults for the rest; ParameterError names the control."""
        if not isinstance(raw, dict):
            raise ValueError(f"raw is {show(raw)}; it must be a dict of settings")
        for name in raw:
            if name not in self.controls:
                raise ParameterError(
                    str(name),
                    f"{show(name)} is not a control of {self.name}; it has {', '.join(self.controls)}",
                )
        return {
            name: control.parse(name, raw.get(name, self.defaults[name]))
            for name, control in self.controls.items()
        }

    def states(self, **settings: Any) -> Iterator[State]:
        """Return the states of one run, in order; a demo without a run has one."""
        result = self.function(**self.parse(settings))
        return result if self.is_run else iter([result])

    def __call__(self, **settings: Any) -> Iterator[Figure]:
        """Return the figures of one run, in order, each drawn when it is requested."""
        return map(self.picture, self.states(**settings))

    def still(self, **settings: Any) -> Figure:
        """Return the figure of the last state of a run; no other is drawn."""
        last = deque(self.states(**settings), maxlen=1)
        if not last:
            raise ValueError(f"demo {self.name} yielded no state")
        return self.picture(last[0])

    def opening(self, **settings: Any) -> Figure:
        """Return the figure that a page shows until its reader acts: of the last state, or of the first, as declared."""
        if self.opens == "end":
            return self.still(**settings)
        return self.first_picture(next(self.states(**settings)))

    def spec(self) -> dict[str, Any]:
        """Return the controls as plain JSON values; the page is built from this, without running Python."""
        controls = [
            {"name": name, "label": typeset(control.label), "default": self.defaults[name], **control.spec()}
            for name, control in self.controls.items()
        ]
        return {
            "name": self.name,
            "title": typeset(self.title),
            "question": self.question,
            "run": self.is_run,
            "budget": self.budget_seconds,
            "controls": controls,
            "recorded": list(self.recorded),
            "opens": self.opens,
            "sentence": typeset(self.sentence),
        }

    def _repr_svg_(self) -> str:
        return self.still().svg


def demo(
    *,
    question: str,
    budget_seconds: float = 10,
    picture: Picture | None = None,
    recorded: tuple[str, ...] = (),
    opens: str | Picture = "end",
    sentence: str = "",
) -> Callable[[Experiment], Demo]:
    """Declare a demo; a mistake in the declaration raises ValueError when the module is imported.

    question: the page, relative to docs/, that the demo belongs to.
    budget_seconds: how long a default run may take in the browser before the page calls it stuck.
    picture: the function that draws a state; without it, the states are Figures already.
    recorded: controls. A run with each combination of their values, and the page's other settings, is recorded when the
        site is built, so that it plays without Python. The page's own settings are always recorded.
    opens: whether a page shows the run's "start" or its "end" until a reader acts; or a picture of the first state, which may
        leave out what the page asks about.
    sentence: what the demo is about, with its controls in it: "Start both filters {incoming}, and {run}." The other controls
        follow below it; {run} is the button, which a demo without a run has not.
    """
    return lambda function: Demo(function, question, budget_seconds, picture, recorded, opens, sentence)


def _identity(state: Figure) -> Figure:
    return state
