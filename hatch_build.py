"""Builds the user interface into the package, for wheels and for editable installs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildUserInterface(BuildHookInterface[Any]):
    """Calls `ui/build.py`, which does nothing when its sources are unchanged."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install may go without; a wheel never ships without its interface."""
        script = Path(self.root, "ui", "build.py")
        is_unwanted = os.environ.get("ERP_SKIP_UI") == "1" or not script.exists()
        if self.target_name == "wheel" and not (version == "editable" and is_unwanted):
            subprocess.run([sys.executable, str(script)], check=True)
