"""The verb ``export``: a network that was trained here, as files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from tfcore import formats as table
from tfcore import parsing, trained
from tfcore.cli import files, follow
from tfcore.cli.answers import STOPPED, Answer
from tfcore.config import config
from tfcore.errors import UnknownName, UserError
from tfcore.events import RunState
from tfcore.store.records import Run


class Export(BaseModel):
    """Write a trained network for Keras, TensorFlow, LiteRT or ONNX, and check every file."""

    head: Annotated[
        str, Field(description="The run that trained it, head- and its id, or what it is called")
    ]
    formats: Annotated[str, Field(description=f"Formats with commas between them: {table.ALL}")] = (
        table.ALL
    )
    out: files.Out = ""

    def answer(self) -> Answer:
        """Run it, wait, and write the archives that may be offered."""
        files.make_folder(self.out)
        wanted = {"kind": "export", "head": find_head(self.head), "formats": self.formats}
        settings = parsing.parse(wanted)
        with follow.engine() as link:
            run = follow.follow(link, link.submit(settings.model_dump(), owner=follow.OWNER))
            out = Path(self.out or f"transferlab-{run.id}")
            out.mkdir(parents=True, exist_ok=True)
            written = {}
            for form in table.FORMATS.values():
                content = link.store.artifact(run.id, form.artifact)
                if content is not None:
                    (out / form.artifact).write_bytes(content)
                    written[form.name] = form.artifact
        return export_answer(run, written), STOPPED if run.state is RunState.STOPPED else 0


def find_head(text: str) -> str:
    """The run that trained the network a person means.

    Raises:
        UnknownName: There is none; the nearest names are offered.
    """
    name = text if trained.is_head(text) else trained.name_of(text)
    if trained.is_head(name):
        return trained.run_of(name)
    found: dict[str, str] = {}
    files_here = (config().data / trained.FOLDER).glob(f"{trained.PREFIX}*.tlhead")
    for path in sorted(files_here, key=lambda path: path.stat().st_mtime):
        try:
            found[trained.about(path.stem).title.casefold()] = trained.run_of(path.stem)
        except UserError:
            continue  # damaged: no network any more
    if text.casefold() not in found:
        raise UnknownName.among("trained network", text, found)
    return found[text.casefold()]


def export_answer(run: Run, written: dict[str, str]) -> dict[str, Any]:
    """The stable keys of an export."""
    summary = dict(run.summary)
    rows = [{**row, "file": written.get(row["format"])} for row in summary.get("formats", [])]
    return {
        "run_id": run.id,
        "state": str(run.state),
        "head": run.settings["head"],
        "network": summary.get("network"),
        "classes": summary.get("classes"),
        "photos_checked": summary.get("photos_checked", 0),
        "formats": rows,
        "seconds": round(run.seconds, 3),
    }
