"""What is generated and committed equals what the code makes today."""

import ast
from pathlib import Path

import pytest
from tour_pictures import PICTURES

from qmsbook.docs import make as docs

ROOT = Path(__file__).parents[2]
PAGES = docs.pages()


@pytest.mark.parametrize("name", PAGES)
def test_docs_page_is_up_to_date(name: str) -> None:
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert committed == PAGES[name], f"docs/{name} is stale: run python -m qmsbook.docs"


def test_every_error_that_stops_a_command_is_told() -> None:
    found, known = set[str](), {"QmsbookError"}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "qmsbook").rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while len(found) < len(known):
        found = set(known)
        known |= {c.name for c in classes if {b.id for b in c.bases if isinstance(b, ast.Name)} & known}
    assert len(known) > 40
    assert [
        name for name in sorted(known - {"QmsbookError"}) if f"| {name} |" not in PAGES["errors.md"]
    ] == []


def test_every_rule_has_a_line_in_the_index_and_a_section_in_its_familys_page() -> None:
    from qmsbook.rules import RULES

    for rule in RULES:
        at = f"rules/{rule.family}.md"
        assert f"\n## {rule.code}\n" in PAGES[at]
        line = next(row for row in PAGES["rules.md"].splitlines() if f"({at}#{rule.code.lower()})" in row)
        assert f'<a id="{rule.code.lower()}"></a>' in line  # where links led when all rules were on one page
        only = f", edition {rule.edition}" if rule.edition else ""
        assert line.endswith(f" | {rule.title} | {rule.severity} | {rule.stage}{only} |")


def test_no_page_of_rules_is_too_long_to_read() -> None:
    from qmsbook.rules import RULES

    assert len(PAGES["rules.md"].splitlines()) < len(RULES) + 150
    assert max(len(text) for name, text in PAGES.items() if name.startswith("rules")) < 60_000


def test_no_page_of_a_family_is_left_over() -> None:
    committed = {f"rules/{path.name}" for path in (ROOT / "docs" / "rules").iterdir()}
    assert committed == {name for name in PAGES if name.startswith("rules/")}


def anchors(page: Path) -> set[str]:
    """Where links into a page may lead: its headings, and places with a name of their own."""
    import re

    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings} | set(
        re.findall(r'<a id="([^"]+)">', text)
    )


def test_links_between_documents_lead_somewhere() -> None:
    import re

    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target, at in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
            made = "images/tour/" in target and Path(target).stem in PICTURES  # made with the site
            if "://" not in target and not made:
                there = page.parent / target if target else page
                assert there.exists(), f"{page.name} links to {target}"
                assert not at or at in anchors(there), f"{page.name} links to {target}#{at}"
