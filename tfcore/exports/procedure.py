"""The run that writes a trained network to files: a step is a format."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tfcore import evaluation, formats, images, trained
from tfcore.backbones.loading import cached
from tfcore.errors import UserError
from tfcore.exports import bundle, checking, graph, photos
from tfcore.exports.bundle import CARD, LABELS, SCRIPT
from tfcore.exports.card import Told, card
from tfcore.exports.checking import Floats, Pixels
from tfcore.exports.script import labels_txt, predict_py
from tfcore.exports.writing import Writer
from tfcore.formats import Format
from tfcore.procedure import Preview, Result
from tfcore.settings import ExportSettings

_BATCH = 16
_MEGABYTE = 1e6

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Given:
    """What the engine knows of the training.

    Attributes:
        listed: The listing of the data set that was learned from; empty where it is gone.
        data: Where that lies, see ``datasets.sources``.
        evaluated: What the training measured, see ``tfcore.evaluation``; empty for nothing.
    """

    listed: bytes = field(default=b"", repr=False)
    data: str = ""
    evaluated: bytes = field(default=b"", repr=False)


class ExportProcedure:
    """Writes format after format and offers those that say what the lab says.

    One that cannot be written or that answers otherwise is told in a sentence and not offered; the
    others go on. What a step needs lies in a temporary folder of its own, so a run that is
    interrupted begins again.

    Args:
        settings: Of the run.
        given: What is known of the training.

    Raises:
        UnknownName: The network is not here any more.
        UserError: Its weights are not those that it was trained on.
    """

    def __init__(self, settings: ExportSettings, given: Given) -> None:
        self._settings = settings
        self._formats = formats.chosen(settings.formats)
        self._about = trained.about(settings.network)
        self._evaluated = evaluation.from_bytes(given.evaluated) if given.evaluated else None
        self._photos = photos.choose(
            given.listed,
            given.data,
            given.evaluated,
            self._about.classes,
            self._about.size,
            settings.photos,
        )
        self._expected = expected(settings.network, self._about.size, self._photos.check)
        self._scratch = tempfile.TemporaryDirectory(prefix="transferlab-")
        model = graph.whole(settings.network, self._about.size)
        self._writer = Writer(model, self._photos.calibration, Path(self._scratch.name))
        self._rows: list[dict[str, Any]] = []
        self._files: dict[str, bytes] = {}

    @property
    def step_number(self) -> int:
        """Formats done."""
        return len(self._rows)

    @property
    def steps(self) -> int:
        """Formats asked for."""
        return len(self._formats)

    def step(self) -> dict[str, float]:
        """Write and check one format.

        Returns:
            ``export_seconds`` and ``export_mb``.

        Raises:
            UserError: None of the formats can be offered.
        """
        form, began = self._formats[self.step_number], time.perf_counter()
        row: dict[str, Any] = {"format": form.name, "title": form.title, "reason": ""}
        try:
            content, found = self._made(form)
            self._files[form.artifact] = content
            row |= {"megabytes": round(len(content) / _MEGABYTE, 2), **asdict(found)}
        except UserError as error:
            log.warning("%s is not offered: %s", form.title, error)
            row["reason"] = str(error)
        row["seconds"] = round(time.perf_counter() - began, 2)
        self._rows.append(row)
        if self.step_number == self.steps and not self._files:
            raise UserError(
                f"no file that can be offered. {form.title}: {row['reason']}",
                "one that says what the lab says",
                "take other formats",
            )
        return {"export_seconds": row["seconds"], "export_mb": float(row.get("megabytes", 0.0))}

    def preview(self) -> Preview | None:
        """There is nothing to see."""
        return None

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Nothing of it changes while it goes on."""
        return {}

    def state(self) -> bytes:
        """Nothing is kept of files that are not finished."""
        return b""

    def restore(self, state: bytes) -> None:
        """Begin again.

        Raises:
            ValueError: The bytes do not belong to an export.
        """
        if state:
            raise ValueError("these bytes are not the state of an export")

    def result(self) -> Result:
        """The archives that may be offered, and how each compares with the lab."""
        self._scratch.cleanup()
        return Result(
            {
                "network": self._about.network,
                "network_title": self._about.title,
                "classes": len(self._about.classes),
                "photos_checked": len(self._photos.check),
                "photos_calibrated": len(self._photos.calibration),
                "are_own_photos": self._photos.are_own,
                "formats": self._rows,
            },
            files=self._files,
        )

    def _made(self, form: Format) -> tuple[bytes, checking.Agreement]:
        if form.missing:
            names = " and ".join(form.missing)
            raise UserError(
                f"{form.title} without the package {names}",
                "it to be installed where the lab runs",
                f"pip install {' '.join(form.missing)}",
            )
        folder = Path(self._scratch.name) / form.name
        folder.mkdir()
        try:
            self._writer.write(form, folder)
            labels = labels_txt(self._about.classes)
            bundle.write_text(folder / LABELS, labels)
            bundle.write_text(folder / SCRIPT, predict_py(form, self._about.size))
            answers = checking.answers(folder, self._photos.check, labels)
            found = checking.compare(form, answers, self._expected, self._photos.truth)
            told = Told(
                self._about,
                self._evaluated,
                found,
                self._photos.are_own,
                len(self._photos.calibration),
            )
            bundle.write_text(folder / CARD, card(form, told))
            return bundle.pack(folder, f"{self._settings.network}-{form.name}"), found
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def expected(network: str, size: int, check: Pixels) -> Floats:
    """What the lab says of photos: probabilities, ``(n, classes)``.

    Args:
        network: A name of the catalog.
        size: Height and width of the photos, in pixels.
        check: RGB, ``(n, size, size, 3)``.
    """
    backbone = cached(network, size)
    parts = [check[at : at + _BATCH] for at in range(0, len(check), _BATCH)]
    found = [tf.nn.softmax(backbone.logits(images.to_float(part))).numpy() for part in parts]
    return np.concatenate(found)
