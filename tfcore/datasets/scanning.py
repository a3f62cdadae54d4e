"""A data set looked through in small steps, to be stopped at any moment and gone on with later."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tfcore.datasets.checking import check
from tfcore.datasets.copies import without_copies
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import Listing
from tfcore.datasets.records import Photo, Record, from_row, to_row
from tfcore.datasets.reporting import report
from tfcore.datasets.walking import MAX_FILES, Found, walk
from tfcore.errors import UserError
from tfcore.images import MAX_BYTES, MAX_PIXELS

State = dict[str, Any]
"""Plain data for JSON: text, whole numbers, and lists and tables of them."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is.

    Attributes:
        done: Files that have been looked at.
        total: Files there are.
        seconds: How long it has taken so far, all parts of a stopped scan together.
    """

    done: int
    total: int
    seconds: float


class Scan:
    """Every file of a data set, checked one after the other.

    Only small records are kept, and at most ``threads`` pictures are decoded at a time, so a data
    set of 25,000 photos takes some tens of megabytes. Copies are told apart at the end.

    Args:
        root: The data set's folder.
        labelling: How its classes are told.
        max_bytes: Largest file, in bytes.
        max_pixels: Most pixels a file may declare.
        max_files: Most files.
        threads: Pictures decoded at a time; the result is the same for any number.
        state: What ``state()`` of a stopped scan of this folder gave. Files that have come since
            are looked at, files that have gone are forgotten.

    Raises:
        UserError: The folder is no data set, or the state is not one of such a scan.

    Example:
        >>> scan = Scan(Path("pets"))               # doctest: +SKIP
        >>> while not scan.finished:                # doctest: +SKIP
        ...     print(scan.step())
        >>> scan.listing().report.classes           # doctest: +SKIP
        {'cat': 200, 'dog': 200}
    """

    def __init__(
        self,
        root: Path,
        *,
        labelling: Labelling = Labelling.FOLDERS,
        max_bytes: int = MAX_BYTES,
        max_pixels: int = MAX_PIXELS,
        max_files: int = MAX_FILES,
        threads: int = 2,
        state: Mapping[str, Any] | None = None,
    ) -> None:
        if threads < 1:
            raise UserError(f"{threads} threads", "at least 1", "leave it out")
        self._root, self._labelling, self._threads = root, labelling, threads
        self._check = partial(check, root, max_bytes=max_bytes, max_pixels=max_pixels)
        self._settings = {
            "version": _VERSION,
            "labelling": labelling.value,
            "max_bytes": max_bytes,
            "max_pixels": max_pixels,
        }
        self._entries = list(walk(root, labelling=labelling, max_files=max_files))
        self._records: dict[str, Record] = {}
        self._seconds = 0.0
        if state is not None:
            self._restore(state)
        self._left = [
            entry
            for entry in reversed(self._entries)
            if isinstance(entry, Found) and entry.file not in self._records
        ]

    @property
    def progress(self) -> Progress:
        """How far it is."""
        total = len(self._entries)
        return Progress(total - len(self._left), total, self._seconds)

    @property
    def finished(self) -> bool:
        """Whether every file has been looked at."""
        return not self._left

    def step(self, files: int = 32) -> Progress:
        """Look at the next files.

        Args:
            files: How many; 32 photos take about a third of a second.
        """
        if files < 1:
            raise UserError(f"a step of {files} files", "at least 1", "give 32")
        started = time.perf_counter()
        batch = [self._left.pop() for _ in range(min(files, len(self._left)))]
        with ThreadPoolExecutor(self._threads) as pool:
            for found, record in zip(batch, pool.map(self._check, batch), strict=True):
                self._records[found.file] = record
        self._seconds += time.perf_counter() - started
        return self.progress

    def state(self) -> State:
        """What a scan needs to go on where this one is; it does not tell where the folder lies."""
        return {
            **self._settings,
            "milliseconds": round(self._seconds * 1000),
            "records": [to_row(record) for record in self._records.values()],
        }

    def listing(self) -> Listing:
        """What was found: photos, what was set aside, and the report.

        Raises:
            UserError: The scan is not finished.
        """
        if not self.finished:
            done = self.progress
            raise UserError(
                f"a scan that is at file {done.done} of {done.total}",
                "a finished one",
                "let it go on to its end",
            )
        found = without_copies(
            self._records[entry.file] if isinstance(entry, Found) else entry
            for entry in self._entries
        )
        labels = {entry.label for entry in self._entries if isinstance(entry, Found)}
        return Listing(self._labelling, found.photos, found.quarantined, report(found, labels))

    def _restore(self, state: Mapping[str, Any]) -> None:
        """Take over what an earlier scan has found out about the files that are still here."""
        rows, milliseconds = state.get("records"), state.get("milliseconds")
        same = all(state.get(key) == value for key, value in self._settings.items())
        if not same or not isinstance(rows, list) or not isinstance(milliseconds, int):
            raise UserError(
                "the state of another scan",
                "that of a scan with the same settings",
                "start the scan anew",
            )
        here = {entry.file: entry for entry in self._entries if isinstance(entry, Found)}
        for record in map(from_row, rows):
            found = here.get(record.file)
            if found is not None and _fits(record, found):
                self._records[record.file] = record
        self._seconds = milliseconds / 1000


def _fits(record: Record, found: Found) -> bool:
    """Whether a record of an earlier scan still tells of the file that was found."""
    known = record.label if isinstance(record, Photo) else found.label
    return (known, record.name) == (found.label, found.name)
