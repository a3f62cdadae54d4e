"""One pinned environment a peer, made when it is first needed, in a folder that git ignores."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".bench"
INSTALL_SECONDS = 600


class Unavailable(Exception):
    """A peer cannot take part; the message says why in one line."""


def python_of(peer: str, package: str) -> Path:
    """The interpreter of a peer's environment.

    Args:
        peer: Its name; ``<peer>.txt`` beside this file pins all it needs.
        package: What it is imported as.

    Raises:
        Unavailable: It cannot be installed or imported here.
    """
    pins = Path(__file__).with_name(f"{peer}.txt")
    home = FOLDER / peer
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = home / "pins.sha256"
    wanted = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        shutil.rmtree(home, ignore_errors=True)
        uv = [sys.executable, "-m", "uv"]
        _run([*uv, "venv", "--quiet", "--python", sys.executable, str(home)])
        _run([*uv, "pip", "install", "--no-deps", "--python", str(python), "-r", str(pins)])
        _run([str(python), "-c", f"import {package}"])
        stamp.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)) from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise Unavailable(said[-1])
