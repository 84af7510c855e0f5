"""Which parts lead to which, so that what only one sheet needs goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.names import part_of_rels


class Leads:
    """The relationships of a workbook in one change; those of all its parts are followed once."""

    def __init__(self, change: Change) -> None:
        self.change = change

    def own(self, part: str) -> set[str]:
        """The parts that only this sheet needs, itself not among them."""
        below = self._below([part])
        return below - self._below(self._shared(below) - {part}, but=part) - {part}

    def _below(self, start: Iterable[str], but: str = "") -> set[str]:
        """Some parts and all that they lead to, but for one and what only that one leads to."""
        found: set[str] = set()
        waiting = [*start]
        while waiting:
            part = waiting.pop()
            if part in found or (but and part.casefold() == but.casefold()):
                continue
            found.add(part)
            inner = (link.target for link in self.change.links(part) if not link.outside)
            waiting += [target for target in inner if target in self.change]
        return found

    def _shared(self, parts: Iterable[str]) -> set[str]:
        """Those among some parts that parts besides them lead to, as they stand by now."""
        inside = {part.casefold(): part for part in parts}
        rels = ((part_of_rels(name), content) for name, content in self.change.parts.items())
        changed = {of.casefold(): content for of, content in rels if of is not None}
        found = {
            part
            for key, part in inside.items()
            if any(of not in inside and of not in changed for of in self._referrers.get(key, ()))
        }
        for of in (of for of, content in changed.items() if content is not None and of not in inside):
            targets = (link.target.casefold() for link in self.change.links(of) if not link.outside)
            found |= {inside[target] for target in targets if target in inside}
        return found

    @cached_property
    def _referrers(self) -> dict[str, list[str]]:
        """Which parts led to a part before anything changed; only those that something leads to."""
        found: dict[str, list[str]] = {"": []}
        waiting = [""]
        while waiting:
            of = waiting.pop()
            for link in self.change.workbook.links_of(of):
                if not link.outside and link.target in self.change.package:
                    if link.target.casefold() not in found:
                        waiting.append(link.target)
                    found.setdefault(link.target.casefold(), []).append(of.casefold())
        return found
