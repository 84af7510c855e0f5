"""The page docs/statements.md: how activity is told from result, and how well on labelled statements."""

from __future__ import annotations

import csv
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qmsbook.rules import statements as _words

#: The shares to reach: of statements told to count activity, those that do; of those that do, those told.
PRECISION, RECALL = 0.95, 0.90
OLD, SEEN, HELD_BACK = ("own", "test"), ("fresh own",), ("fresh test",)
_PARTS = (
    ("old: both halves, both seen by now", OLD),
    ("new: the half seen while words were chosen", SEEN),
    ("new: the half held back, scored once", HELD_BACK),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """How well activity was told from result on some of the statements."""

    right: int
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


def statements() -> list[dict[str, str]]:
    """The labelled statements, as a clone of the project holds them: with kind, label, half and style."""
    path = Path(__file__).parents[2] / "tests" / "data" / "statements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured(halves: Sequence[str]) -> Measured:
    """The classifier held against the labels of some halves."""
    rows = [(r["statement"], r["label"] == "output") for r in statements() if r["half"] in halves]
    found = [(text, activity, _words.counts_activity(text)) for text, activity in rows]
    return Measured(
        sum(activity and told for _, activity, told in found),
        tuple(text for text, activity, told in found if told and not activity),
        tuple(text for text, activity, told in found if activity and not told),
    )


def statements_page() -> str:
    """How statements that count activity are told from those that count results, and how well."""
    title, _, rest = (inspect.getdoc(_words) or "").partition("\n\n")
    rows = statements()
    parts = [
        f"# Activity or result\n\n{title} The rules OUT001 to OUT006 rest on it.\n",
        rest + "\n",
        "## How well\n",
        _HOW_MEASURED,
        f"The goal: precision {PRECISION:.2f} or more and recall {RECALL:.2f} or more.\n",
        "| statements | how many | precision | recall | goal |\n|---|--:|--:|--:|---|",
    ]
    for name, halves in _PARTS:
        each, count = measured(halves), sum(row["half"] in halves for row in rows)
        met = "met" if each.precision >= PRECISION and each.recall >= RECALL else "not met"
        parts.append(f"| {name} | {count} | {each.precision:.2f} | {each.recall:.2f} | {met} |")
    for name, halves in _PARTS[
        :2
    ]:  # misses of the half held back are not read: words would be fitted to them
        each = measured(halves)
        parts.append(f"\n## What it gets wrong, {name}\n")
        parts += [f"- told to count activity, but labelled a result: {text}" for text in each.wrong]
        parts += [f"- labelled activity, and not told: {text}" for text in each.missed]
        parts += [] if each.wrong or each.missed else ["Nothing."]
    parts.append("\nA finding of this kind is never an error; a row in Waivers silences a wrong one.")
    return "\n".join(parts)


_HOW_MEASURED = """\
*Precision* is the share of statements told to count activity that do; *recall* the share of those that do
which are told. The statements stand in `tests/data/statements.csv`.

- The **old** ones were written in the style of real plans. The words were first chosen with one half in view;
  both halves were in view when they were chosen anew. In the old labels the days that a corrective action
  takes count as activity; since then times are taken for results, and the label was left as it was.
- The **new** ones were written from memory, in the style of city performance lists, small firms' ISO
  objectives and compliance dashboards, and labelled by one labeller who had not seen the words. One half was
  in view while the words were chosen. The other was held back, scored once when the words were done, and no
  word was changed after; what it gets wrong there is not listed, so that nobody fits words to it.

One labeller is one opinion, and statements written from memory are tidier than those of a real plan: expect
less there.
"""
