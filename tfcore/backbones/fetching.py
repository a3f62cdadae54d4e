"""Weights that are not on this machine: fetch them, or say what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from tfcore import catalog, trained
from tfcore.catalog import Network
from tfcore.downloads.downloading import DownloadFailed, fetch
from tfcore.downloads.meter import Progress
from tfcore.errors import WeightsMissing


def ensure_weights(
    network: Network,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path:
    """Give the path of a network's weights, downloading them if they are not here.

    A download goes on where an earlier one was stopped or broke off, and takes its place only when
    it is whole and right; a killed process or a broken connection leaves nothing that could be
    taken for weights. Processes that ask at once share one download.

    Args:
        network: A row of the catalog.
        progress: Told a few times a second how far a download is.
        should_stop: Asked several times a second during a download.

    Raises:
        WeightsMissing: If they are not here and cannot be fetched: the size, the cause and a
            network that is here.
        DownloadStopped: If ``should_stop`` said so; what has come is kept.
    """
    path = catalog.weights_path(network)
    if path is not None and catalog.is_available(network):
        return path
    if network.family == trained.FAMILY:
        # What is not here is the network below it: a head is small and never downloaded.
        return ensure_weights(catalog.base_of(network), progress, should_stop)
    if path is None or not network.weights_url:
        raise _missing(network, "its package is not installed")
    try:
        fetch(
            network.weights_url,
            path,
            lambda file: _fault(network, file),
            expected=int(network.weights_mb * 1e6),
            progress=progress,
            should_stop=should_stop,
        )
    except DownloadFailed as error:
        raise _missing(network, str(error), error.kept) from error
    except OSError as error:
        cause = error.strerror or error
        raise _missing(network, f"{path.parent} cannot be written to ({cause})") from error
    return path


def _fault(network: Network, file: Path) -> str | None:
    """What is wrong with a file that came, or None."""
    if network.weights_md5:
        with file.open("rb") as content:
            # md5 because it is what Keras publishes; it guards against damage, not against malice.
            digest = hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False))
        if digest.hexdigest() != network.weights_md5:
            return "what came is not the file that Keras published"
    return None if catalog.is_whole_hdf5(file) else "what came is no whole HDF5 file"


def _missing(network: Network, cause: str, kept: int = 0) -> WeightsMissing:
    again = f"start again, it goes on from {kept / 1e6:.1f} MB, or " if kept else ""
    here = [row.name for row in catalog.available() if row.name != network.name]
    return WeightsMissing(
        f"no weights for {network.title}, a download of {network.weights_mb:.0f} MB: {cause}",
        "its weights on this machine, or a connection to fetch them",
        again
        + (f'use "{here[0]}", which is here' if here else "install the packages that hold weights"),
    )
