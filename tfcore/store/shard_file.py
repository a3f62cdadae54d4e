"""One Parquet file with the features of some photos, and whether it may be believed.

A file is believed if its name is the digest of the photos that it lists, and its columns and space
are those expected. Its pages carry checksums, which are verified when they are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tfcore.store.space import Space

Floats = npt.NDArray[np.float32]

PHOTO, FEATURES = "digest", "features"
_NAME = re.compile(r"[0-9a-f]{64}\.parquet")


class BadShard(Exception):
    """A file that is not believed; the message says why."""


def name_of(digests: Sequence[str]) -> str:
    """The file name of a shard: the same photos in the same order have the same one.

    Example:
        >>> name_of(["00" * 32])[-8:]
        '.parquet'
    """
    return hashlib.sha256(" ".join(digests).encode()).hexdigest() + ".parquet"


def encode(space: Space, digests: Sequence[str], values: Floats) -> pa.Buffer:
    """The bytes of a shard.

    Args:
        space: What the features lie in.
        digests: SHA-256 of each photo's bytes, in hexadecimal digits.
        values: Features, ``(photos, space.dim)``.
    """
    flat = pa.array(np.ascontiguousarray(values, np.float32).reshape(-1))
    columns = [pa.array(digests), pa.FixedSizeListArray.from_arrays(flat, space.dim)]
    out = pa.BufferOutputStream()
    pq.write_table(
        pa.table(columns, schema=_schema(space)),
        out,
        compression="zstd",
        use_dictionary=False,  # no number comes twice
        write_page_checksum=True,
    )
    return out.getvalue()


def read_digests(space: Space, name: str, file: BinaryIO) -> list[str]:
    """The photos of a shard, in its order; their features are not read.

    Raises:
        BadShard: It is not one of this space, or damaged.
    """
    if not _NAME.fullmatch(PurePosixPath(name).name):
        raise BadShard("its name is none of a shard")
    digests: list[str] = _column(space, file, PHOTO).to_pylist()
    if not digests or name_of(digests) != PurePosixPath(name).name:
        raise BadShard("its name does not fit the photos that it lists")
    return digests


def read_values(space: Space, file: BinaryIO, photos: int) -> Floats:
    """The features of a shard, ``(photos, space.dim)``.

    Args:
        space: What they lie in.
        file: The shard's bytes.
        photos: How many it has by ``read_digests``.

    Raises:
        BadShard: It is damaged.
    """
    column = _column(space, file, FEATURES).combine_chunks()
    if len(column) != photos:
        raise BadShard("it does not have as many features as photos")
    values: Floats = column.flatten().to_numpy().reshape(photos, space.dim)
    return values


def _schema(space: Space) -> pa.Schema:
    number = pa.field("element", pa.float32(), nullable=False)
    fields = [
        pa.field(PHOTO, pa.string(), nullable=False),
        pa.field(FEATURES, pa.list_(number, space.dim), nullable=False),
    ]
    return pa.schema(fields, metadata={"dim": str(space.dim), "space": space.text})


def _column(space: Space, file: BinaryIO, name: str) -> pa.ChunkedArray:
    try:
        parquet = pq.ParquetFile(file, page_checksum_verification=True)
        if not parquet.schema_arrow.equals(_schema(space), check_metadata=True):
            raise BadShard("it holds something else than features of this space")
        return parquet.read([name])[name]
    except (OSError, ValueError, pa.ArrowException) as error:  # a name may be no text any more
        raise BadShard(f"it is damaged: {str(error).splitlines()[0]}") from error
