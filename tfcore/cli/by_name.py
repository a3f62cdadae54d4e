"""A head that a person names on the command line: by its file, its name, or the run's id."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tfcore import trained
from tfcore.cli import files


def named(text: str) -> str:
    """The name of a head in the catalog.

    A file that was carried here is put among the heads of the data folder, once, under a name that
    follows from its bytes.

    Raises:
        UserError: There is no such head, or the file is none.

    Example:
        >>> named("0123456789ab")       # doctest: +SKIP
        'head-0123456789ab'
    """
    name = text if trained.is_head(text) else trained.name_of(text)
    if trained.is_head(name) and not Path(text).is_file():
        trained.about(name)
        return name
    content = files.read_file(text)
    trained.unwrapped(content)
    name = trained.name_of(hashlib.sha256(content).hexdigest()[:12])
    trained.install(name, content)
    return name
