"""The pages of docs/ that list the rules: an index, a page for each family, the clauses that rules name."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent

from qmsbook.rules import RULES
from qmsbook.rules.clauses import EDITIONS, SUBJECTS
from qmsbook.rules.rule import Rule

_FAMILIES = {
    "WBK": "The workbook itself", "CAS": "The cascade: goals, objectives, KPIs", "PLN": "The business plan",
    "VIT": "The vital few", "OWN": "Ownership", "OBJ": "Objectives", "EVO": "Objectives that evolve",
    "OUT": "Outcomes, not outputs", "KPI": "KPIs", "MEA": "Measurements", "RSK": "Risks and opportunities",
    "ACT": "Actions", "REV": "The management review", "VOI": "The voice of the people who do the work",
}  # fmt: skip
_WHAT = (
    "What `qmsbook check` looks for. An **error** means that the plan is not a cascade or a figure cannot be "
    "trusted, a **warning** that a requirement or method is not met, **advice** that a better plan exists. "
    "A rule speaks from its *stage* on (setting Stage: start, run, audit-ready). A row in the table Waivers "
    "silences one rule on one row, with a reason and an end.\n"
)


def rules_pages() -> dict[str, str]:
    """The index of all rules and one page for each family, by file name."""
    families: dict[str, list[Rule]] = {}
    for each in RULES:
        families.setdefault(each.family, []).append(each)
    index = [
        "# The rules\n",
        _WHAT,
        "Each code leads to why the rule exists, what to do, a bad and a good example; "
        "`qmsbook rules CODE` says the same.\n",
    ]
    made = {}
    for family, members in families.items():
        index += [f"## {family}: {_FAMILIES.get(family, family)}\n", _index_of(members), ""]
        made[f"rules/{family}.md"] = _family_page(family, members)
    return {"rules.md": "\n".join(index), **made}


def link(rule: Rule) -> str:
    """A rule's code as a link from a page in docs/ to its place."""
    return f"[{rule.code}](rules/{rule.family}.md#{rule.code.lower()})"


def clauses_page() -> str:
    """The clauses that rules name, in our own words, and what a review looks at."""
    parts = [
        "# Clauses\n",
        "The numbers are those of ISO 9001:2015 with its 2024 amendment; what they are about is said in our "
        "own words. Read the standard itself for what it asks. What the edition of 2026 moves: "
        "[ISO 9001:2026](edition-2026.md).\n",
        "| clause | about | rules |\n|---|---|---|",
    ]
    for number, subject in SUBJECTS.items():
        codes = [link(r) for r in RULES if r.clause == number]
        parts.append(f"| {number} | {subject} | {', '.join(codes)} |")
    for name, edition in EDITIONS.items():
        note = f" ({edition.note})" if edition.note else ""
        parts.append(f"\n## What a review looks at: {edition.name}{note}\n")
        parts.append(f"Setting *ISO edition*: {name}.\n\n| input | about |\n|---|---|")
        parts += [f"| {letter} | {subject} |" for letter, subject in edition.inputs.items()]
        besides = "; ".join(f"{letter}, {subject}" for letter, subject in edition.besides.items())
        parts += [f"\nBesides, for leadership to take up: {besides}."] if besides else []
    return "\n".join(parts)


def _index_of(members: Sequence[Rule]) -> str:
    """One line a rule. Each has an anchor of its own: older links lead to the index."""
    rows = [
        f'| <a id="{r.code.lower()}"></a>{link(r)} | {r.title} | {r.severity} | {_from(r)} |' for r in members
    ]
    return "\n".join(["| code | what it finds | severity | from stage |\n|---|---|---|---|", *rows])


def _from(rule: Rule) -> str:
    return f"{rule.stage}, edition {rule.edition}" if rule.edition else rule.stage


def _family_page(family: str, members: Sequence[Rule]) -> str:
    parts = [
        f"# {family}: {_FAMILIES.get(family, family)}\n",
        "Of [all rules](../rules.md). `[!]` marks the cell that a rule points at.\n",
        *(f"- [{r.code}](#{r.code.lower()}) {r.title}" for r in members),
        "",
        *(_rule_text(rule) for rule in members),
    ]
    return "\n".join(parts)


def _rule_text(rule: Rule) -> str:
    clause = f" · clause {rule.clause} ({SUBJECTS[rule.clause]})" if rule.clause else ""
    only = f" · only with *ISO edition* {rule.edition}" if rule.edition else ""
    only += " · quiet with one to five people" if rule.quiet == "few" else ""
    return dedent(
        """\
        ## {code}

        **{title}** {severity}{clause} · from stage {stage} on{only}

        {why}

        *What to do:* {fix}

        Bad:

        ```
        {bad}
        ```

        Good:

        ```
        {good}
        ```
        """
    ).format(
        code=rule.code, title=rule.title, severity=rule.severity.capitalize(), clause=clause,
        stage=rule.stage, only=only, why=rule.why, fix=rule.fix, bad=rule.bad, good=rule.good,
    )  # fmt: skip
