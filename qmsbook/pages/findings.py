"""Findings: what is wrong or could be better, worst first, each with what to do and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qmsbook.page import MARKER, Drawing, Frame
from qmsbook.pages.canvas import Canvas, day
from qmsbook.pages.palette import SEVERITIES, mark_style
from qmsbook.rule import Finding, Severity
from qmsbook.words import plural

MARK = MARKER + "findings"
_WIDTHS = (13, 10, 36, 56, 52, 19)
_HEADERS = ("How grave", "Code", "Where", "What", "What to do", "Who")
_MEANS = {
    Severity.ERROR: ("Errors", "the plan does not hold together, or a figure cannot be trusted"),
    Severity.WARNING: ("Warnings", "something that is asked for is missing"),
    Severity.ADVICE: ("Advice", "a better plan is possible"),
}


def draw_findings(findings: Sequence[Finding], frame: Frame, later: Sequence[str] = ()) -> Drawing:
    """The Findings sheet: the first five things to do, counts, then every finding that is not waived.

    ``later`` are sentences about what a later stage would add.
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
        return _nothing(canvas, row + 1, later)
    row = _start_here(canvas, open_ones, row + 1)
    head = _all(canvas, open_ones, row + 1)
    row = head + len(open_ones) + 2
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


def _start_here(canvas: Canvas, findings: Sequence[Finding], row: int) -> int:
    """The first five things to do, each with a link: the worst, and of one code only the first."""
    right = len(_WIDTHS)
    canvas.span(row, 1, right, "Start here", "heading")
    canvas.tall(row, 24)
    row += 1
    for number, (finding, alike) in enumerate(_first_five(findings), 1):
        more = f" The same holds for {plural(alike, 'more place')}." if alike else ""
        canvas.put(row, 1, number, font_size=14, bold=True, align="center")
        canvas.span(row, 4, 5, "")
        canvas.words(row, 4, [(_said(finding.fix), True), (f"\n{_said(finding.message)}{more}", False)])
        canvas.span(row, 2, 3, "", "link")
        canvas.link(row, 2, _where(finding), finding.at)
        canvas.put(row, 6, finding.owner)
        canvas.room(
            row,
            [(f"{_said(finding.fix)}\n{_said(finding.message)}{more}", 4, 5), (_where(finding), 2, 3)],
            least=30,
        )
        row += 1
    return row


def _first_five(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    counts = Counter(f.code for f in findings)
    first = {finding.code: finding for finding in reversed(findings)}
    chosen = [f for f in findings if first[f.code] is f]
    return [(f, counts[f.code] - 1) for f in chosen[:5]]


def _all(canvas: Canvas, findings: Sequence[Finding], row: int) -> int:
    """All findings under a filter; gives the row of the headers."""
    canvas.span(row, 1, len(_WIDTHS), "All findings, worst first", "heading")
    canvas.tall(row, 24)
    row += 1
    for column, header in enumerate(_HEADERS, 1):
        canvas.put(row, column, header, "head")
    canvas.tall(row, 20)
    for at, finding in enumerate(findings, row + 1):
        mark = SEVERITIES[finding.severity]
        canvas.put(at, 1, f"{mark.symbol} {finding.severity.capitalize()}", "mark", **mark_style(mark))
        canvas.put(at, 2, finding.code)
        canvas.link(at, 3, _where(finding), finding.at)
        canvas.put(at, 4, _said(finding.message))
        canvas.put(at, 5, _said(finding.fix))
        canvas.put(at, 6, finding.owner)
        texts = [
            (_where(finding), 3, 3),
            (_said(finding.message), 4, 4),
            (_said(finding.fix), 5, 5),
            (finding.owner, 6, 6),
        ]
        canvas.room(at, texts)
    canvas.sheet.autofilter(row - 1, 0, row + len(findings) - 1, len(_HEADERS) - 1)
    return row


def _said(text: str) -> str:
    """A sentence of a rule's documentation as a sheet says it: column names without Markdown's asterisks."""
    return re.sub(r"\*([^*\n]+)\*", r"\1", text)


def _where(finding: Finding) -> str:
    """The place in words: table, row and column, as people know it; the address follows."""
    parts = [finding.table, finding.row or "", finding.column or ""]
    text = ", ".join(part for part in parts if part)
    if finding.at is None:
        return text or "The workbook"
    return f"{text} ({finding.at.a1})" if text else str(finding.at)


def _nothing(canvas: Canvas, row: int, later: Sequence[str]) -> Drawing:
    right = len(_WIDTHS)
    canvas.span(row, 1, right, "Nothing to mend", "heading")
    canvas.tall(row, 24)
    text = "Every figure could be read, and everything the checks look at holds together."
    canvas.span(row + 1, 1, right, text, "lead")
    canvas.tall(row + 1, 24)
    for at, sentence in enumerate(later, row + 2):
        canvas.span(at, 1, right, sentence, "muted")
    return canvas.finish(row + 2 + len(later))
