"""A guess is a guess: what stands above or beside it holds nothing of what the run will show, or of the answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

import pytest

from convlens_site import demos
from convlens_site.fences.recordings import packed
from convlens_site.fences.stills import still

HEARD = ("aria-label", "alt", "title", "content", "data-value", "aria-valuetext")
INLINE = {"a", "b", "strong", "em", "i", "span", "code"}  # within a sentence; any other element ends it
WORDS = 5  # that follow each other, in the answer and before it: then it is given away
SLUGS = [
    "how-is-a-shared-weight-learned",
    "how-many-filters",
    "one-output-number",
    "random-or-different",
    "squiggle-or-corner",
    "the-black-line",
    "what-does-the-second-layer-read",
    "what-if-zeros",
    "where-does-3073-come-from",
    "why-not-the-same",
]
GUESSES = [*((slug, 0) for slug in SLUGS), ("random-or-different", 1)]  # the first of a page, or the second


class Said(HTMLParser):
    """All that a part of a page says, to be read or to be heard."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.parts += [f"|{value}|" for name, value in attributes if name in HEARD and value]
        self.parts += [] if tag in INLINE else ["|"]

    def handle_endtag(self, tag: str) -> None:
        self.parts += [] if tag in INLINE else ["|"]

    def handle_data(self, text: str) -> None:
        self.parts.append(text)


def said(html: str) -> str:
    return plain("".join(Said(html).parts))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[\u00a0\u2009\u202f]", " ", text)).replace("×", "x")


def numbers(text: str) -> set[str]:
    """Numbers of two digits and more: a smaller one stands for too much."""
    found = (each.strip(".,") for each in re.findall(r"\d[\d.,]*", text))
    return {each for each in found if sum(map(str.isdigit, each)) > 1}


def runs_of_words(text: str) -> set[str]:
    """Within a sentence; numbers count as words."""
    found = set()
    for sentence in re.split(r"[|:;?!]|\.(?= |$)", text.lower()):
        words = [word.strip(".") for word in re.findall(r"[\w.’'−]+", sentence)]
        found |= {" ".join(words[n : n + WORDS]) for n in range(len(words) - WORDS + 1)}
    return found


@dataclass(frozen=True)
class Outcome:
    """What a page must not say before the guess: numbers, and runs of words."""

    numbers: set[str]
    words: set[str]

    def given_away(self, text: str) -> set[str]:
        """What of it a text says."""
        return (self.numbers & numbers(text)) | (self.words & runs_of_words(text))


def outcome(ends: list[str], drawn: str, known: str, answer: str) -> Outcome:
    """What the ends of the runs, their drawings and the answer say, and what is known before does not."""
    told = " | ".join([*ends, answer])
    return Outcome(
        numbers(f"{told} {drawn}") - numbers(known),
        runs_of_words(told) - runs_of_words(known),
    )


# --- the pages ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A question: its description and all that is before the answer without the form, the form, and the answer.

    Of a second guess on a page: what is before the answer in its own section.
    """

    before: str
    form: str
    answer: str
    slug: str
    asked: dict[str, object]
    shown: dict[str, object]

    def outcome(self) -> Outcome:
        built = still(self.slug, self.shown)
        controls = [
            text for each in built["spec"]["controls"] for text in (each["label"], *each.get("texts", ()))
        ]
        known = " | ".join([*words_of(built["figure"]), said(self.form), *controls])
        if self.tries:
            texts = [json.loads(text) for text, _ in packed(self.slug, built["settings"])]
            ends, drawn = [run["frames"][-1]["alt"] for text in texts for run in text["runs"]], ""
        else:
            *ends, drawn = words_of(still(self.slug, self.asked)["end"])
        return outcome([*map(plain, ends)], drawn, known, said(self.answer))

    @property
    def tries(self) -> bool:
        """Are there several runs that it asks about?"""
        return "sort" in self.form.partition(">")[0]


def words_of(figure: dict) -> tuple[str, str, str]:
    """Sentence and caption; and the numbers of drawing and table."""
    table = " | ".join(cell["text"] for row in figure["table"]["rows"] for cell in row)
    return (
        plain(figure["alt"]),
        plain(figure["caption"]),
        plain(f"{said(''.join(figure['panels']))} | {table}"),
    )


@pytest.fixture(scope="module", params=GUESSES, ids=lambda guess: f"{guess[0]}-{guess[1]}")
def page(request: pytest.FixtureRequest, site) -> Page:
    address, number = request.param
    html = (site.folder / "questions" / address / "index.html").read_text("utf-8")
    (description,) = re.findall(r'<meta name=.?description.? content=(?:"([^"]*)"|\S*)', html)
    told = [match.start() for match in re.finditer('<details class="?tell', html)][number]
    before, after = html[html.index("<h1") : told], html[told:]
    before = before[before.rindex("<h2") :] if number else before
    form = re.search(r'<form class="?predict.*?</form>', before, re.DOTALL)
    assert form
    slug, settings = re.search(r'data-predict="?(\w+)"? data-settings="([^"]*)"', form[0]).groups()
    declared = re.search(rf"data-demo=\"?{slug}.*?data-declared='([^']*)'", before, re.DOTALL)[1]
    question = f"questions/{address}.md"
    glances = [demos.module(each) for each in demos.SLUGS if demos.demo(each).question == question]
    pictures = " ".join(module.glance().svg() for module in glances if hasattr(module, "glance"))
    shown = json.loads(unescape(declared))["settings"]
    rest = before.replace(form[0], "")
    return Page(
        said(f"{rest} | {pictures}") + plain(f" | {unescape(description)}"),
        form[0],
        after.partition("</details>")[0],
        slug,
        json.loads(unescape(settings)),
        shown,
    )


def test_nothing_above_or_beside_a_guess_gives_its_answer_away(page: Page) -> None:
    assert page.outcome().given_away(page.before) == set()


def test_there_is_something_to_give_away_and_it_would_be_found(page: Page) -> None:
    """In the lead, in a caption, in the description, and in a figure's name to be heard."""
    known, answer = page.outcome(), said(page.answer.partition("<noscript>")[0])
    sentences = [each for each in re.split(r"(?<=\.) ", answer) if len(each.split()) > WORDS + 2]
    assert len(sentences) > 1
    found = [known.given_away(f"{page.before} {sentence}") for sentence in sentences]
    assert all(found), found
    end = still(page.slug, page.asked)["end"]
    if not page.tries:
        heard = said(f'<div role="img" aria-label="{end["alt"]}"></div>')
        assert known.given_away(heard), end["alt"]


def test_the_answer_is_folded_and_complete_without_a_script(page: Page) -> None:
    assert "Just tell me" in page.answer
    assert "<noscript>" in page.answer or "sort-told" in page.answer
    assert said(page.answer).count(".") > 2


# --- the check itself -----------------------------------------------------------------------------------


def test_a_number_or_a_run_of_words_that_the_question_has_is_no_answer() -> None:
    known = outcome(
        ["After 300 steps they are 3.67 apart. 3 of 8."],
        "Before training they are 0 apart.",
        "How far after 300 steps?",
        "They drift apart because they are read with different weights.",
    )
    assert known.numbers == {"3.67"}
    assert known.given_away("After 300 steps: guess.") == set()
    assert known.given_away("They end 3.67 apart.") == {"3.67"}
    assert "they are read with different" in known.given_away(
        "It is because they are read with different weights"
    )
    assert known.given_away("They are read. With different weights.") == set(), (
        "two sentences are no run of words"
    )
