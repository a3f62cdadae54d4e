"""The verb ``scan``: look through a data set, and say what is in it and what is broken in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from tfcore import parsing
from tfcore.cli import files, follow
from tfcore.cli.answers import STOPPED, Answer
from tfcore.datasets import listing, sources
from tfcore.datasets.procedure import LISTING
from tfcore.events import RunState
from tfcore.settings import ScanSettings
from tfcore.store.records import Run


class Scan(ScanSettings):
    """Look through a data set: decode every file, count the classes, set aside what is broken."""

    data: Annotated[
        str,
        Field(
            description="Folder with one sub-folder a class; or textures, digits, faces; or "
            "cats-vs-dogs, oxford-pets, which are downloaded (800 MB each)"
        ),
    ]
    kind: Annotated[Literal["scan"], Field(exclude=True)] = "scan"
    steps: Annotated[int, Field(exclude=True)] = 1
    out: files.Out = ""

    def answer(self) -> Answer:
        """Run it and wait."""
        files.make_folder(self.out)
        values = {"kind": "scan", "data": absolute(self.data), "labelling": self.labelling}
        settings = parsing.parse(values)
        with follow.engine() as link:
            run_id = link.submit(settings.model_dump(), owner=follow.OWNER)
            run = follow.follow(link, run_id)
            content = link.store.artifact(run.id, LISTING)
        if content is None:
            return scan_answer(run, None, ""), STOPPED
        out = Path(self.out or f"transferlab-{run.id}")
        out.mkdir(parents=True, exist_ok=True)
        (out / LISTING).write_bytes(content)
        told = scan_answer(run, listing.from_bytes(content), LISTING)
        return told, STOPPED if run.state is RunState.STOPPED else 0


def absolute(data: str) -> str:
    """A folder as the engine finds it, which works in another folder; names stay as they are."""
    is_name = not data or data in sources.names() or data.startswith("upload:")
    return data if is_name else str(Path(data).expanduser().absolute())


def scan_answer(run: Run, found: listing.Listing | None, written: str) -> dict[str, Any]:
    """The stable keys of a scan."""
    report = found.report if found else None
    return {
        "run_id": run.id,
        "state": str(run.state),
        "data": run.settings["data"],
        "images": report.photos if report else run.summary.get("photos", 0),
        "classes": report.classes if report else {},
        "quarantined": [
            {"file": one.shown, "reason": str(one.reason), "sentence": one.sentence}
            for one in (found.quarantined if found else ())
        ],
        "duplicates": report.duplicates if report else 0,
        "warnings": list(report.warnings) if report else [],
        "notes": [
            {"file": photo.shown, "note": photo.note}
            for photo in (found.photos if found else ())
            if photo.note
        ],
        "imbalance": report.imbalance if report else None,
        "digest": found.digest if found else None,
        "listing": written or None,
        "seconds": round(run.seconds, 3),
    }
