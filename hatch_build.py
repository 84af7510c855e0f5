"""Builds the add-ins into the wheel; nothing binary lives in the repository."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AddinHook(BuildHookInterface):  # type: ignore[type-arg]  # generic only in hatchling's own types
    """Called by hatchling before and after it writes a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the add-ins and put them, with the script for macOS, into ``qmsbook/addin`` of the wheel."""
        if version == "editable":  # the source tree stays where it is: qmsbook builds from it when asked
            return
        sources = Path(self.root) / "addin"
        self.scratch = tempfile.TemporaryDirectory()
        built = []
        for script, name in (("build.py", "qmsbook.xlam"), ("oxt.py", "qmsbook.oxt")):
            built.append(Path(self.scratch.name) / name)
            subprocess.run([sys.executable, "-B", str(sources / script), str(built[-1])], check=True)
        for path in (*built, sources / "mac" / "qmsbook.applescript"):
            build_data["force_include"][str(path)] = f"qmsbook/addin/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clear away what was built, once the wheel is written."""
        if version != "editable":
            self.scratch.cleanup()
