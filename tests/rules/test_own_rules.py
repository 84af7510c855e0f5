"""A company's own rules: found, asked, folded, waived; and a broken one is a sentence, not a crash."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from terminal import at_terminal, home
from test_rules import ON, example_tables

from qmsbook.book.reading import read_book
from qmsbook.commands import template
from qmsbook.rules import RULES, check
from qmsbook.rules.examples import read_example
from qmsbook.rules.folded import fold
from qmsbook.rules.own import OwnRulesUnusable, own_program
from qmsbook.rules.own import own_rules as rules_of
from qmsbook.rules.rule import Rule

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")


def own_rules(folder: Path, packages: Sequence[EntryPoint] = ()) -> tuple[Rule, ...]:
    """What a folder's files give, once somebody has agreed to them."""
    return rules_of(own_program(folder), packages)


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
    program = "from pathlib import Path; from qmsbook.rules.own import own_program, own_rules; import sys; "
    program += "print([rule.code for rule in own_rules(own_program(Path(sys.argv[1])), [])])"
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
    for text in ("", "[rules]", "[mail]", "[rules]\nfiles = []"):
        (tmp_path / "qmsbook.toml").write_text(text, encoding="utf-8")
        assert own_rules(tmp_path, []) == ()


@pytest.mark.parametrize(
    "text", ["[ruels]", "[rules]\nfile = ['x.py']", "rules = 1", "[rules]\nfiles = 'x.py'"]
)
def test_a_part_that_is_misspelled_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "qmsbook.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OwnRulesUnusable, match=r"Found in qmsbook\.toml"):
        own_rules(tmp_path, [])


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


def test_an_unknown_name_beside_the_files_is_what_is_told(tmp_path: Path) -> None:
    (tmp_path / "qmsbook.toml").write_text('[rules]\nfiles = ["our_rules.py"]\nmore = 1\n', encoding="utf-8")
    with pytest.raises(OwnRulesUnusable, match=r"more is no part of \[rules\]"):
        own_rules(tmp_path, [])


def test_what_a_rule_prints_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = own_rules(put(tmp_path, BODY.format(code="ACM001", does="print('running'); yield from ()")), [])
    check(read_book(example_tables(False), ON), rules=rules, stage="audit-ready")
    assert capsys.readouterr() == ("", "running\n")


@pytest.mark.parametrize("does", ["yield 1 / 0", "return 7", "yield 'text'", "import sys; sys.exit(0)"])
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
    rules = rules_of(None, [EntryPoint("acme", "acme_rules", "qmsbook.rules")])
    assert [rule.code for rule in rules] == ["ACM001"]
    with pytest.raises(OwnRulesUnusable, match="ModuleNotFoundError"):
        rules_of(None, [EntryPoint("other", "nothing_of_the_kind", "qmsbook.rules")])


def test_a_waiver_may_name_an_own_rule(tmp_path: Path) -> None:
    rules = own_rules(put(tmp_path, example_of_the_page()), [])
    text = "Waivers\n| Code | Row |\n|---|---|\n| ACM001 | K20 |\n"
    codes = [f.code for f in check(read_example(text).book, rules=(*RULES, *rules))]
    assert "WBK040" not in codes
    assert "WBK040" in [f.code for f in check(read_example(text).book)]


def asked(book: Path, *more: str, person: Path) -> subprocess.CompletedProcess[str]:
    """The command line where nobody can be asked."""
    command = [sys.executable, "-m", "qmsbook", "check", str(book), "--fail-on", "never", *more]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL,
        env={**os.environ, **home(person)},
    )  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The example in a folder of its own, with rules beside it; the person's folder is the one above."""
    path = tmp_path / "book" / "plan.xlsx"
    path.parent.mkdir()
    path.write_bytes(template("example.xlsx"))
    put(path.parent, example_of_the_page())
    return path


def codes(told: str) -> set[str]:
    return {f["code"] for f in json.loads(told)["findings"]}


