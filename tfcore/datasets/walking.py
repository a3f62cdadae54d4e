"""The files of a data set, one after the other, in an order that is the same everywhere.

Nothing is opened here. Links are never followed out of the data set, and a link to a folder is not
followed at all: what lies inside the data set is listed at its own place, and so no chain of links
can make the list endless.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tfcore.datasets import originals
from tfcore.datasets.aside import leads_out, set_aside
from tfcore.datasets.labelling import Labelling, has_photos, label_of
from tfcore.datasets.names import as_text
from tfcore.datasets.records import Quarantined, Reason
from tfcore.errors import UserError

MAX_FILES = 200_000
"""Most files listed; more is rather a whole disk chosen by mistake than a data set."""

_LAYOUT = "one sub-folder for each class with its pictures inside"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a photo.

    Attributes:
        file: Where it lies, from the root, as ``names.as_text`` writes it.
        label: Name of its class.
        name: What it was called in an archive; empty where it still is.
    """

    file: str
    label: str
    name: str = ""


def walk(
    root: Path, *, labelling: Labelling = Labelling.FOLDERS, max_files: int = MAX_FILES
) -> Iterator[Found | Quarantined]:
    """List a data set in the order of its names' bytes, folder by folder.

    Args:
        root: A folder with one sub-folder a class; files deeper in it belong to that class.
        labelling: Another rule for telling the classes.
        max_files: Most files, folders and links to look at.

    Yields:
        A ``Found`` for each file that may be a photo, and a ``Quarantined`` for what is none by
        its place or name: desktop litter, hidden files, links that lead outside, files of no class.

    Raises:
        UserError: There is no such folder, it cannot be read, or nothing in it can be a photo.

    Example:
        >>> [found.label for found in walk(Path("pets"))]       # doctest: +SKIP
        ['cat', 'cat', 'dog']
    """
    home = _home(root)
    known = originals.read(home)
    # Folders still being listed, the innermost last: no depth of folders overflows a stack of ours.
    waiting = [iter(_entries(home))]
    any_found, any_flat, seen = False, False, 0
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        seen += 1
        if seen > max_files:
            raise UserError(
                f"a folder of more than {max_files} files",
                "one data set",
                "choose the folder that holds the class folders",
            )
        if len(waiting) == 1 and known is not None and entry.name == originals.FILE:
            continue
        file = _relative(entry.path, home)
        found: Found | Quarantined | None = set_aside(entry, file, home)
        if found is None and entry.is_dir(follow_symlinks=False):
            inside = _listed(entry, file, home, labelling if known is None else None)
            if not isinstance(inside, Quarantined):
                waiting.append(iter(inside))
                continue
            found = inside
        if found is None:
            found = _labelled(file, labelling, known)
        any_found = any_found or isinstance(found, Found)
        any_flat = any_flat or (isinstance(found, Quarantined) and found.reason is Reason.NO_CLASS)
        yield found
    if not any_found:
        raise _nothing(seen, any_flat, labelling)


def _home(root: Path) -> str:
    """The real path of the root, which itself may be a link."""
    shown = as_text(str(root))
    try:
        home = os.path.realpath(root, strict=True)
    except (OSError, ValueError) as error:
        raise UserError(
            f'"{shown}", which does not exist', "the folder of a data set", "check the path"
        ) from error
    if not Path(home).is_dir():
        raise UserError(f'"{shown}", which is a file', "a folder", "choose the folder it lies in")
    return home


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in the root, by the bytes of its names."""
    try:
        return _sorted(folder)
    except OSError as error:
        raise UserError(
            f"a folder that cannot be read ({error.strerror})",
            "a folder that you may read",
            "change its permissions, or choose another",
        ) from error


def _sorted(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: os.fsencode(entry.name))


def _relative(path: str, home: str) -> str:
    """A path from the root, as text and with ``/`` on every system."""
    return as_text(path[len(home.rstrip(os.sep)) + 1 :].replace(os.sep, "/"))


def _labelled(
    file: str, labelling: Labelling, known: originals.Names | None
) -> Found | Quarantined:
    """A plain file with its class, by the name that it had in its archive if it was in one."""
    name = "" if known is None else known.get(file, "")
    label = label_of(name or file, labelling) if known is None or name else None
    if label is not None:
        return Found(file, label, name)
    return Quarantined.because(
        file,
        Reason.NO_CLASS,
        "a file of no class",
        _expected(labelling),
        _move(labelling),
        name=name,
    )


def _listed(
    entry: os.DirEntry[str], file: str, home: str, labelling: Labelling | None
) -> list[os.DirEntry[str]] | Quarantined:
    """What lies in a sub-folder; a junction of Windows is a folder, and leads elsewhere too."""
    if leads_out(os.path.realpath(entry.path), home):
        return Quarantined.because(
            file,
            Reason.LINK_OUTSIDE,
            "a folder that leads out of the data set",
            "folders inside it",
            "copy the folder itself there",
        )
    if labelling is not None and "/" not in file and not has_photos(file, labelling):
        return Quarantined.because(
            file,
            Reason.NO_CLASS,
            "a folder beside the photos",
            _expected(labelling),
            _move(labelling),
        )
    try:
        return _sorted(entry.path)
    except OSError as error:
        return Quarantined.because(
            file,
            Reason.UNREADABLE,
            f"a folder that cannot be read ({error.strerror})",
            "a folder that you may read",
            "change its permissions",
        )


def _nothing(seen: int, any_flat: bool, labelling: Labelling) -> UserError:
    """Why a data set without a single photo is refused."""
    if not seen:
        return UserError("an empty folder", _expected(labelling), "choose another folder")
    got = "a folder without a sub-folder with a picture"
    if labelling is Labelling.FOLDERS and any_flat:
        fix = (
            "put the pictures of each class into a folder of its own, or choose the rule for"
            " the Oxford pets if the names tell the classes"
        )
        return UserError(f"{got}, only files beside each other", _expected(labelling), fix)
    return UserError(got, _expected(labelling), "choose the folder that holds the class folders")


def _expected(labelling: Labelling) -> str:
    if labelling is Labelling.FOLDERS:
        return _LAYOUT
    return "photos named like Abyssinian_34.jpg in the folder or in its sub-folder images"


def _move(labelling: Labelling) -> str:
    if labelling is Labelling.FOLDERS:
        return "move it into the folder of its class"
    return "nothing is lost if it is no photo"
