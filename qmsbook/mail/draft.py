"""A letter as a message: both bodies, attachments, and headers that nothing typed can add to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from qmsbook.book.words import one_line
from qmsbook.mail.html import html
from qmsbook.mail.letter import Letter
from qmsbook.mail.plain import plain
from qmsbook.mail.recipients import Recipient

_KINDS: Mapping[str, tuple[str, str]] = {
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("application", "pdf"),
    "ics": ("text", "calendar"),
}
#: Names that Windows keeps for itself.
_KEPT = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; the name's ending says what it is."""

    name: str
    content: bytes


def message(letter: Letter, to: Sequence[Recipient], attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """The message, without sender and date: those come from whoever sends it."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = one_line(letter.subject)
    if to:
        made["To"] = [recipient.header for recipient in to]
    made.set_content(plain(letter), cte="quoted-printable")
    made.add_alternative(html(letter), subtype="html", cte="quoted-printable")
    for each in attachments:
        kind, sort = _KINDS[each.name.rsplit(".", 1)[-1]]
        made.add_attachment(each.content, maintype=kind, subtype=sort, filename=file_name(each.name))
    return made


def unsent(made: EmailMessage) -> bytes:
    """The message as an .eml file that opens as a draft: Outlook looks for ``X-Unsent``."""
    made["X-Unsent"] = "1"
    content = made.as_bytes()
    del made["X-Unsent"]
    return content


def signed(made: EmailMessage, sender: Recipient, now: datetime) -> EmailMessage:
    """The message with its sender, its date and an id of its own."""
    made["From"] = sender.header
    made["Date"] = format_datetime(now)
    made["Message-ID"] = make_msgid(domain=sender.address.rsplit("@", 1)[-1])
    return made


def file_name(text: str) -> str:
    """A text as a file's name on any system: no folder, no reserved name, not too long.

    >>> file_name("../Sofia: Q3?.xlsx"), file_name("con.eml"), file_name(" ")
    ('Sofia Q3.xlsx', '_con.eml', '_')
    """
    plain_name = re.sub(r'[<>:"/\\|?*]', " ", one_line(text))
    stem, dot, ending = plain_name.rpartition(".")
    if not dot or " " in ending or len(ending) > 8:
        stem, ending = plain_name, ""
    stem = " ".join(stem.split()).strip(". ")[:80].rstrip(". ")
    name = f"{stem}.{ending}" if ending else stem
    return f"_{name}" if not stem or _KEPT.match(name) else name
