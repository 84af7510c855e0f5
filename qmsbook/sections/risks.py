"""Threats and opportunities: where they stand in five by five, what is in place, and whether it worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmsbook.book.book import Book
from qmsbook.book.tables import Risk
from qmsbook.book.words import listed, number, plural
from qmsbook.methods.columns import band, score
from qmsbook.methods.method import Level
from qmsbook.sections.section import (
    Block,
    Columns,
    Evidence,
    Facts,
    Heading,
    Matrices,
    Matrix,
    Rows,
    Said,
    Text,
)
from qmsbook.sections.wording import above_appetite, all_named, residual, stopped


def risks(evidence: Evidence) -> Iterator[Block]:
    """Threats and opportunities in five by five and row by row, the largest first, and what worked."""
    book = evidence.book
    open_ones = [r for r in book.risks if r.state == "open"]
    threats = sorted((r for r in open_ones if r.kind == "threat"), key=_rank)
    chances = sorted((r for r in open_ones if r.kind == "opportunity"), key=_rank)
    if book.few_people:
        yield from _few(evidence, threats, chances)
        return
    yield Heading("Risks: what could stop us")
    pictures = [
        _picture(
            f"Threats (dark: above the risk appetite of {number(book.settings.risk_appetite)})",
            "how hard it hits", threats, _threat_levels(book),
        ),
        _picture(
            "Opportunities (blue: worth pursuing)", "how much it brings", chances, _chance_levels(book)
        ),
    ]  # fmt: skip
    if placed := [picture for picture in pictures if picture.cells]:
        yield Matrices(tuple(placed))
    grave = [r for r in threats if band(book, r) != "low"]
    small = [r.id for r in threats if r not in grave]
    yield Rows(_RISK, tuple(_risk(evidence, r) for r in grave), empty="" if small else "No threat is open.")
    if small:
        yield Text(f"Small, and no more said of here: {all_named(small, 12)}.", muted=True)
    yield Heading("Opportunities: what could carry us further")
    yield Rows(_CHANCE, tuple(_risk(evidence, r) for r in chances), empty="No opportunity is open.")


def _few(evidence: Evidence, threats: Sequence[Risk], chances: Sequence[Risk]) -> Iterator[Block]:
    """The same for a handful of people: only what is above the risk appetite, and how many there are."""
    above = [r for r in threats if above_appetite(evidence.book, r)]
    counts = [(threats, "threat", "threats"), (chances, "opportunity", "opportunities")]
    told = listed([plural(len(rows), one, many) for rows, one, many in counts if rows])
    if above:
        yield Heading("Risks: what could stop us")
        yield Rows(_RISK, tuple(_risk(evidence, r) for r in above))
    if told:
        appetite = number(evidence.book.settings.risk_appetite)
        rest = "the others are not" if above else "none is"
        yield Facts((("Risks", f"{told} open; {rest} above the risk appetite of {appetite}."),))


_RISK: Columns = (
    ("id", "Id"), ("mark", "Goal"), ("words", "What could happen, what is in place, and whether it worked"),
    ("who", "Owner"), ("left", "Without controls"), ("right", "With controls"),
)  # fmt: skip
_CHANCE: Columns = (
    ("id", "Id"), ("mark", "Goal"), ("words", "What could happen, what is done, and whether it worked"),
    ("who", "Owner"), ("left", "As found"), ("right", "With action"),
)  # fmt: skip


def _picture(
    title: str, upwards: str, found: Sequence[Risk], levels: dict[tuple[int, int], Level],
) -> Matrix:  # fmt: skip
    cells: dict[tuple[int, int], list[str]] = {}
    for risk in found:
        at = _place(risk)
        if at is not None:
            cells.setdefault(at, []).append(risk.id)
    said = [
        f"likelihood {likely}, {upwards} {much}: {listed(ids)}"
        for (likely, much), ids in sorted(cells.items())
    ]
    count = plural(sum(map(len, cells.values())), "entry", "entries")
    alt = f"{title}: a grid of five by five with {count}. {'; '.join(said)}."
    return Matrix(title, upwards, {at: tuple(ids) for at, ids in cells.items()}, levels, alt)


def _place(risk: Risk) -> tuple[int, int] | None:
    """Where a risk stands now: with its controls, where that was judged."""
    pairs = ((risk.residual_likelihood, risk.residual_impact), (risk.likelihood, risk.impact))
    for likely, much in pairs:
        if likely is not None and much is not None and 1 <= likely <= 5 and 1 <= much <= 5:
            return int(likely), int(much)
    return None


def _threat_levels(book: Book) -> dict[tuple[int, int], Level]:
    appetite = book.settings.risk_appetite
    return {
        (x, y): "bad" if x * y > appetite else "good" if x * y <= appetite / 3 else "warn"
        for x in range(1, 6)
        for y in range(1, 6)
    }


def _chance_levels(book: Book) -> dict[tuple[int, int], Level]:
    appetite = book.settings.risk_appetite
    return {(x, y): "none" if x * y <= appetite / 3 else "good" for x in range(1, 6) for y in range(1, 6)}


def _rank(risk: Risk) -> tuple[float, float, str]:
    size = score(risk) or 0.0
    left = residual(risk)
    return -(left if left is not None else size), -size, risk.id


def _risk(evidence: Evidence, risk: Risk) -> tuple[str | Said, ...]:
    appetite = evidence.book.settings.risk_appetite
    said = f"\nIn place: {stopped(risk.controls)}" if risk.controls else "\nNothing is in place yet."
    if above_appetite(evidence.book, risk):
        said += f" Above the risk appetite of {number(appetite)}" + (
            f", accepted by {risk.accepted_by}." if risk.accepted_by else ", and nobody has accepted it."
        )
    return (
        Said(risk.id, to=risk.cell("id")),
        risk.goal,
        Said(said + _worked(evidence, risk), lead=risk.description),
        risk.control_owner or "nobody",
        _product(risk.likelihood, risk.impact),
        _product(risk.residual_likelihood, risk.residual_impact),
    )


def _product(likely: float | None, much: float | None) -> str:
    if likely is None or much is None:
        return ""
    return f"{number(likely * much)} ({number(likely)} \u00d7 {number(much)})"


def _worked(evidence: Evidence, risk: Risk) -> str:
    """Whether what was done made a difference, and what is being done."""
    served = evidence.book.actions_for.get(risk.id, ())
    told = []
    if risk.effect_of_action:
        told.append(f"Did it work? {stopped(risk.effect_of_action)}")
    elif done := [a.id for a in served if a.state == "done" and not a.effect]:
        told.append(f"{listed(done)} done; nobody says whether it worked.")
    told += [f"{a.id}: {stopped(a.effect)}" for a in served if a.state == "done" and a.effect][:2]
    if still := [a.id for a in served if a.state == "open"]:
        told.append(f"Under way: {listed(still)}.")
    return " " + " ".join(told) if told else ""
