"""Takes the picture of README: ``python tests/support/picture.py docs/images/buttons.png``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from desktop import Answers, Desktop
from window import Display, button, save

from qmsbook.commands import template
from qmsbook.hosts.libreoffice.bridge import close, load


def main() -> None:
    """Press *Check* on the example company's workbook, and keep what a person sees then."""
    with Desktop() as desktop, Display(1280, 700) as display:
        path = desktop.folder / "acme.xlsx"
        path.write_bytes(template("example.xlsx"))
        desktop.install()
        running = desktop.start(display.name)
        try:
            document = load(running, path, hidden=False)
            frame = document.CurrentController.Frame
            answers = Answers(desktop.here)
            display.click(button(frame.ContainerWindow.AccessibleContext, "Check", "QMS"))
            print(answers.wait("check").strip())
            time.sleep(1)  # until it is drawn
            save(display.picture(), Path(sys.argv[1]))
            close(document)
        finally:
            desktop.stop(running)


if __name__ == "__main__":
    main()
