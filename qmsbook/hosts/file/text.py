"""Text as it stands in the XML of a workbook, and back."""

from __future__ import annotations

import re

from qmsbook.hosts.file.xml import rewritten
from qmsbook.hosts.host import WorkbookUnreadable

_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_HIDDEN = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_HIDE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^<>]*)?(?:/>|>([^<]*)</(?:\w+:)?t>)")
#: What may stand between the tags of an element that holds no other of its name.
_INSIDE = rb"[^<]*(?:<(?!/?(?:\w+:)?%s[\s/>])[^<]*)*"
_PHONETIC = re.compile(rb"<(?:\w+:)?rPh\s%s</(?:\w+:)?rPh>" % (_INSIDE % b"rPh"))
#: The declaration of a part is no longer. Bytes.
_DECLARED = 200
_BLANK_END = re.compile(rb"</[^<>\s]*\s[^<>]*>")
_SIGN_IN_ATTRIBUTE = re.compile(rb"""<[^<>"']*(?:(?:"[^"<>]*"|'[^'<>]*')[^<>"']*)*(?:"[^"<>]*>|'[^'<>]*>)""")
_ITEM_TAG = re.compile(rb"<(?:\w+:)?si[\s/>]")
#: A shared text: mostly one of no runs.
_ITEM = re.compile(
    rb"<(?:\w+:)?si(?:\s[^<>]*)?(?:/>|>(<(?:\w+:)?t(?:\s[^<>]*)?>[^<]*</(?:\w+:)?t>|%s)</(?:\w+:)?si>)"
    % (_INSIDE % b"si")
)


def _entity(match: re.Match[str]) -> str:
    name = match[1]
    if name[0] != "#":
        return _NAMED[name]
    return chr(int(name[2:], 16) if name[1] in "xX" else int(name[1:]))


def plain(raw: bytes) -> str:
    """The text that XML character data stands for, entities and ``_x000D_`` resolved."""
    text = raw.decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return shown(text)


def resolved(text: str) -> str:
    """What the bytes between the quotes of an attribute say."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def shown(text: str) -> str:
    """Text with the control characters that Excel spells ``_x000D_`` put back."""
    if "_x" in text:
        text = _HIDDEN.sub(lambda match: chr(int(match[1], 16)), text)
        if re.search("[\ud800-\udfff]", text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def hidden(text: str) -> str:
    """Text with control characters spelled as Excel spells them; the inverse of ``shown``."""
    return _TO_HIDE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def escaped(text: str) -> bytes:
    """Text as character data of XML."""
    text = hidden(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.encode("utf-8")


def runs(content: bytes) -> str:
    """The text of a ``si`` or ``is`` element's content: plain or rich, without phonetic guides."""
    if b"rPh" in content:
        content = _PHONETIC.sub(b"", content)
    found = _TEXT.findall(content)
    return plain(found[0]) if len(found) == 1 else "".join(map(plain, found))


def shared_strings(content: bytes, part: str = "") -> list[str]:
    """The texts of a shared strings part, in order."""
    return [runs(item) for item in items(content, part)]


def items(content: bytes, part: str = "") -> list[bytes]:
    """The contents of the ``si`` elements of a shared strings part that an XML parser has seen, in order."""
    if not is_plain(content):
        content = rewritten(content, part, lambda _, attributes: attributes)
    found = _ITEM.findall(content)
    if len(found) != len(_ITEM_TAG.findall(content)):
        raise WorkbookUnreadable(f"The part {part} holds texts in texts.")
    return found


def is_plain(content: bytes) -> bool:
    """Whether patterns find every element of a sound part: nothing in it but elements, spelled in one way.

    That is: no comments, CDATA sections or instructions, no ``>`` in an attribute, no blanks in ``</c >``.
    """
    start = content.find(b"?>", 0, _DECLARED) + 2 if b"<?xml" in content[:8] else 0
    if _meet(content, b"!", b"<!", start) or _meet(content, b"?", b"<?", start):
        return False
    blanks = (b" ", b"\n", b"\t", b"\r")
    if any(_meet(content, blank, blank + b">", start) for blank in blanks) and _BLANK_END.search(content):
        return False
    return content.count(b"<") == content.count(b">") or _SIGN_IN_ATTRIBUTE.search(content) is None


def _meet(content: bytes, sign: bytes, signs: bytes, start: int) -> bool:
    # One sign is found ten times as fast as two.
    return content.find(sign, start) >= 0 and content.find(signs, start) >= 0
