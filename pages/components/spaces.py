"""Data sets as spaces: what an extraction found out, the photos behind it, and its siblings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from pages.components import scanned, session, words
from tfcore.datasets import sources
from tfcore.datasets.records import Photo
from tfcore.settings import ExtractSettings
from tfcore.similarity import analysis
from tfcore.similarity.analysis import ANALYSIS, Analysis
from tfcore.store.records import Run

SEPARABILITY = "separability"
_SAME_EYES = ("network", "weights", "layer", "pooling", "precision")
_USUAL = {name: ExtractSettings.model_fields[name].default for name in _SAME_EYES}
"""What a run has that was made before there was a choice."""


@dataclass(frozen=True)
class Space:
    """A data set in one network's eyes. A row is a photo.

    Attributes:
        run: The extraction.
        scan: The run that looked through the data set.
        root: The data set's folder; None where it is gone.
        found: What the extraction found out.
        photos: The listing's record of each row; None where the listing has it no more.
        numbers: Number of each row's class.
        thumbs: Name of its thumbnails, see ``sheets.show``.
    """

    run: Run
    scan: Run
    root: str | None
    found: Analysis = field(repr=False)
    photos: tuple[Photo | None, ...] = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)

    @property
    def thumbs(self) -> str:
        """Extractions of one data set share their thumbnails, if they have the same rows."""
        return f"{self.scan.summary['digest']}.{len(self.photos)}"

    def name(self, row: int) -> str:
        """The name that a person knows a photo by."""
        photo = self.photos[row]
        return photo.shown if photo else self.found.files[row]

    def agreeing(self, row: int) -> int:
        """How many of a photo's neighbours are of its own class."""
        labels = self.found.labels
        return sum(labels[other] == labels[row] for other in self.found.neighbours[row])

    @property
    def oddest(self) -> int:
        """The photo whose neighbours agree least with its class; the first of several."""
        return min(range(len(self.photos)), key=self.agreeing)


def open_space(run: Run) -> Space | None:
    """The space of a finished extraction; None of one that never was analysed."""
    scan = session.link().store.run(str(run.settings["scan"]))
    read = _read(run.id, scan.id) if scan is not None else None
    if scan is None or read is None:
        return None
    return Space(run, scan, scanned.root_of(scan), *read)


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(run: str, scan: str) -> tuple[Analysis, tuple[Photo | None, ...], tuple[int, ...]] | None:
    """Read once: what a finished run has found does not change."""
    content = session.link().store.artifact(run, ANALYSIS)
    if content is None:
        return None
    found = analysis.from_bytes(content)
    listed = scanned.listing_of(scan)
    by_digest = {photo.digest: photo for photo in listed.photos} if listed else {}
    number = {name: place for place, name in enumerate(found.classes)}
    return (
        found,
        tuple(by_digest.get(digest) for digest in found.digests),
        tuple(number[label] for label in found.labels),
    )


@dataclass(frozen=True)
class DataSet:
    """A data set with its analysed extractions, each way to look at it once.

    Attributes:
        digest: What tells its photos and labels from others'.
        title: What it is called.
        chance: Share of its largest class: what always naming that would reach.
        runs: The newest extraction of each network, by ``eyes``; the last made first.
    """

    digest: str
    title: str
    chance: float
    runs: dict[tuple[object, ...], Run]


def eyes(run: Run) -> tuple[object, ...]:
    """What decides how an extraction sees: two that agree in it can be set side by side."""
    seed = run.settings["seed"] if is_untrained(run) else None
    return (*(setting(run, name) for name in _SAME_EYES), seed)


def setting(run: Run, name: str) -> str:
    """One of the settings that decide how an extraction sees."""
    return str(run.settings.get(name, _USUAL[name]))


def eyes_title(run: Run) -> str:
    """The same for people."""
    parts = [words.network_title(str(run.settings["network"]))]
    if is_untrained(run):
        parts.append(
            "untrained" if not run.settings["seed"] else f"untrained {run.settings['seed']}"
        )
    if run.settings.get("layer"):
        parts.append(f"{run.settings['layer']} ({run.settings['pooling']})")
    if setting(run, "precision") != _USUAL["precision"]:
        parts.append(setting(run, "precision"))
    return ", ".join(parts)


def is_untrained(run: Run) -> bool:
    """Whether an extraction's network had random weights."""
    return run.settings.get("weights") == "random"


def data_sets() -> dict[str, DataSet]:
    """Every data set that has an analysed extraction, by its digest; the last used first."""
    store = session.link().store
    found: dict[str, DataSet] = {}
    scans = {scan.id: scan for scan in store.finished("scan")}
    for run in store.finished("extract"):
        scan = scans.get(str(run.settings["scan"]))
        if scan is None or SEPARABILITY not in run.summary:
            continue
        data = _data(scan)
        found.setdefault(data.digest, data).runs.setdefault(eyes(run), run)
    return found


def data_of(space: Space) -> DataSet:
    """The data set of a space, with all extractions of the same photos."""
    plain = _data(space.scan)
    known = data_sets().get(plain.digest, plain)
    return replace(plain, runs={**known.runs, eyes(space.run): space.run})


def _data(scan: Run) -> DataSet:
    counts = scan.summary["report"]["classes"].values()
    return DataSet(
        digest=str(scan.summary["digest"]),
        title=sources.title(str(scan.settings["data"])),
        chance=max(counts, default=0) / max(1, sum(counts)),
        runs={},
    )
