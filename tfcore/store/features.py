"""Features that were computed once, kept for every later run: a folder of Parquet files a space.

The folder may lie wherever fsspec can write: on this machine, in memory, in a bucket. Nothing is
ever changed in place, so any number of processes can read and write it at once without a lock: a
shard's name is the digest of its photos, and who computes the same shard again overwrites it with
the same.
"""

from __future__ import annotations

import os
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
import numpy as np
import numpy.typing as npt
from fsspec.implementations.local import LocalFileSystem

from tfcore.errors import UserError
from tfcore.store import shard_file
from tfcore.store.shard_file import BadShard
from tfcore.store.space import Space

Floats = npt.NDArray[np.float32]

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file among the shards that is not believed.

    Attributes:
        file: Its address.
        reason: Why, in a sentence without a full stop.
    """

    file: str
    reason: str


@dataclass(frozen=True)
class Contents:
    """What a store has of one space.

    Attributes:
        places: Shard, row in it and rows of it, by a photo's digest.
        size: Bytes of the shards.
        ignored: Files that are not believed; their photos count as missing.
    """

    places: Mapping[str, tuple[str, int, int]]
    size: int
    ignored: tuple[Ignored, ...]

    @property
    def photos(self) -> int:
        """Photos whose features are here; one that stands in two shards counts once."""
        return len(self.places)


class FeatureStore:
    """Features by photo and space. Safe to use from any thread and process.

    A photo is told by the SHA-256 of its file's bytes, 64 hexadecimal digits: a photo that was
    changed is another one, one that was renamed is the same.

    Args:
        root: Address of a folder as fsspec takes it: a path, ``memory://x``, ``s3://bucket/x``.
            It is made with the first shard.

    Raises:
        UserError: The address is of no known kind, or needs a package that is not installed.

    Example:
        >>> store = FeatureStore("memory://doctest")
        >>> space = Space(network="x", weights="", size=8, preprocessing="tf", dim=2)
        >>> _ = store.write(space, ["0f" * 32], np.ones((1, 2), np.float32))
        >>> store.read(space, ["0f" * 32]).tolist()
        [[1.0, 1.0]]
    """

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)
        try:
            self._files, self._folder = fsspec.core.url_to_fs(self.root)
        except (ValueError, ImportError) as error:
            raise UserError(
                f'"{self.root}" as a place for features ({error})',
                "a folder, or an address that fsspec takes",
                "check it, or install the package that it names",
            ) from error

    def contents(self, space: Space) -> Contents:
        """Look through the shards of a space; only photos' digests are read."""
        places: dict[str, tuple[str, int, int]] = {}
        ignored: list[Ignored] = []
        size = 0
        for entry in self._listed(space):
            shard = str(entry["name"])
            try:
                digests = self._digests(space, shard)
            except BadShard as error:
                ignored.append(Ignored(shard, str(error)))
                continue
            size += int(entry["size"])
            for row, digest in enumerate(digests):
                places.setdefault(digest, (shard, row, len(digests)))
        return Contents(places, size, tuple(ignored))

    def known(self, space: Space) -> frozenset[str]:
        """Digests of the photos whose features are here."""
        return frozenset(self.contents(space).places)

    def missing(self, space: Space, digests: Iterable[str]) -> list[str]:
        """Those of some photos whose features are not here, each once and in the order given."""
        known = self.known(space)
        return [digest for digest in dict.fromkeys(digests) if digest not in known]

    def holds(self, space: Space, digests: Sequence[str]) -> bool:
        """Whether exactly these photos stand in a shard, as ``write`` keeps them.

        Unlike ``missing`` it looks at one file only.
        """
        try:
            return self._digests(space, self._place(space, digests)) == list(digests)
        except BadShard:
            return False

    def read(self, space: Space, digests: Sequence[str]) -> Floats:
        """Features in the order asked for; beyond them one shard at a time is held in memory.

        Args:
            space: What they lie in.
            digests: Photos; one that is asked for twice stands there twice.

        Returns:
            float32, ``(len(digests), space.dim)``.

        Raises:
            UserError: Some photo has no features here, or a shard is damaged.
        """
        places = self.contents(space).places
        absent = [digest for digest in digests if digest not in places]
        if absent:
            raise UserError(
                f"{len(absent)} of {len(digests)} photos without features (such as {absent[0]})",
                "photos whose features were extracted",
                "extract them first",
            )
        wanted: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        for position, digest in enumerate(digests):
            shard, row, rows = places[digest]
            wanted[shard, rows].append((position, row))
        values = np.empty((len(digests), space.dim), np.float32)
        for (shard, count), pairs in wanted.items():
            positions, found = zip(*pairs, strict=True)
            values[list(positions)] = self._values(space, shard, count)[list(found)]
        return values

    def write(self, space: Space, digests: Sequence[str], values: Floats) -> str:
        """Keep the features of some photos as one shard: all of it can be seen, or nothing.

        Args:
            space: What they lie in.
            digests: The photos, at least one and each once.
            values: Their features, ``(len(digests), space.dim)``.

        Returns:
            Address of the shard.

        Raises:
            UserError: Something else than that was given, or a value is not finite.
            OSError: The place cannot be written to.
        """
        _check(space, digests, values)
        data = shard_file.encode(space, digests, values)
        place = self._place(space, digests)
        self._files.makedirs(self._space_folder(space), exist_ok=True)
        if isinstance(self._files, LocalFileSystem):
            _write_whole(Path(place), data)
        else:
            self._files.pipe_file(place, data.to_pybytes())  # a bucket shows whole objects only
        return place

    def _place(self, space: Space, digests: Sequence[str]) -> str:
        return f"{self._space_folder(space)}/{shard_file.name_of(digests)}"

    def _space_folder(self, space: Space) -> str:
        return f"{self._folder.rstrip('/')}/{space.digest}"

    def _listed(self, space: Space) -> Iterator[dict[str, Any]]:
        """Files of a space by name, without those that are still being written."""
        folder = self._space_folder(space)
        self._files.invalidate_cache(folder)  # other processes write too
        try:
            entries = self._files.ls(folder, detail=True)
        except FileNotFoundError:
            return
        for entry in sorted(entries, key=lambda entry: str(entry["name"])):
            if not PurePosixPath(entry["name"]).name.startswith("."):
                yield entry

    def _digests(self, space: Space, shard: str) -> list[str]:
        try:
            with self._files.open(shard, "rb") as file:
                return shard_file.read_digests(space, shard, file)
        except OSError as error:
            raise BadShard(f"it cannot be read: {error.strerror or error}") from error

    def _values(self, space: Space, shard: str, photos: int) -> Floats:
        try:
            with self._files.open(shard, "rb") as file:
                return shard_file.read_values(space, file, photos)
        except (OSError, BadShard) as error:
            raise UserError(
                f"the file {shard} in the store of features, which is not usable: {error}",
                "one that this lab has written",
                "delete it and extract again",
            ) from error


def _write_whole(place: Path, data: Any) -> None:
    """Write beside the place and move there; what a killed process leaves begins with a dot."""
    part = place.with_name(f".{place.name}.{uuid.uuid4().hex}")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _check(space: Space, digests: Sequence[str], values: Floats) -> None:
    shape = (len(digests), space.dim)
    if not digests or values.shape != shape or values.dtype != np.float32:
        raise UserError(
            f"features of shape {values.shape} in {values.dtype} for {len(digests)} photos",
            f"float32 of shape {shape} for at least one photo",
            "give a row for each photo",
        )
    bad = [digest for digest in digests if not _DIGEST.fullmatch(digest)]
    if bad or len(set(digests)) < len(digests):
        raise UserError(
            f'"{bad[0]}" as a digest' if bad else "the same photo twice in a shard",
            "different SHA-256 sums of 64 hexadecimal digits",
            "give the digests of the listing",
        )
    if not np.isfinite(values).all():
        raise UserError(
            "features that are not finite numbers", "finite ones", "check the network's weights"
        )
