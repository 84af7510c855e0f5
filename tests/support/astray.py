"""Workbooks whose tables went astray, as people and other programs leave them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path


def renamed(content: bytes, old: str, new: str) -> bytes:
    """The workbook with a table under another name, as after its sheet was copied."""
    name = f'displayName="{old}"'
    return _rewritten(
        content,
        lambda part, text: (
            text.replace(name, f'displayName="{new}"').replace(f'name="{old}"', f'name="{new}"')
            if part.startswith("xl/tables/") and name in text
            else text
        ),
    )


def as_range(content: bytes, table: str) -> bytes:
    """The workbook with a table converted to a range: its cells stay, the table is gone."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}
    part = next(n for n, t in parts.items() if n.startswith("xl/tables/") and f'displayName="{table}"' in t)
    link = re.compile(rf'<Relationship [^>]*{re.escape(Path(part).name)}"[^>]*/>')
    rels = next(n for n, t in parts.items() if n.startswith("xl/worksheets/_rels/") and link.search(t))
    found = link.search(parts[rels])
    assert found is not None
    at = re.search(r'Id="([^"]+)"', found[0])
    assert at is not None
    sheet = "xl/worksheets/" + Path(rels).name.removesuffix(".rels")

    def without(name: str, text: str) -> str:
        if name == rels:
            return text.replace(found[0], "")
        if name == sheet:
            text = re.sub(rf'<tablePart [^>]*"{at[1]}"[^>]*/>', "", text)
            return re.sub(r"<tableParts[^>]*></tableParts>|<tableParts[^>]*/>", "", text)
        if name == "[Content_Types].xml":
            return re.sub(rf'<Override [^>]*{re.escape(Path(part).name)}"[^>]*/>', "", text)
        return text

    return _rewritten(content, without, leave_out=part)


def _rewritten(content: bytes, change, leave_out: str = "") -> bytes:  # type: ignore[no-untyped-def]
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name == leave_out:
                continue
            data = old.read(name)
            if name.endswith((".xml", ".rels")):
                data = change(name, data.decode("utf-8")).encode("utf-8")
            new.writestr(name, data)
    return target.getvalue()
