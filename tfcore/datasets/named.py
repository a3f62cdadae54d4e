"""Data sets by name on this machine: brought here, found, measured, thrown away.

A set is a folder of the data folder that is there whole or not at all. Whoever brings one holds a
lock, so that a second who asks waits for the first and is told so.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from tfcore.config import Config
from tfcore.datasets import published, unpacking
from tfcore.datasets.archives import Limits, unpack
from tfcore.datasets.published import NamedSet
from tfcore.datasets.tars import unpack_tar
from tfcore.datasets.unpacking import UnpackingStopped
from tfcore.downloads.downloading import DownloadFailed, DownloadStopped, fetch, forget, kept
from tfcore.downloads.meter import TELL_SECONDS
from tfcore.errors import UserError

Tell = Callable[[str], None]
"""Told in words what is going on, at most about four times a second."""

_SETS = "sets"
_LOCK_SECONDS = 0.2
_CHUNK = 1 << 20
_SLACK = 1.3  # of our own estimate of what comes out: the checksum has vouched for the rest
_MOST_FILES = 60_000


def folder(name: str, config: Config) -> Path:
    """Where a set lies, or shall lie."""
    return config.data / _SETS / name


def is_here(name: str, config: Config) -> bool:
    """Whether a set is on this machine."""
    return folder(name, config).is_dir()


def begun(name: str, config: Config) -> int:
    """Bytes of its archive that are here already, from a download that was stopped."""
    archive = _archive(published.get(name), config)
    with contextlib.suppress(OSError):
        return archive.stat().st_size
    return kept(archive)


def check(name: str, config: Config) -> None:
    """Refuse what cannot be brought here, before anything runs.

    Raises:
        UserError: The disk has too little room, or this is a demo.
    """
    if is_here(name, config):
        return
    row = published.get(name)
    if config.demo:
        raise UserError(
            f"{row.title}, a download of {megabytes(row.size)}, in a demo",
            "a set that is here",
            "choose an installed set, or run the lab on your own machine",
        )
    needed = row.size - begun(name, config) + row.unpacked
    free = shutil.disk_usage(config.data).free
    if free < needed:
        raise UserError(
            f"{free / 1e9:.1f} GB free in {config.data}",
            f"{needed / 1e9:.1f} GB for {row.title} (download and photos)",
            "make room there, or let TRANSFERLAB_DATA name a folder on a larger disk",
        )


def bring(name: str, config: Config, *, tell: Tell, should_stop: Callable[[], bool]) -> None:
    """Download and unpack a set, unless it is here; the archive is deleted afterwards.

    Args:
        name: One of ``published.names()``.
        config: Where the lab keeps its files, and the mirror if there is one.
        tell: Told how far it is.
        should_stop: Asked several times a second; what has come of a download is kept.

    Raises:
        UserError: It cannot be had: the cause, and what to do.
        DownloadStopped: ``should_stop`` said so while it came.
        UnpackingStopped: ``should_stop`` said so while it was unpacked.
    """
    row = published.get(name)
    if is_here(name, config):
        return
    try:
        with _alone(row, config, tell, should_stop):
            if not is_here(name, config):
                check(name, config)
                _download(row, config, tell, should_stop)
                _unpack(row, config, tell, should_stop)
    except OSError as error:
        raise UserError(
            f"{row.title}, which cannot be written to {config.data} ({error.strerror or error})",
            f"room for {(row.size + row.unpacked) / 1e9:.1f} GB",
            "make room there and start again",
        ) from error


def delete(name: str, config: Config) -> None:
    """Throw away a set, and what a stopped download of it has left.

    Raises:
        UserError: It is being brought here at this moment.
        OSError: It cannot be deleted.
    """
    place, row = folder(name, config), published.get(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(_lock(row, config), timeout=_LOCK_SECONDS):
            gone = place.with_name(f".{name}.gone")
            shutil.rmtree(gone, ignore_errors=True)
            if place.is_dir():
                place.replace(gone)  # at once: nobody shall find half of it
            shutil.rmtree(gone, ignore_errors=True)
            place.with_suffix(".json").unlink(missing_ok=True)
            archive = _archive(row, config)
            archive.unlink(missing_ok=True)
            forget(archive)
    except Timeout as error:
        raise UserError(
            f"{row.title}, which is being downloaded", "one at rest", "stop that run first"
        ) from error


def size(name: str, config: Config) -> int:
    """Bytes that a set takes on this disk; it asks of each file."""
    walked = os.walk(folder(name, config))
    return sum((Path(at) / file).stat().st_size for at, _, files in walked for file in files)


def megabytes(count: int) -> str:
    """Bytes as people say them.

    Example:
        >>> megabytes(824_887_076)
        '825 MB'
    """
    return f"{count / 1e6:,.{0 if count >= 10e6 else 1}f} MB"


def _download(row: NamedSet, config: Config, tell: Tell, should_stop: Callable[[], bool]) -> None:
    archive, address = _archive(row, config), row.address(config.datasets_mirror)
    try:
        fetch(
            address,
            archive,
            lambda file: _fault(row, file, tell, should_stop),
            expected=row.size,
            progress=lambda transfer: tell(f"Downloading {row.title}: {transfer}"),
            should_stop=should_stop,
        )
    except DownloadFailed as error:
        again = f"start again, it goes on from {megabytes(error.kept)}" if error.kept else ""
        raise UserError(
            f"no {row.title} from {urlsplit(address).netloc}: {error}",
            f"a download of {megabytes(row.size)}",
            again or "try again later, or add a folder or zip of your own",
        ) from error


def _fault(row: NamedSet, file: Path, tell: Tell, should_stop: Callable[[], bool]) -> str | None:
    """What is wrong with an archive that came, or None."""
    came = file.stat().st_size
    if came != row.size:
        return f"what came has {came:,} bytes and not {row.size:,}"
    tell(f"Checking {row.title}")
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            if should_stop():
                raise DownloadStopped
    if digest.hexdigest() != row.sha256:
        return "what came is not the archive that was published (its SHA-256 differs)"
    return None


def _unpack(row: NamedSet, config: Config, tell: Tell, should_stop: Callable[[], bool]) -> None:
    archive, place = _archive(row, config), folder(row.name, config)
    limits = Limits(max_total=int(row.unpacked * _SLACK), max_files=_MOST_FILES)
    told = float("-inf")

    def count(done: int, total: int = row.photos) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= TELL_SECONDS:
            told = now
            tell(f"Unpacking {row.title}: {done:,} of about {max(done, total):,} files")

    tell(f"Unpacking {row.title}")
    way = unpack if archive.suffix == ".zip" else unpack_tar
    unpacked = way(
        archive, place, limits=limits, inside=row.inside, progress=count, should_stop=should_stop
    )
    unpacking.remember(place, unpacked.left_out)
    archive.unlink()


@contextlib.contextmanager
def _alone(
    row: NamedSet, config: Config, tell: Tell, should_stop: Callable[[], bool]
) -> Iterator[None]:
    """Wait until nobody else brings this set, telling how far that one is."""
    (config.data / _SETS).mkdir(parents=True, exist_ok=True)
    lock = FileLock(_lock(row, config))
    while True:
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
            break
        except Timeout:
            if should_stop():
                raise UnpackingStopped from None
            here = f"{begun(row.name, config) / 1e6:.0f} of {megabytes(row.size)}"
            tell(f"Waiting for another run that brings {row.title} here: {here}")
    try:
        yield
    finally:
        lock.release()


def _archive(row: NamedSet, config: Config) -> Path:
    return config.data / _SETS / row.file


def _lock(row: NamedSet, config: Config) -> Path:
    return config.data / _SETS / f".{row.name}.bringing.lock"