def test_a_script_says_once_that_they_are_trusted(plan: Path, tmp_path: Path) -> None:
    done = asked(plan, "--json", "--trust", person=tmp_path)
    assert "ACM001" in codes(done.stdout)
    assert json.loads(done.stdout)["notices"] == []
    assert "ACM001" in codes(asked(plan, "--json", person=tmp_path).stdout)
    assert sorted(p.name for p in plan.parent.iterdir()) == ["our_rules.py", "plan.xlsx", "qmsbook.toml"]
    (plan.parent / "our_rules.py").write_text("def broken(:", encoding="utf-8")
    done = asked(plan, "--trust", person=tmp_path)
    assert done.returncode == 2
    assert "Your own rules cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_where_nobody_can_be_asked_they_do_not_run_and_that_is_said(plan: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    put(plan.parent, f"open({str(ran)!r}, 'w').close()\n" + example_of_the_page())
    done = asked(plan, "--json", person=tmp_path)
    assert "ACM001" not in codes(done.stdout)
    (notice,) = json.loads(done.stdout)["notices"]
    assert "our_rules.py" in notice
    assert "--trust" in notice
    assert "--trust" in asked(plan, person=tmp_path).stdout
    assert not ran.exists()
    empty = plan.with_name("empty.xlsx")
    for arguments, code in (
        (["new", empty], 0),
        (["check", empty], 1),  # nothing to mend, but not all was asked
        (["check", empty, "--fail-on", "never"], 0),
        (["refresh", empty], 0),
        (["remind", empty], 0),
    ):
        command = [sys.executable, "-m", "qmsbook", *map(str, arguments)]
        more = {"env": {**os.environ, **home(tmp_path)}, "cwd": ROOT, "stdin": subprocess.DEVNULL}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
        assert done.returncode == code, (arguments, done)
        assert ("--trust" in done.stdout) == (arguments[0] != "new"), (arguments, done.stdout)
    assert not ran.exists()
    done = asked(empty, "--fail-on", "error", "--trust", person=tmp_path)
    assert (done.returncode, ran.exists()) == (0, True)


def test_at_a_terminal_the_person_is_asked_once_and_again_when_anything_changed(
    plan: Path, tmp_path: Path
) -> None:
    (plan.parent / "centres.py").write_text('WHO = "Kim Weber"\n', encoding="utf-8")
    text = example_of_the_page().replace(
        "from qmsbook.book.book import Book", "from qmsbook.book.book import Book\nfrom centres import WHO"
    )
    put(plan.parent, text.replace('kpi.owner != "Kim Weber"', "kpi.owner != WHO"))
    check_it = ["check", plan, "--json", "--fail-on", "never"]
    question = ("Shall they be used?", "n")
    code, screen = at_terminal(check_it, [question], home(tmp_path))
    assert code == 0
    assert "(our_rules.py, centres.py)" in screen
    assert '"ACM001"' not in screen
    yes = ("Shall they be used?", "y")
    assert '"ACM001"' in at_terminal(check_it, [yes], home(tmp_path))[1]
    screen = at_terminal(check_it, [], home(tmp_path))[1]
    assert '"ACM001"' in screen
    assert "Shall they be used?" not in screen
    (plan.parent / "centres.py").write_text('WHO = "Erin Foster"\n', encoding="utf-8")
    assert '"ACM001"' not in at_terminal(check_it, [question], home(tmp_path))[1]


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl+C", "Ctrl+D"])
def test_a_question_that_is_broken_off_stops_the_command(plan: Path, tmp_path: Path, key: str) -> None:
    put(plan.parent, example_of_the_page())
    code, screen = at_terminal(["check", plan], [("[y/N]", key)], home(tmp_path))
    assert code == 130
    assert screen.rstrip().endswith("The command was stopped before it was done.")
    assert "ACM001" not in screen


def test_what_was_read_is_what_runs(tmp_path: Path) -> None:
    (tmp_path / "centres.py").write_text("CODE = 'ACM001'\n", encoding="utf-8")
    text = "from centres import CODE\n" + BODY.replace('"{code}"', "CODE").format(does="return []")
    program = own_program(put(tmp_path, text))
    assert program is not None
    assert program.files == ["our_rules.py", "centres.py"]
    (tmp_path / "centres.py").write_text("CODE = 'BAD001'\n", encoding="utf-8")
    (tmp_path / "our_rules.py").write_text("raise SystemExit", encoding="utf-8")
    assert [rule.code for rule in rules_of(program, [])] == ["ACM001"]
    again = own_program(tmp_path)
    assert again is not None
    assert again.mark != program.mark
    with pytest.raises(OwnRulesUnusable):
        rules_of(again, [])


IMPORTING = """
from __future__ import annotations
from dataclasses import dataclass
import csv, helpers.names as names
from helpers import codes
from helpers.deep import more
import plain

@dataclass
class Held:
    text: str

assert csv.DictReader and "csv" in csv.__name__
CODE = codes.CODE
assert names.NAME == "n" and more.MORE == "m" and plain.own() == "late"
"""


