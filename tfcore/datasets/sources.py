"""Where a data set comes from: a folder, an archive that was handed in, or an installed set."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from tfcore.config import Config
from tfcore.datasets import packaged
from tfcore.datasets.archives import unpack
from tfcore.datasets.records import Quarantined, from_row, to_row
from tfcore.errors import UserError

_UPLOAD = re.compile(r"upload:([0-9a-f]{64})")
_SETS, _UPLOADS = "sets", "uploads"


def title(data: str) -> str:
    """What a data set is called.

    Example:
        >>> title("/home/ada/pets"), title("textures")
        ('pets', 'textures')
    """
    if _UPLOAD.fullmatch(data):
        return f"archive {data.removeprefix('upload:')[:6]}"
    return Path(data).name or data


def check(data: str, config: Config) -> None:
    """Refuse a source before anything runs.

    Raises:
        UserError: There is no such folder, or nobody may name one here.
    """
    if data in packaged.names():
        return
    if found := _UPLOAD.fullmatch(data):
        if not _archive(found[1], config).is_file():
            raise UserError("an archive that is not here", "one that was added", "add it again")
        return
    if config.demo:
        raise UserError(
            f'the folder "{data}" in a demo',
            "an installed set or an archive: " + ", ".join(packaged.names()),
            "choose one of these, or run the lab on your own machine",
        )
    _folder(data)


@dataclass(frozen=True)
class Source:
    """A data set on this machine.

    Attributes:
        root: Its folder.
        left_out: Members of its archive that were not unpacked, and why.
    """

    root: Path
    left_out: tuple[Quarantined, ...] = ()


def lay_out(
    data: str, config: Config, *, should_stop: Callable[[], bool] = lambda: False
) -> Source:
    """Find the folder of a data set; installed sets and archives are written out first.

    Args:
        data: A folder, ``upload:`` and the digest of an archive, or an installed set's name.
        config: Where the lab keeps its files.
        should_stop: Asked before each member of an archive.

    Raises:
        UserError: There is none, or it is not what it should be.
        archives.UnpackingStopped: ``should_stop`` said so.
    """
    check(data, config)
    if data in packaged.names():
        return Source(packaged.write(data, config.data / _SETS / data))
    if found := _UPLOAD.fullmatch(data):
        return _unpacked(found[1], config, should_stop)
    return Source(_folder(data))


def _unpacked(digest: str, config: Config, should_stop: Callable[[], bool]) -> Source:
    """An archive's folder; what was left out is written down beside it first."""
    place = config.data / _SETS / digest
    notes = place.with_suffix(".json")
    if not place.is_dir():
        unpacked = unpack(_archive(digest, config), place, should_stop=should_stop)
        notes.write_text(json.dumps([to_row(one) for one in unpacked.left_out]), encoding="utf-8")
    rows = json.loads(notes.read_text(encoding="utf-8")) if notes.is_file() else []
    records = map(from_row, rows)
    return Source(place, tuple(one for one in records if isinstance(one, Quarantined)))


def keep(archive: BinaryIO, config: Config) -> str:
    """Keep an archive that was handed in, under the digest of its bytes.

    Args:
        archive: Open for reading; read in pieces.
        config: Where the lab keeps its files.

    Returns:
        What ``lay_out`` takes.
    """
    folder = config.data / _UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as file:
        part = Path(file.name)
        try:
            shutil.copyfileobj(archive, file)
            file.flush()
            with part.open("rb") as written:
                digest = hashlib.file_digest(written, "sha256").hexdigest()
            part.replace(_archive(digest, config))
        finally:
            part.unlink(missing_ok=True)
    return f"upload:{digest}"


def _archive(digest: str, config: Config) -> Path:
    return config.data / _UPLOADS / f"{digest}.zip"


def _folder(data: str) -> Path:
    try:
        path = Path(data).expanduser()
        if not path.is_absolute():
            path = path.absolute()
        if path.is_dir():
            return path
        is_file = path.exists()
    except (OSError, ValueError, RuntimeError):
        is_file = False
    raise UserError(
        f'"{data}", which {"is a file" if is_file else "does not exist"}',
        "a folder with one sub-folder a class, or one of " + ", ".join(packaged.names()),
        "check the path",
    )
