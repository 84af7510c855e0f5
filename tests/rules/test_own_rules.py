"""A company's own rules: found, asked, folded, waived; and a broken one is a sentence, not a crash."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from test_rules import ON, example_tables

from qmsbook.book.reading import read_book
from qmsbook.commands import template
from qmsbook.rules import RULES, check
from qmsbook.rules.examples import read_example
from qmsbook.rules.folded import fold
from qmsbook.rules.own import OwnRulesUnusable, own_rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")


def example_of_the_page() -> str:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code
    return re.sub(r"^   ", "", code[1], flags=re.MULTILINE)


def put(folder: Path, text: str, name: str = "our_rules.py") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "qmsbook.toml").write_text(f'[rules]\nfiles = ["{name}"]\n', encoding="utf-8")
    return folder


def test_the_worked_example_works(tmp_path: Path) -> None:
    rules = own_rules(put(tmp_path, example_of_the_page()), [])
    assert [rule.code for rule in rules] == ["ACM001"]
    for text in (rules[0].bad, rules[0].good):
        example = read_example(text)
        found = check(example.book, rules=rules, stage="audit-ready")
        assert [f.at for f in found] == list(example.marked)


def test_a_file_written_for_the_first_release_goes_on_working(tmp_path: Path) -> None:
    text = example_of_the_page()
    old = text.replace("qmsbook.book.book", "qmsbook.book").replace("qmsbook.rules.rule", "qmsbook.rule")
    assert old.count("from qmsbook.book import Book\nfrom qmsbook.rule import") == 1
    program = "from pathlib import Path; from qmsbook.rules.own import own_rules; import sys; "
    program += "print([rule.code for rule in own_rules(Path(sys.argv[1]), [])])"
    command = [sys.executable, "-c", program, str(put(tmp_path, old))]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['ACM001']"


def test_they_are_asked_beside_the_catalogue(tmp_path: Path) -> None:
    rules = own_rules(put(tmp_path, example_of_the_page()), [])
    found = check(read_book(example_tables(False), ON), rules=(*RULES, *rules), stage="audit-ready")
    group = next(g for g in fold(found) if g.first.code == "ACM001")
    assert group.count == 2
    assert group.message.startswith("In 2 places: KPI K20 ")


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert own_rules(tmp_path, []) == ()
    (tmp_path / "qmsbook.toml").write_text("[other]\n", encoding="utf-8")
    assert own_rules(tmp_path, []) == ()


BODY = '''
from qmsbook.rules.rule import Severity, rule

@rule("{code}", Severity.ADVICE)
def mine(book):
    """Mine.

    Why
        Because.
    Fix
        Do it.
    Bad
        -
    Good
        -
    """
    {does}
'''


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "Found in our_rules.py: no rule."),
        ("def broken(:", r"SyntaxError: .*\(line 1\)"),
        ("\nimport nothing_of_the_kind", r"ModuleNotFoundError: .*\(line 2\)"),
        ("raise SystemExit", "SystemExit"),
        (BODY.format(code="KPI001", does="return []"), "the code KPI001"),
        (BODY.format(code="mine", does="return []"), "the code mine"),
        (BODY.format(code="ACM001", does="return []") * 2 + "\nother = mine", "ACM001 twice"),
        (
            "from qmsbook.rules.rule import rule, Severity\n@rule('ACM001', Severity.ADVICE)\ndef f(b): pass",
            "lacks",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(OwnRulesUnusable, match=told):
        own_rules(put(tmp_path, text), [])


@pytest.mark.parametrize(
    "toml", ["[rules", "rules = 3", "[rules]\nfiles = 'our_rules.py'", "[rules]\nfiles = ['no.py']"]
)
def test_settings_that_cannot_be_used_say_why(tmp_path: Path, toml: str) -> None:
    (tmp_path / "qmsbook.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(OwnRulesUnusable, match="Found"):
        own_rules(tmp_path, [])


@pytest.mark.parametrize("does", ["yield 1 / 0", "return 7", "yield 'text'"])
def test_a_rule_that_fails_gives_one_finding(tmp_path: Path, does: str) -> None:
    rules = own_rules(put(tmp_path, BODY.format(code="ACM001", does=does)), [])
    found = check(read_book(example_tables(False), ON), rules=(*RULES, *rules), stage="audit-ready")
    mine = [f for f in found if f.code == "ACM001"]
    assert len(mine) == 1
    assert mine[0].message.startswith("The rule ACM001 of our_rules.py stopped: ")
    assert len(found) > 1


def test_a_package_brings_rules_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme_rules.py").write_text(example_of_the_page(), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    rules = own_rules(None, [EntryPoint("acme", "acme_rules", "qmsbook.rules")])
    assert [rule.code for rule in rules] == ["ACM001"]
    with pytest.raises(OwnRulesUnusable, match="ModuleNotFoundError"):
        own_rules(None, [EntryPoint("other", "nothing_of_the_kind", "qmsbook.rules")])


def test_a_waiver_may_name_an_own_rule(tmp_path: Path) -> None:
    rules = own_rules(put(tmp_path, example_of_the_page()), [])
    text = "Waivers\n| Code | Row |\n|---|---|\n| ACM001 | K20 |\n"
    codes = [f.code for f in check(read_example(text).book, rules=(*RULES, *rules))]
    assert "WBK040" not in codes
    assert "WBK040" in [f.code for f in check(read_example(text).book)]


def test_the_command_line_asks_them(tmp_path: Path) -> None:
    put(tmp_path, example_of_the_page())
    (tmp_path / "plan.xlsx").write_bytes(template("example.xlsx"))
    run = [
        sys.executable,
        "-m",
        "qmsbook",
        "check",
        str(tmp_path / "plan.xlsx"),
        "--json",
        "--fail-on",
        "never",
    ]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "ACM001" in {f["code"] for f in json.loads(done.stdout)["findings"]}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["our_rules.py", "plan.xlsx", "qmsbook.toml"]
    (tmp_path / "our_rules.py").write_text("def broken(:", encoding="utf-8")
    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "Your own rules cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
