"""The looks of cells as XlsxWriter writes them, spelled out: then those of two drawings can be compared."""

from __future__ import annotations

import re


def looks_of(part: bytes) -> list[bytes]:
    """Each cell format of a styles part, spelled out."""
    lists = {name: within(part, name) for name in ("fonts", "fills", "borders", "cellXfs")}
    found: dict[str, list[bytes]] = {
        "fontId": re.findall(rb"<font>.*?</font>|<font/>", lists["fonts"], re.DOTALL),
        "fillId": re.findall(rb"<fill>.*?</fill>|<fill/>", lists["fills"], re.DOTALL),
        "borderId": re.findall(rb"<border(?: [^>]*)?>.*?</border>|<border/>", lists["borders"], re.DOTALL),
    }
    codes: dict[bytes, bytes] = dict(re.findall(rb'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/>', part))

    def told(number: re.Match[bytes]) -> bytes:
        name = number[1].decode()
        if name == "numFmtId":
            return codes.get(number[2], number[2])
        return found[name][int(number[2])]

    pattern = re.compile(rb'(fontId|fillId|borderId|numFmtId)="(\d+)"')
    xfs = re.findall(rb"<xf [^>]*?/>|<xf [^>]*?[^/]>.*?</xf>", lists["cellXfs"], re.DOTALL)
    return [pattern.sub(told, each) for each in xfs]


def spelled(part: bytes, looks: list[bytes]) -> bytes:
    """A part with looks in place of their numbers."""
    return re.sub(rb' (?:s|style)="(\d+)"', lambda found: b" s=" + looks[int(found[1])], part)


def within(part: bytes, name: str) -> bytes:
    """The first element of a name that has something inside; blank if there is none."""
    found = re.search(rb"<%b[ >].*?</%b>" % (name.encode(), name.encode()), part, re.DOTALL)
    return bytes(found[0]) if found else b""
