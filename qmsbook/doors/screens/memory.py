"""A screen that nobody looks at: it keeps what was said, and answers questions as it was told to."""

from __future__ import annotations

from pathlib import Path

from qmsbook.book.cell import Cell
from qmsbook.hosts.host import Host


class MemoryScreen:
    """Holds a host of any kind; what was said, told, asked, shown and opened stands in lists."""

    def __init__(self, host: Host | None, yes: bool = False, folder: Path | None = None) -> None:
        path = getattr(host, "path", None)
        self.host, self.yes = host, yes
        self.folder = folder or (path.parent if isinstance(path, Path) else None)
        self.said: list[str] = []
        self.told: list[str] = []
        self.asked: list[str] = []
        self.shown: list[Cell] = []
        self.opened: list[Path] = []
        self.left = 0

    def say(self, text: str) -> None:
        """Keep a line of the status bar."""
        self.said.append(text)

    def tell(self, text: str) -> None:
        """Keep a dialog's text."""
        self.told.append(text)

    def ask(self, question: str) -> bool:
        """Keep a question; the answer is always the same."""
        self.asked.append(question)
        return self.yes

    def show(self, cell: Cell) -> None:
        """Keep a cell."""
        self.shown.append(cell)

    def open(self, path: Path) -> None:
        """Keep a path."""
        self.opened.append(path)

    def gone(self) -> bool:
        """Nobody can close it."""
        return False

    def leave(self) -> None:
        """Count how often it was left."""
        self.left += 1
