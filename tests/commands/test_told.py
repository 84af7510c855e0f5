"""What a person is told of a command, word by word."""

from __future__ import annotations

from qmsbook.commands.work import told_of_references
from qmsbook.hosts.host import Applied


def test_references_are_counted_in_words_that_fit_their_number() -> None:
    counts = {"chart series": 2, "formula": 12, "list box": 2, "name": 1, "rule or drop-down": 2}
    (told,) = told_of_references(Applied(True, extended=counts))
    assert told.endswith("2 chart series, 12 formulas, 2 list boxes, 1 name and 2 rules or drop-downs.")
