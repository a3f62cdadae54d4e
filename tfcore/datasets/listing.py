"""The finished list of a data set, kept as lines of JSON: a report, then a line for each file.

Lines can be read one at a time, so whatever works through a large data set holds none of the list;
they can be read by any program, and by eye.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import TypeAdapter

from tfcore.datasets.labelling import Labelling
from tfcore.datasets.records import Photo, Quarantined, Record, from_row, to_row
from tfcore.datasets.reporting import Report
from tfcore.errors import UserError

VERSION = 1


@dataclass(frozen=True)
class Listing:
    """A data set that was looked through.

    Attributes:
        labelling: How its classes were told.
        photos: What can be learned from, in the order of the folder; no two with the same bytes.
        quarantined: What was set aside.
        report: The same in figures and sentences.
    """

    labelling: Labelling
    photos: tuple[Photo, ...]
    quarantined: tuple[Quarantined, ...]
    report: Report

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes that have a photo, in order: a network's outputs are numbered by it."""
        return tuple(label for label, count in self.report.classes.items() if count)

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that two data sets share if their photos and labels are the same.

        Names and places play no part.
        """
        pairs = sorted((photo.digest, photo.label) for photo in self.photos)
        return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()

    def save(self, place: Path) -> None:
        """Write it to a file, all or nothing.

        Raises:
            OSError: The folder cannot be written to.
        """
        head = {
            "version": VERSION,
            "labelling": self.labelling,
            "report": _REPORT.dump_python(self.report, mode="json"),
        }
        records: tuple[Record, ...] = (*self.photos, *self.quarantined)
        with NamedTemporaryFile(
            "w", dir=place.parent, prefix=f".{place.name}.", encoding="utf-8", delete=False
        ) as file:
            written = Path(file.name)
            try:
                file.write(json.dumps(head) + "\n")
                file.writelines(json.dumps(to_row(record)) + "\n" for record in records)
                file.close()
                written.replace(place)
            finally:
                written.unlink(missing_ok=True)


_REPORT = TypeAdapter(Report)


def load(place: Path) -> Listing:
    """Read a whole listing back, equal to the one that was saved.

    Raises:
        UserError: The file is none, or damaged.

    Example:
        >>> load(Path("pets.jsonl")).labels         # doctest: +SKIP
        ('cat', 'dog')
    """
    lines = _lines(place)
    labelling, report = _head(next(lines, None))
    records = [from_row(line) for line in lines]
    photos = tuple(record for record in records if isinstance(record, Photo))
    quarantined = tuple(record for record in records if isinstance(record, Quarantined))
    if (len(photos), len(records)) != (report.photos, report.files):
        raise _damaged()
    return Listing(labelling, photos, quarantined, report)


def stream(place: Path) -> Iterator[Photo]:
    """The photos of a saved listing one after the other, holding none of the others.

    Raises:
        UserError: The file is none, or damaged; a cut-off one says so after its last photo.
    """
    lines = _lines(place)
    _, report = _head(next(lines, None))
    count = 0
    for line in lines:
        record = from_row(line)
        if isinstance(record, Photo):
            count += 1
            yield record
    if count != report.photos:
        raise _damaged()


def _head(line: object) -> tuple[Labelling, Report]:
    """The first line of a listing."""
    if not isinstance(line, dict) or line.get("version") != VERSION:
        raise _damaged()
    try:
        return Labelling(str(line.get("labelling"))), _REPORT.validate_python(line.get("report"))
    except ValueError as error:
        raise _damaged() from error


def _lines(place: Path) -> Iterator[object]:
    try:
        with place.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise _damaged() from error


def _damaged() -> UserError:
    return UserError(
        "a listing that cannot be read",
        "one that this lab has written",
        "scan the data set again",
    )
