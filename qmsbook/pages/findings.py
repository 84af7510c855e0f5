"""Findings: what is wrong or could be better, worst first, each with what to do and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qmsbook.book.words import listed, plural
from qmsbook.pages.canvas import Canvas, day
from qmsbook.pages.page import MARKER, Drawing, Frame
from qmsbook.pages.palette import SEVERITIES, mark_style
from qmsbook.rules.folded import Folded, bearable, fold, rest_of
from qmsbook.rules.rule import Finding, Severity

MARK = MARKER + "findings"
_WIDTHS = (13, 10, 36, 56, 52, 19)
_HEADERS = ("How grave", "Code", "Where", "What", "What to do", "Who")
_MEANS = {
    Severity.ERROR: ("Errors", "the plan does not hold together, or a figure cannot be trusted"),
    Severity.WARNING: ("Warnings", "something that is asked for is missing"),
    Severity.ADVICE: ("Advice", "a better plan is possible"),
}


def draw_findings(
    findings: Sequence[Finding], frame: Frame, later: Sequence[str] = (), stage: str = "", missing: str = ""
) -> Drawing:
    """The Findings sheet: the first five things to do, counts, then every finding that is not waived.

    ``later`` are sentences about what a later stage would add. In ``stage`` start at most ten rows show.
    ``missing`` says what a plan lacks that is not complete: such a one is not praised.
    """
    canvas = Canvas(MARK, "Findings", frame, _WIDTHS, landscape=True)
    open_ones = [f for f in findings if not f.waived]
    waived = len(findings) - len(open_ones)
    right = len(_WIDTHS)
    canvas.span(2, 1, right, "Findings", "title")
    canvas.tall(2, 30)
    canvas.span(3, 1, right, _subtitle(open_ones, waived, frame), "subtitle")
    row = _counts(canvas, open_ones, 5)
    if not open_ones:
        return _nothing(canvas, row + 1, later, missing)
    if missing:
        canvas.span(row, 1, right, missing, "plain", bold=True)
        canvas.room(row, [(missing, 1, right)], least=18)
        row += 1
    groups = fold(open_ones)
    row = _start_here(canvas, groups, row + 1)
    head, row = _all(canvas, groups, row + 1, stage)
    row += 2
    for sentence in later:
        canvas.span(row, 1, right, sentence, "muted")
        row += 1
    canvas.sheet.freeze_panes(3, 0)
    return canvas.finish(row - 1, repeat=(head, head))


def _subtitle(findings: Sequence[Finding], waived: int, frame: Frame) -> str:
    text = f"{plural(len(findings), 'finding')} in the workbook"
    text += f", {waived} more waived with a reason" if waived else ""
    return f"{text}. Judged on {day(frame.on)}."


def _counts(canvas: Canvas, findings: Sequence[Finding], row: int) -> int:
    counts = Counter(f.severity for f in findings)
    for severity, (name, means) in _MEANS.items():
        mark = SEVERITIES[severity]
        canvas.put(row, 1, f"{mark.symbol} {counts[severity]}", "mark", **mark_style(mark), align="center")
        canvas.put(row, 2, name, "plain", bold=True)
        canvas.span(row, 3, 5, means, "muted")
        row += 1
    return row


def _start_here(canvas: Canvas, groups: Sequence[Folded], row: int) -> int:
    """The first five things to do, each with a link to the first place where it is to be done."""
    right = len(_WIDTHS)
    canvas.span(row, 1, right, "Start here", "heading")
    canvas.tall(row, 24)
    row += 1
    for number, group in enumerate(groups[:5], 1):
        fix, where = _said(group.fix), _where(group.first)
        told = _said(group.message) + (f" The first: {_said(group.first.message)}" if group.count > 1 else "")
        canvas.put(row, 1, number, font_size=14, bold=True, align="center")
        canvas.span(row, 4, 5, "")
        canvas.words(row, 4, [(fix, True), (f"\n{told}", False)])
        canvas.span(row, 2, 3, "", "link")
        canvas.link(row, 2, where, group.first.at)
        canvas.put(row, 6, _who(group))
        canvas.room(row, [(f"{fix}\n{told}", 4, 5), (where, 2, 3), (_who(group), 6, 6)], least=30)
        row += 1
    return row


def _all(canvas: Canvas, groups: Sequence[Folded], row: int, stage: str) -> tuple[int, int]:
    """All findings under a filter, those of one kind folded under one row; gives the first and last row."""
    several = any(group.count > 1 for group in groups)
    title = "All findings, worst first" + (
        "; the + at the left opens a row into its cells" if several else ""
    )
    canvas.span(row, 1, len(_WIDTHS), title, "heading")
    canvas.tall(row, 24)
    row += 1
    for column, header in enumerate(_HEADERS, 1):
        canvas.put(row, column, header, "head")
    canvas.tall(row, 20)
    canvas.sheet.outline_settings(True, False, True, False)
    at = row
    shown, rest = bearable(groups, stage)
    for group in shown:
        at += 1
        if group.count > 1:
            texts = (_places(group), group.message, group.fix, _who(group))
            _row(canvas, at, group.first, texts, group=group.code)
            at = _opened(canvas, at, [group])
        else:
            _row(canvas, at, group.first, _texts(group.first))
    if rest:
        at += 1
        canvas.span(at, 1, len(_WIDTHS), rest_of(rest), bold=True)
        canvas.tall(at, 20, opens=True)
        at = _opened(canvas, at, rest)
    canvas.sheet.autofilter(row - 1, 0, at - 1, len(_HEADERS) - 1)
    return row, at


def _opened(canvas: Canvas, at: int, groups: Sequence[Folded]) -> int:
    """The rows that a folded row opens into; gives the last."""
    for group in groups:
        for finding in group.findings:
            at += 1
            _row(canvas, at, finding, _texts(finding), folded=True)
    return at


def _texts(finding: Finding) -> tuple[str, str, str, str]:
    return _where(finding), finding.message, finding.fix, finding.owner


def _row(
    canvas: Canvas, at: int, finding: Finding, texts: tuple[str, str, str, str], folded: bool = False,
    group: str = "",
) -> None:  # fmt: skip
    """Draw a finding; one that is ``folded`` opens with the row of its ``group``, which shows that code."""
    where, message, fix, who = texts[0], _said(texts[1]), _said(texts[2]), texts[3]
    mark = SEVERITIES[finding.severity]
    canvas.put(at, 1, f"{mark.symbol} {finding.severity.capitalize()}", "mark", **mark_style(mark))
    canvas.put(at, 2, group or finding.code)
    canvas.link(at, 3, where, finding.at)
    canvas.put(at, 4, message, bold=bool(group))
    canvas.put(at, 5, fix)
    canvas.put(at, 6, who)
    fitted = [(where, 3, 3), (message, 4, 4), (fix, 5, 5), (who, 6, 6)]
    canvas.room(at, fitted, folded=folded, opens=bool(group))


def _places(group: Folded) -> str:
    """Where the findings of a folded row stand: ``12 places, first K03, Target (H5)``.

    An id says which table it is of. LibreOffice does not wrap the text of a link, so it is kept short.
    """
    return f"{plural(group.count, 'place')}, first {_where(group.first, brief=True)}"


def _who(group: Folded) -> str:
    owners = group.owners
    return listed([*owners[:3], f"{len(owners) - 3} more"] if len(owners) > 3 else owners)


def _said(text: str) -> str:
    """A sentence of a rule's documentation as a sheet says it: column names without Markdown's asterisks."""
    return re.sub(r"\*([^*\n]+)\*", r"\1", text)


def _where(finding: Finding, brief: bool = False) -> str:
    """The place in words: table (``brief``: only where no row is named), row and column; then the address."""
    table = "" if brief and finding.row else finding.table
    parts = [table, finding.row or "", finding.column or ""]
    text = ", ".join(part for part in parts if part)
    if finding.at is None:
        return text or "The workbook"
    return f"{text} ({finding.at.a1})" if text else str(finding.at)


def _nothing(canvas: Canvas, row: int, later: Sequence[str], missing: str) -> Drawing:
    right = len(_WIDTHS)
    canvas.span(row, 1, right, "Nothing is wrong so far" if missing else "Nothing to mend", "heading")
    canvas.tall(row, 24)
    text = missing or "Every figure could be read, and everything the checks look at holds together."
    canvas.span(row + 1, 1, right, text, "lead")
    canvas.room(row + 1, [(text, 1, right)], least=24)
    for at, sentence in enumerate(later, row + 2):
        canvas.span(at, 1, right, sentence, "muted")
    return canvas.finish(row + 2 + len(later))
