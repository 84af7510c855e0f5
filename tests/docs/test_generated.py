"""What is generated and committed equals what the code makes today."""

import ast
from pathlib import Path

import pytest

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


def test_every_rule_has_a_section_in_the_docs() -> None:
    from qmsbook.rules import RULES

    for rule in RULES:
        assert f"### {rule.code}\n" in PAGES["rules.md"]


def test_links_between_documents_lead_somewhere() -> None:
    import re

    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
