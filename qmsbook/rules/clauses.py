"""Clause numbers of ISO 9001 and what they are about, in our own words, by edition; the only place for them.

Rules carry the number of the 2015 edition (with its 2024 amendment on climate change), those that speak only
with a later edition that one's. Where a matter has moved an edition says so here. Nothing is quoted from the
standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: What each clause that a rule names is about.
SUBJECTS: Mapping[str, str] = {
    "4.1": "the world around the company, climate change included",
    "4.4.1": "processes and how they work together",
    "5.1.1": "leadership",
    "5.1.2": "customers come first",
    "5.3": "who answers for what",
    "6.1.1": "risks and opportunities are looked for",
    "6.1.2": "something is done about them",
    "6.1.3": "opportunities, by themselves (2026 edition)",
    "6.2.1": "objectives",
    "6.2.2": "how objectives are to be reached",
    "7.4": "who tells whom what",
    "9.1.1": "what is measured, how and when",
    "9.1.3": "figures are analysed and used",
    "9.3.1": "reviews take place as planned",
    "9.3.2": "what a review looks at",
    "9.3.3": "what a review decides",
    "10.2.1": "causes are dealt with",
    "10.2.2": "what was done is recorded",
    "10.3": "things get better all the time",
}


class Moved(NamedTuple):
    """A matter that stands elsewhere than in the edition before; ``was`` is empty for a new one."""

    about: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: what a review looks at, which matters have moved, until when the one before may be kept.

    ``inputs`` are those of clause 9.3.2, by letter. ``besides`` are topics that the edition asks leadership
    for elsewhere and that a review is the place to take up. ``note`` and ``until_note`` say what to confirm.
    """

    name: str
    inputs: Mapping[str, str]
    besides: Mapping[str, str] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    note: str = ""
    published: str = ""
    until: str = ""
    until_note: str = ""

    @property
    def topics(self) -> Mapping[str, str]:
        """Everything a review takes up, by letter."""
        return {**self.inputs, **self.besides}


_INPUTS = {
    "a": "what became of earlier decisions",
    "b": "what has changed around and inside the company",
    "c1": "what customers and other parties say",
    "c2": "how far objectives are met",
    "c3": "how processes and products do",
    "c4": "what went wrong and was corrected",
    "c5": "what was monitored and measured",
    "c6": "what audits found",
    "c7": "how suppliers do",
    "d": "whether resources are enough",
    "e": "whether actions on risks and opportunities worked",
    "f": "what could be better",
}

#: The letter of the topic quality culture and ethical behavior.
CULTURE = "g"

#: ``b2``, ``e2`` and ``g`` are our own letters: the 2026 edition treats apart what that of 2015 treats as
#: one, and asks leadership for culture and ethics. Only what public sources agree on is listed as moved.
#: Change them here if your copy of the standard says otherwise.
EDITIONS: Mapping[str, Edition] = {
    "2015": Edition("ISO 9001:2015 with its 2024 amendment", _INPUTS),
    "2026": Edition(
        "ISO 9001:2026",
        {
            **{letter: _INPUTS[letter] for letter in ("a", "b")},
            "b2": "what has changed in what interested parties need and expect",
            **{letter: _INPUTS[letter] for letter in ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "d")},
            "e": "whether actions on risks worked",
            "e2": "whether actions on opportunities worked",
            "f": _INPUTS["f"],
        },
        besides={
            CULTURE: "what was done for quality culture and ethical behavior, and what people saw of it"
        },
        moved=(
            Moved("doing something about opportunities, apart from risks", "6.1.2", "6.1.3"),
            Moved("top management promotes quality culture and ethical behavior", "", "5.1.1"),
            Moved("people know what quality culture and ethical behavior mean here", "", "7.3"),
            Moved(
                "whether climate change matters, and to which interested parties",
                "4.1, 4.2 (by the amendment of 2024)",
                "4.1, 4.2",
            ),
            Moved("a review looks at what has changed in what interested parties need", "", "9.3.2"),
        ),
        note="confirm against your copy",
        published="September 2026",
        until="September 2029, three years after publication",
        until_note="confirm with your registrar",
    ),
}


def edition(name: str) -> Edition:
    """The edition of a setting's value; that of 2015 for an unknown one."""
    return EDITIONS.get(name, EDITIONS["2015"])