def test_files_of_one_folder_import_one_another_and_no_other_folders_files(tmp_path: Path) -> None:
    for folder, code in (("one", "ACM001"), ("two", "ACM002")):
        here = tmp_path / folder
        (here / "helpers" / "deep").mkdir(parents=True)
        (here / "helpers" / "__init__.py").write_text("", encoding="utf-8")
        (here / "helpers" / "codes.py").write_text(f"from . import names\nCODE = {code!r}\n", "utf-8")
        (here / "helpers" / "names.py").write_text("NAME = 'n'\n", encoding="utf-8")
        (here / "helpers" / "deep" / "more.py").write_text("MORE = 'm'\n", encoding="utf-8")
        (here / "plain.py").write_text("def own():\n    import late\n    return late.WORD\n", "utf-8")
        (here / "late.py").write_text("WORD = 'late'\n", encoding="utf-8")
        (here / "csv.py").write_text("raise ValueError('the wrong csv')\n", encoding="utf-8")
        text = IMPORTING + BODY.replace('"{code}"', "CODE").format(does="import late; return []")
        program = own_program(put(here, text))
        assert program is not None
        assert set(program.files) == {
            "our_rules.py", "plain.py", "late.py", "helpers/codes.py", "helpers/names.py",
            "helpers/deep/more.py",
        }  # fmt: skip
        assert [rule.code for rule in rules_of(program, [])] == [code]
        assert list(rules_of(program, [])[0].function(None)) == []
    assert {"plain", "late", "helpers"}.isdisjoint(sys.modules)


def test_what_goes_wrong_in_an_imported_file_is_told_in_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "centres.py").write_text("def broken(:", encoding="utf-8")
    with pytest.raises(OwnRulesUnusable, match=r"SyntaxError: .*centres\.py"):
        own_rules(put(tmp_path, "import centres"), [])
    (tmp_path / "centres.py").write_text("x = 1", encoding="utf-8")
    with pytest.raises(OwnRulesUnusable, match=r"cannot import name 'y' from 'centres'"):
        own_rules(put(tmp_path, "from centres import y"), [])


OPENED = """
import json, os, sys
opened = []
sys.addaudithook(lambda name, given: opened.append(str(given[0])) if name == "open" else None)
from pathlib import Path
from qmsbook.rules.own import own_program, OwnRulesUnusable
try:
    own_program(Path(sys.argv[1]))
    told = ""
except OwnRulesUnusable as problem:
    told = str(problem)
print(json.dumps({"opened": opened, "told": told}))
"""


@pytest.mark.parametrize(
    "name",
    [
        "//host/share/rules.py", r"\\host\share\rules.py", r"\\?\UNC\host\share\rules.py", "C:/rules.py",
        "C:rules.py", r"\rules.py", "../rules.py", r"..\rules.py", "inside/../../rules.py",
        "{outside}/rules.py", "link.py", "chain.py", "folder/rules.py", "up/rules.py", "our.py:stream",
        "circle.py", "pipe.py", ".", "", "inside", "inside/rules.py/", "a\x1b[31m.py",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_workbook_s_folder(tmp_path: Path, name: str) -> None:
    book, outside = tmp_path / "book", tmp_path / "outside"
    (book / "inside").mkdir(parents=True)
    outside.mkdir()
    for place in (outside, tmp_path):
        (place / "rules.py").write_text("raise ValueError('it ran')", encoding="utf-8")
    (book / "link.py").symlink_to(outside / "rules.py")
    (book / "chain.py").symlink_to("link.py")
    (book / "folder").symlink_to(outside)
    (book / "up").symlink_to("..")
    (book / "circle.py").symlink_to("circle.py")
    os.mkfifo(book / "pipe.py")
    toml = "[rules]\nfiles = [" + json.dumps(name.format(outside=outside)) + "]\n"
    (book / "qmsbook.toml").write_text(toml, encoding="utf-8")
    command = [sys.executable, "-c", OPENED, str(book)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    assert found["told"].startswith("Your own rules cannot be used"), found["told"]
    assert "\x1b" not in found["told"]
    beyond = ("rules.py", "link.py", "chain.py", "circle.py", "pipe.py")
    assert [path for path in found["opened"] if path.endswith(beyond)] == []


def test_a_link_that_stays_in_the_folder_is_followed(tmp_path: Path) -> None:
    put(tmp_path, BODY.format(code="ACM001", does="return []"), "of_2026.py")
    (tmp_path / "versions").mkdir()
    (tmp_path / "of_2026.py").rename(tmp_path / "versions" / "of_2026.py")
    (tmp_path / "newest").symlink_to("versions")
    (tmp_path / "our_rules.py").symlink_to("newest/of_2026.py")
    (tmp_path / "qmsbook.toml").write_text('[rules]\nfiles = ["our_rules.py"]\n', encoding="utf-8")
    assert [rule.code for rule in own_rules(tmp_path, [])] == ["ACM001"]


def test_settings_that_lead_elsewhere_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "elsewhere.toml").write_text("[rules]\nfiles = []\n", encoding="utf-8")
    (tmp_path / "book" / "qmsbook.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(OwnRulesUnusable, match="link out of the workbook's folder"):
        own_program(tmp_path / "book")
