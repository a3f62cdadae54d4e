"""One file looked at: a photo to learn from, or set aside with a reason.

A file counts as a photo only if it was decoded to its end, as a run will decode it later. Its name
plays no part, but a name that does not tell the truth is noted.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePosixPath

from tfcore.datasets.aside import leads_out
from tfcore.datasets.likeness import near_hash
from tfcore.datasets.names import locate
from tfcore.datasets.reading import NotAFile, read_capped
from tfcore.datasets.records import Photo, Quarantined, Reason
from tfcore.datasets.walking import Found
from tfcore.errors import BadImage
from tfcore.images import MAX_BYTES, MAX_PIXELS, decode
from tfcore.images.headers import sniff

_ENDINGS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "PNG": {".png", ".apng"},
    "WEBP": {".webp"},
    "GIF": {".gif"},
    "BMP": {".bmp", ".dib"},
}
_WORDS = {"WEBP": "WebP"}


def check(
    root: Path, found: Found, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS
) -> Photo | Quarantined:
    """Decode one file of a data set.

    Memory is that of one file of at most ``max_bytes`` and of its pixels. Safe to call from several
    threads.

    Args:
        root: The data set's folder.
        found: Where the file lies and what its class is.
        max_bytes: Largest file, in bytes; no more is ever read.
        max_pixels: Most pixels a file may declare.

    Returns:
        A ``Photo``, or a ``Quarantined`` whatever is wrong with the file.

    Example:
        >>> check(Path("pets"), Found("cat/1.jpg", "cat")).width       # doctest: +SKIP
        500
    """
    try:
        data = _read(root, found, max_bytes)
        if isinstance(data, Quarantined):
            return data
        pixels = decode(data, max_bytes=max_bytes, max_pixels=max_pixels)
    except BadImage as error:
        return Quarantined(found.file, Reason(error.flaw.value), str(error), found.name)
    height, width = pixels.shape[:2]
    kind = sniff(data) or ""
    return Photo(
        file=found.file,
        label=found.label,
        digest=hashlib.sha256(data).hexdigest(),
        width=width,
        height=height,
        kind=kind,
        near=near_hash(pixels),
        note=_note(kind, found.name or found.file),
        name=found.name,
    )


def _read(root: Path, found: Found, most: int) -> bytes | Quarantined:
    """The file's bytes, or what stands in the way of having them."""
    expected, fix = "a plain file", "put the picture itself there"
    try:
        path = locate(root, found.file)
        # Looked at again: a link may have been changed since the folder was listed.
        home = os.path.realpath(root)
        target = os.path.realpath(path, strict=True)
        if leads_out(target, home):
            got = "a link out of the data set"
            return Quarantined.because(
                found.file, Reason.LINK_OUTSIDE, got, expected, fix, name=found.name
            )
        data = read_capped(Path(target), most)
    except NotAFile as error:
        return Quarantined.because(
            found.file, Reason.UNREADABLE, str(error), expected, fix, name=found.name
        )
    except OSError as error:
        got = f"a file that cannot be read ({error.strerror or 'input error'})"
        fix = "check that it is still there and that you may read it"
        return Quarantined.because(
            found.file, Reason.UNREADABLE, got, "a readable file", fix, name=found.name
        )
    if len(data) > most:
        megabyte = 1024 * 1024
        return Quarantined.because(
            found.file,
            Reason.TOO_LARGE,
            f"a file of more than {most / megabyte:g} MB",
            f"at most {most / megabyte:g} MB",
            "save the picture smaller or as JPEG",
            name=found.name,
        )
    return data


def _note(kind: str, name: str) -> str:
    """What a person may want to know of a usable file whose name says something else."""
    ending = PurePosixPath(name).suffix
    if ending.lower() in _ENDINGS.get(kind, ()):
        return ""
    return f"is a {_WORDS.get(kind, kind)} named {ending or 'without an ending'}"
