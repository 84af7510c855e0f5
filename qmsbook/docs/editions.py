"""The page docs/edition-2026.md: what a company that works to the 2015 edition has to add in its workbook."""

from __future__ import annotations

from qmsbook.docs.catalogue import link
from qmsbook.rules import RULES, rule_of
from qmsbook.rules.clauses import EDITIONS, Edition

_HEAD = """\
# {name}: what to add in your workbook

It was published in {published}. This page says what moves and what to add, in our own words; the standard
alone counts: **{note}**.

Certificates to the edition of 2015 may be kept until {until}: **{until_note}**.

Nothing of it speaks before you choose it: as long as the setting *ISO edition* says 2015, no finding and no
topic of the review comes from 2026.

## Look ahead, without changing anything

```sh
qmsbook check WORKBOOK --edition 2026
```

It prints what the new edition would add to today's findings, whatever the *Stage* of your workbook. With
`--json` these stand in `added`. The file is not written to.
"""
_STEPS = """\
## What to add

1. **Risks**: for each goal an opportunity that was considered ({RSK014}). What could carry the goal further?
   If nothing was found, a row with the state *considered and none found* says so. None of it needs a score.
2. **Inputs, a row {culture}**: what leadership did for quality culture and ethical behavior, and what people
   saw of it ({REV027}). Two or three sentences for the review; it is talked about, never scored.
3. **Context**: what has changed in what customers, owners, staff and authorities need, in rows of the kind
   *interested party* with *Last reviewed*; or a row b2 in Inputs. Before a planned review it is asked for
   ({REV018}).
4. **Risks**: whether actions on opportunities worked, apart from those on risks: *Last reviewed* and
   *Effect of action* of the opportunities; or a row e2 in Inputs.
5. **Context**: whether climate change matters ({REV020}). It has been asked since the amendment of 2024; say
   also which interested parties expect something of you there.
6. **Outside of the workbook**: that people know what quality culture and ethical behavior mean where they
   work. What the review decides to tell staff is a good place; keep a record of who was told where you keep
   training records.
7. When all this is in place, set *ISO edition* to 2026 on the sheet Settings. The review then names the new
   topics.
"""


def edition_page(name: str = "2026") -> str:
    """What an edition moves, what to add, and which rules speak with it alone."""
    edition = EDITIONS[name]
    head = _HEAD.format(
        name=edition.name, published=edition.published, note=edition.note, until=edition.until,
        until_note=edition.until_note,
    )  # fmt: skip
    named = {code: link(each) for code in ("RSK014", "REV018", "REV020", "REV027") if (each := rule_of(code))}
    steps = _STEPS.format(culture=", ".join(edition.besides), **named)
    alone = [
        "## Rules that speak with this edition alone\n",
        *(f"- {link(each)} {each.title} (clause {each.clause})" for each in RULES if each.edition == name),
    ]
    return "\n".join([head, *_moved(edition), "", steps, *alone, "", *_topics(edition)])


def _moved(edition: Edition) -> list[str]:
    rows = [f"| {each.about} | {each.was or 'new'} | {each.now} |" for each in edition.moved]
    return [
        f"## What has moved ({edition.note})\n",
        "Only what public sources agree on; all other clause numbers are shown as in 2015.\n",
        "| matter | 2015 | 2026 |\n|---|---|---|",
        *rows,
    ]


def _topics(edition: Edition) -> list[str]:
    known = EDITIONS["2015"].topics
    new = [f"- {letter}: {about}" for letter, about in edition.topics.items() if known.get(letter) != about]
    return [
        "## What the review takes up anew\n",
        "The letters b2, e2 and g are ours; all topics stand in [Clauses](clauses.md).\n",
        *new,
    ]
