"""What xlwings on a Windows PC makes macros of."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import xlwings
from live import desk
from test_own_buttons import book

from qmsbook import buttons

__all__ = ["book", "desk"]

#: Words that VBA keeps for itself and that somebody might call a macro.
_KEPT = {"call", "close", "date", "get", "let", "name", "open", "print", "put", "stop", "time", "write"}


def asked(code: str) -> str:
    """What a fresh Python prints."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


MACROS = [f"qms_{name}" for name in buttons.__all__]


def test_every_button_is_a_script_by_a_name_that_vba_takes() -> None:
    assert not {*MACROS} & _KEPT
    for name in MACROS:
        assert getattr(buttons, name).__name__ == name
        assert getattr(buttons, name).__doc__ == getattr(buttons, name.removeprefix("qms_")).__doc__


def test_xlwings_on_a_windows_pc_makes_a_macro_without_arguments_of_each() -> None:
    """Windows' own modules are stood in for: what is asked is how xlwings' decorator marks the functions."""
    said = asked("""
        import sys
        from unittest.mock import MagicMock
        for name in ("pythoncom", "pywintypes", "win32com", "win32com.client", "win32com.server",
                     "win32com.server.util", "win32com.server.dispatcher", "win32com.server.policy"):
            sys.modules[name] = MagicMock()
        import xlwings
        from xlwings import udfs
        xlwings.script = udfs.xlsub
        from qmsbook import buttons
        made = [value.__xlfunc__ for value in vars(buttons).values() if hasattr(value, "__xlfunc__")]
        print(all(each["sub"] and not each["args"] for each in made), *(each["name"] for each in made))
    """)
    assert said == f"True {' '.join(MACROS)}"


def test_nothing_of_the_paid_part_is_imported_by_us() -> None:
    """xlwings itself loads some of it, whoever imports xlwings."""
    paid = "print(sorted(name for name in sys.modules if name.startswith('xlwings.pro')))"
    own = asked(f"import sys, xlwings; {paid}")
    assert asked(f"import sys, xlwings; from qmsbook import buttons; {paid}") == own


def test_a_script_works_on_the_book_that_called(book: xlwings.Book) -> None:
    book.set_mock_caller()
    assert "Findings" in vars(buttons)["qms_check"]()
    assert book.impl.front == "Findings"
