"""What improves is named once: when it began; what did so at the review before already is counted."""

from __future__ import annotations

from datetime import date

from qmsbook.book.reading import read_book
from qmsbook.rules.examples import read_example
from qmsbook.sections import compose, gather
from qmsbook.sections.section import Facts

_CALM = [89, 91] * 6
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]


def improving(**values: list[float]) -> str:
    """The sentence of the review of 2026-Q3, after one of 2026-Q2; readings begin in 2025-01."""
    kpis = "\n".join(f"| {key} | {key} | 80 | flat | higher | 2024-12-31 | average |" for key in values)
    rows = "\n".join(
        f"| {key} | {month} | {value} |"
        for key, held in values.items()
        for month, value in zip(MONTHS, held, strict=False)
    )
    text = f"""
Reviews
| Review | Period | Held on | State |
|---|---|---|---|
| MR-2026-Q2 | 2026-Q2 | 2026-07-10 | closed |

KPIs
| KPI | Name | Target | Trajectory | Direction | Baseline on | Aggregation |
|---|---|---|---|---|---|---|
{kpis}

Measurements
| KPI | Period | Value |
|---|---|---|
{rows}
"""
    book = read_book(read_example(text).tables, date(2026, 10, 20))
    period = book.parse_period("2026-Q3")
    assert period is not None
    blocks = compose(gather(book, period)).blocks
    facts = [item for block in blocks if isinstance(block, Facts) for item in block.items]
    return dict(facts).get("Improving", "")


def test_what_began_is_named_and_what_goes_on_too() -> None:
    old, new = [*_CALM, *[97] * 9], [*_CALM, 89, 91, 89, 91, 89, 91, 97, 98, 99]
    both = improving(K1=old, K2=new, K3=[*_CALM, *[89, 91, 89] * 3])
    assert both.startswith("K2")
    assert both.endswith("As on Jun 30, 2026 already: K1.")
    assert improving(K1=old) == "No KPI since then. As on Jun 30, 2026 already: K1."
    assert improving(K3=_CALM) == ""
