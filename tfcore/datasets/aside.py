"""What lies in a data set's folder and is none of it: litter, hidden files, links that lead away.

A link to a folder is not followed even inside the data set: what lies there is listed at its own
place, and so no chain of links can make a listing endless.
"""

from __future__ import annotations

import os
from pathlib import Path

from tfcore.datasets.records import Quarantined, Reason

_LITTER = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or left there by a desktop program.

    Example:
        >>> is_litter("Thumbs.db"), is_litter("cat.jpg")
        (True, False)
    """
    return name.startswith(".") or name.lower() in _LITTER


def leads_out(path: str, home: str) -> bool:
    """Whether a real path lies outside the real path of a data set."""
    return not Path(path).is_relative_to(home)


def set_aside(entry: os.DirEntry[str], file: str, home: str) -> Quarantined | None:
    """Set a file or folder aside if it is none of the data set's, whatever it holds.

    Args:
        entry: As the folder lists it.
        file: Its place in the data set, as text.
        home: The real path of the data set.

    Returns:
        The record of it; None for a plain file or folder, and for a link to a file inside.
    """
    if is_litter(entry.name):
        return Quarantined.because(
            file,
            Reason.NOT_AN_IMAGE,
            "a hidden file or one of a desktop program, not a picture",
            "pictures",
            "nothing is lost, it may stay",
        )
    return _link(entry, file, home) if entry.is_symlink() else None


def _link(entry: os.DirEntry[str], file: str, home: str) -> Quarantined | None:
    """What is wrong with a link; None for one to a file inside the data set."""
    wanted, fix = "files inside the data set", "put a copy of the file itself there"
    try:
        target = os.path.realpath(entry.path, strict=True)
    except FileNotFoundError:
        return Quarantined.because(
            file, Reason.UNREADABLE, "a link to a file that is gone", wanted, fix
        )
    except (OSError, ValueError):
        return Quarantined.because(
            file, Reason.LINK_OUTSIDE, "a link that goes in a circle", wanted, fix
        )
    if leads_out(target, home):
        return Quarantined.because(
            file, Reason.LINK_OUTSIDE, "a link out of the data set", wanted, fix
        )
    if not Path(target).is_dir():
        return None
    if f"{entry.path}{os.sep}".startswith(target.rstrip(os.sep) + os.sep):
        return Quarantined.because(
            file, Reason.LINK_OUTSIDE, "a link that goes in a circle", wanted, fix
        )
    got = "a link to another folder of the data set, which is listed there"
    return Quarantined.because(file, Reason.DUPLICATE, got, wanted, fix)
