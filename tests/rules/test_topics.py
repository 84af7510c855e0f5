"""One row a piece of work: what is folded together names all that is in it, and errors stand alone."""

from __future__ import annotations

import pytest
from test_rules import example_tables, found_in

from qmsbook.rules import RULES, rule_of
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import Severity
from qmsbook.rules.topics import TOPIC_OF, TOPICS, Topic


def test_each_rule_belongs_to_one_topic_at_most() -> None:
    codes = [code for topic in TOPICS for code in topic.parts]
    assert len(codes) == len(set(codes)) == len(TOPIC_OF)
    assert [code for code in codes if rule_of(code) is None] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.title)
def test_a_topic_holds_no_errors(topic: Topic) -> None:
    """What cannot be trusted is never folded away among what is merely unfinished."""
    mine = {rule.severity for rule in RULES if rule.code in topic.parts}
    assert mine <= {Severity.WARNING, Severity.ADVICE}


def test_errors_are_folded_with_their_own_kind_only() -> None:
    groups = fold(found_in(example_tables(True)))
    assert all(len(g.codes) == 1 for g in groups if g.first.severity is Severity.ERROR)


def test_nothing_is_lost_and_each_row_names_what_it_holds() -> None:
    findings = [f for f in found_in(example_tables(True)) if not f.waived]
    groups = fold(findings)
    assert sorted(id(f) for g in groups for f in g.findings) == sorted(map(id, findings))
    for group in groups:
        if len(group.codes) > 1:
            parts = TOPIC_OF[group.first.code].parts
            assert all(parts[code] in group.message for code in group.codes)
            assert group.code == f"{group.codes[0]} +{len(group.codes) - 1}"
            assert group.fix == TOPIC_OF[group.first.code].fix
    ranks = [list(Severity).index(g.first.severity) for g in groups]
    assert ranks == sorted(ranks)
