"""Where a data set comes from: a folder, an archive handed in, an installed set, or a named one."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from tfcore.config import Config
from tfcore.datasets import named, packaged, published, unpacking
from tfcore.datasets.archives import unpack
from tfcore.datasets.records import Quarantined
from tfcore.errors import UserError

_UPLOAD = re.compile(r"upload:([0-9a-f]{64})")
_SETS, _UPLOADS = "sets", "uploads"


def names() -> tuple[str, ...]:
    """The sets that have a name: the installed ones, and those that are downloaded."""
    return (*packaged.names(), *published.names())


def title(data: str) -> str:
    """What a data set is called.

    Example:
        >>> title("/home/ada/pets"), title("textures")
        ('pets', 'textures')
    """
    if _UPLOAD.fullmatch(data):
        return f"archive {data.removeprefix('upload:')[:6]}"
    if data in published.names():
        return published.get(data).title
    return Path(data).name or data


def check(data: str, config: Config) -> None:
    """Refuse a source before anything runs.

    Raises:
        UserError: There is no such folder, nobody may name one here, or there is no room for a
            download.
    """
    if data in packaged.names():
        return
    if data in published.names():
        named.check(data, config)
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


def bring(data: str, config: Config, *, tell: named.Tell, should_stop: Callable[[], bool]) -> None:
    """Download a data set that has to be; of any other there is nothing to do.

    Args:
        data: As for ``lay_out``.
        config: Where the lab keeps its files.
        tell: Told in words how far it is.
        should_stop: Asked several times a second.

    Raises:
        UserError: It cannot be had.
        DownloadStopped: ``should_stop`` said so; the next one goes on from there.
        archives.UnpackingStopped: It said so later.
    """
    if data in published.names():
        named.bring(data, config, tell=tell, should_stop=should_stop)


def lay_out(
    data: str, config: Config, *, should_stop: Callable[[], bool] = lambda: False
) -> Source:
    """Find the folder of a data set; installed sets and archives are written out first.

    Nothing is downloaded: that takes minutes, and is done by ``bring`` where it can be watched.

    Args:
        data: A folder, ``upload:`` and the digest of an archive, or a set's name.
        config: Where the lab keeps its files.
        should_stop: Asked before each member of an archive.

    Raises:
        UserError: There is none, or it is not what it should be.
        archives.UnpackingStopped: ``should_stop`` said so.
    """
    check(data, config)
    if data in packaged.names():
        return Source(packaged.write(data, config.data / _SETS / data))
    if data in published.names():
        return _named(data, config)
    if found := _UPLOAD.fullmatch(data):
        return _unpacked(found[1], config, should_stop)
    return Source(_folder(data))


def _named(name: str, config: Config) -> Source:
    """A set that was downloaded."""
    place = named.folder(name, config)
    if not place.is_dir():
        raise UserError(
            f"{published.get(name).title}, which is not on this machine",
            "a set that was downloaded",
            "look through it again: that downloads it",
        )
    return Source(place, unpacking.remembered(place))


def _unpacked(digest: str, config: Config, should_stop: Callable[[], bool]) -> Source:
    """An archive's folder; what was left out is written down beside it."""
    place = config.data / _SETS / digest
    if not place.is_dir():
        unpacked = unpack(_archive(digest, config), place, should_stop=should_stop)
        unpacking.remember(place, unpacked.left_out)
    return Source(place, unpacking.remembered(place))


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
        "a folder with one sub-folder a class, or one of " + ", ".join(names()),
        "check the path",
    )
