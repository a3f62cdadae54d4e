"""What a trained network is worth: its figures, its mistakes, and whether it knows how sure it is.

A person's question comes first, a table last: which photos does it get wrong, and why?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.components import scanned, session, thumbs
from tfcore import evaluation, images, trained
from tfcore.evaluation import Evaluation, Side
from tfcore.images.pixels import Pixels
from tfcore.photos import StartPhoto
from tfcore.store.records import Run

VALIDATION, TEST = "validation", "test"
SIDES = {VALIDATION: "Photos held back", TEST: "The untouched test photos"}
"""What the two parts of the photos are called, none of which it learned from."""


@dataclass(frozen=True)
class Card:
    """A trained network, what was found out about it, and where its photos lie.

    Attributes:
        run: The run that trained it.
        extract: The extraction whose features it learned from; None where it is gone.
        found: Its evaluation.
        roots: Folder of each side's photos; None where it is gone.
    """

    run: Run
    extract: Run | None
    found: Evaluation = field(repr=False)
    roots: Mapping[str, str | None]

    @property
    def network(self) -> str:
        """Its name in the catalog."""
        return trained.name_of(self.run.id)

    @property
    def classes(self) -> Sequence[str]:
        """Names of the classes, as people read them."""
        return [name.replace("_", " ") for name in self.found.classes]

    def small(self, side: str, row: int, pixels: int = thumbs.SIDE) -> bytes | None:
        """A photo as a small JPEG; None where it is gone."""
        root, photos = self.roots.get(side), self.found.sides[side].photos
        if root is None:
            return None
        return thumbs.small(root, photos.file[row], photos.digest[row], pixels)

    def square(self, side: str, row: int) -> StartPhoto | None:
        """The square of a photo that the network sees; None where it is gone."""
        root, photos = self.roots.get(side), self.found.sides[side].photos
        if root is None:
            return None
        return _square(root, photos.file[row], photos.digest[row], self.size)

    @property
    def size(self) -> int:
        """Height and width of what it sees, in pixels."""
        return trained.about(self.network).size


@st.cache_data(max_entries=24, show_spinner=False)
def _square(root: str, file: str, digest: str, size: int) -> StartPhoto | None:
    pixels: Pixels | None = thumbs.square(root, file, digest, size)
    if pixels is None:
        return None
    png = images.to_png(pixels)
    return StartPhoto(images.png_digest(png), png)


def open_card(run: Run) -> Card | None:
    """What was found out about the network of a run that has ended; None where nothing was."""
    found = _read(run.id, run.step, run.attempt)
    if found is None:
        return None
    store = session.link().store
    extract = store.run(extraction_of(run))
    tested = store.run(str(run.settings.get("test") or ""))
    return Card(run, extract, found, {VALIDATION: _root(extract), TEST: _root(tested)})


def extraction_of(run: Run) -> str:
    """Id of the extraction that a run has learned from, fine-tuned ones by way of their heads."""
    found: Run | None = run
    while found is not None and "extract" not in found.settings:
        found = session.link().store.run(str(found.settings.get("head", "")))
    return str(found.settings["extract"]) if found is not None else ""


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(run: str, step: int, attempt: int) -> Evaluation | None:
    """Read once; a run that was stopped and went on has another end."""
    del step, attempt
    content = session.link().store.artifact(run, evaluation.FILE)
    return evaluation.from_bytes(content) if content is not None else None


def _root(extract: Run | None) -> str | None:
    return scanned.root_of(
        session.link().store.run(str(extract.settings["scan"])) if extract else None
    )


def choose(card: Card) -> tuple[str, Side]:
    """Draw the choice between both parts of the photos, where there is one."""
    known = [side for side in SIDES if side in card.found.sides]
    side = known[-1]
    if len(known) > 1:
        side = str(
            st.segmented_control(
                "Asked about",
                known,
                default=side,
                required=True,
                key=f"card.side.{card.run.id}",
                format_func=SIDES.__getitem__,
                help="It has learned from neither. By the photos held back it was decided when to "
                "stop, so they flatter it a little; the untouched ones do not.",
            )
        )
    return side, card.found.sides[side]
