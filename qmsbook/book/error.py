"""What is raised when the world, not the data, stands in the way."""

from __future__ import annotations

import inspect


class QmsbookError(Exception):
    """Something outside the data went wrong.

    Its text is a whole sentence for the person: what happened, where, and what to do. ``exit_code`` is what
    the command line ends with: 2 for a file that cannot be used, 3 for surroundings that hinder.
    """

    exit_code = 3

    def __init__(self, detail: str = "") -> None:
        sentence = inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0].replace("\n", " ")
        super().__init__(f"{sentence} {detail}".strip())
        self.detail = detail
