"""A folder that is there whole or not at all.

It is filled beside its place and moved there when it is done, so that whoever finds it may believe
it. What a killed process has left is thrown away by the next one.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock


@contextlib.contextmanager
def whole_folder(place: Path) -> Iterator[Path | None]:
    """Fill a folder in one go; others that want the same folder wait.

    Args:
        place: Where it shall be. Its parents are made.

    Yields:
        An empty folder to fill, which becomes ``place`` unless an error is raised; None if
        ``place`` is there already.

    Raises:
        OSError: The disk is full or may not be written to.

    Example:
        >>> with whole_folder(Path("set")) as folder:       # doctest: +SKIP
        ...     if folder is not None:
        ...         (folder / "1.txt").write_text("one")
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.parent / f".{place.name}.part"
    with FileLock(place.parent / f".{place.name}.lock"):
        if place.exists():
            yield None
            return
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        try:
            yield part
            part.replace(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
