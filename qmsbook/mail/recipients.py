"""Who gets a mail: people of the workbook with an address that a server can take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address

from qmsbook.book.book import Book
from qmsbook.book.tables import Review
from qmsbook.book.words import listed, one_line

#: RFC 5321 allows a path of 256 letters, its brackets included.
_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person's name on one line, and a plain address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

    @property
    def header(self) -> Address:
        """As a message's header wants it."""
        return Address(display_name=self.name, addr_spec=self.address)


def address_in(text: str) -> str | None:
    """The one address that a cell holds, or None: nothing that a header or a server could take otherwise.

    >>> address_in(" erin@example.com "), address_in("a@b.example\\nBcc: c@d.example"), address_in("erin")
    ('erin@example.com', None, None)
    """
    text = text.strip()
    if not text.isascii() or not text.isprintable() or len(text) > _LONGEST:
        return None
    try:
        found = Address(addr_spec=text)
    except (
        MessageError,
        ValueError,
        IndexError,
        AttributeError,
    ):  # what its parser raises, by Python's version
        return None
    plain = found.addr_spec == text and found.username and "." in found.domain
    return text if plain and not set(text) & set(' ,;:<>()[]"\\') else None


def recipients(book: Book, names: Iterable[str]) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Those of these people whom mail reaches, each address once; and a sentence about the others."""
    found: dict[str, Recipient] = {}
    lost, gone = [], []
    for name in dict.fromkeys(name for name in names if name):
        person = book.person(name)
        address = address_in(person.email) if person else None
        if person is not None and person.left_on is not None and person.left_on <= book.on:
            gone.append(one_line(name))
        elif address is None:
            lost.append(one_line(name))
        else:
            found.setdefault(address.casefold(), Recipient(one_line(name), address))
    told = []
    if lost:
        told.append(f"{listed(lost)} cannot be reached: no usable address in People, column Email.")
    if gone:
        told.append(f"{listed(gone)} left and is not written to.")
    return tuple(found.values()), tuple(told)


def of_review(book: Book, row: Review | None) -> tuple[str, ...]:
    """Whom a review goes to: who chairs, attends and approves it; if nobody is named yet, top management."""
    named = (row.chair, *row.attended_by, row.approved_by) if row else ()
    if any(named):
        return tuple(dict.fromkeys(name for name in named if name))
    return tuple(p.id for p in book.people if p.top_management and p.left_on is None)
