"""A draft in classic Outlook, over COM: it is shown, never sent.

Not run by us against real Outlook. The new Outlook for Windows has no COM; it opens the .eml file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from qmsbook.book.words import one_line
from qmsbook.mail.html import html
from qmsbook.mail.letter import Letter
from qmsbook.mail.recipients import Recipient

_MAIL_ITEM, _TO = 0, 1


def shows_draft(letter: Letter, to: Sequence[Recipient], files: Sequence[Path], outlook: Any) -> bool:
    """Whether a draft with its attachments is open in a window of Outlook; the person sends it, or not."""
    try:
        _show(letter, to, files, outlook)
    except Exception:  # whatever Outlook has against it: the .eml file is there
        return False
    return True


def _show(letter: Letter, to: Sequence[Recipient], files: Sequence[Path], outlook: Any) -> None:
    item = outlook.CreateItem(_MAIL_ITEM)
    item.Subject = one_line(letter.subject)
    item.HTMLBody = html(letter)
    for person in to:
        item.Recipients.Add(str(person)).Type = _TO
    item.Recipients.ResolveAll()
    for path in files:
        item.Attachments.Add(str(path.absolute()))
    item.Display(False)


def classic_outlook() -> Any:
    """Outlook's application object, or None: not Windows, no pywin32, or no classic Outlook."""
    if sys.platform != "win32":
        return None
    try:
        dispatch: Callable[[str], Any] = import_module("win32com.client").Dispatch
        return dispatch("Outlook.Application")
    except Exception:  # whatever hinders it: the .eml file is there
        return None
