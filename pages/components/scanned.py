"""What a scan found: counts while it goes on, then classes, warnings, files set aside, photos."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice, zip_longest

import streamlit as st

from pages.components import picture, session, thumbs, words
from tfcore.config import config
from tfcore.datasets import listing, sources
from tfcore.datasets.listing import Listing
from tfcore.datasets.procedure import LISTING
from tfcore.datasets.records import Photo
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.store.records import Run, StoredFrame

_GALLERY = 24
_REASONS = {
    "empty": "empty",
    "truncated": "cut off or damaged",
    "not-an-image": "not a picture",
    "too-small": "too small",
    "too-large": "too large",
    "link-outside": "leads outside",
    "duplicate": "copy of another",
    "unreadable": "cannot be read",
    "no-class": "belongs to no class",
}


def body(run: Run, frame: StoredFrame | None, waiting: str, nothing: str) -> None:
    """The middle of the page: what has been counted, then the photos or the report."""
    found = listing_of(run.id) if run.state is RunState.FINISHED else None
    _counts(run, found)
    if found is None:
        picture.show(
            "picture",
            frame.jpeg if frame else None,
            alt="The photos that were looked at last",
            placeholder=waiting or nothing,
            badge=waiting,
            caption="The photos that were looked at last" if frame else "",
            step=frame.step if frame else None,
            state=run.state,
        )
        return
    for warning in found.report.warnings:
        st.warning(words.plain(warning[:1].upper() + warning[1:] + "."), icon=":material/warning:")
    left, right = st.columns([1, 1.4], gap="medium")
    with left:
        _classes(found)
    with right:
        _gallery(run, found)
    _set_aside(found)
    _notes(found)


def downloads(run: Run) -> None:
    """The listing of a scan that has ended."""
    content = session.link().store.artifact(run.id, LISTING)
    if content is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="keep"):
            st.markdown("**Keep**", width="content")
            st.download_button(
                "Listing",
                content,
                file_name=f"listing-{run.id}.jsonl",
                mime="application/jsonl",
                icon=":material/download:",
                help="Every photo with its class, size and digest, and every file that was set "
                "aside, as lines of JSON",
                on_click="ignore",
            )


def _counts(run: Run, found: Listing | None) -> None:
    rows = session.link().store.metrics_after(run.id, run.step - 1, limit=1)
    last = rows[-1][1] if rows else {}
    report = found.report if found else None
    aside = sum(report.quarantined.values()) if report else int(last.get("set_aside", 0))
    with st.container(horizontal=True, key="counts"):
        st.metric(
            "Photos",
            f"{report.photos if report else int(last.get('photos', 0)):,}",
            help="Files that were decoded to their end, each once",
        )
        if report:
            st.metric("Classes", len(found.labels) if found else 0, help="Folders with a photo")
        st.metric(
            "Set aside",
            f"{aside:,}",
            help="Files that cannot be used, or are there twice. Nothing is moved or deleted",
        )
        if report:
            width, height = report.median
            st.metric(
                "Usual size", f"{width} x {height}", help="Median width and height, in pixels"
            )


def _classes(found: Listing) -> None:
    st.markdown("**Classes**", help="How many photos each class has, the largest first")
    counts = sorted(found.report.classes.items(), key=lambda pair: -pair[1])
    st.dataframe(
        {"Class": [label for label, _ in counts], "Photos": [count for _, count in counts]},
        column_config={
            "Photos": st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=max(1, counts[0][1] if counts else 1)
            )
        },
        hide_index=True,
        height=min(38 * (len(counts) + 1), 420),
    )


def _gallery(run: Run, found: Listing) -> None:
    st.markdown("**A look inside**", help="A few photos of each class, as a network sees them")
    root = root_of(run)
    if root is None:
        words.note("The data set is no longer where it was.")
        return
    with st.grid(min_column_width=84):
        for photo in some(found):
            small = thumbs.small(root, photo.file, photo.digest)
            if small is not None:
                with st.container(gap="xsmall"):
                    st.image(small, alt=f"{photo.label}: {photo.shown}", width="stretch")
                    words.note(words.plain(photo.label.replace("_", " ")))


def root_of(scan: Run | None) -> str | None:
    """The folder of a data set that was looked through; None where it is gone."""
    if scan is None:
        return None
    try:
        return str(sources.lay_out(str(scan.settings["data"]), config()).root)
    except UserError:
        return None


def some(found: Listing) -> list[Photo]:
    """A few photos, the classes in turn."""
    by_label: dict[str, list[Photo]] = defaultdict(list)
    for photo in found.photos:
        if len(by_label[photo.label]) < _GALLERY:
            by_label[photo.label].append(photo)
    turns = chain.from_iterable(zip_longest(*by_label.values()))
    return list(islice((photo for photo in turns if photo is not None), _GALLERY))


def _set_aside(found: Listing) -> None:
    if not found.quarantined:
        return
    st.markdown(f"**Set aside: {len(found.quarantined):,}**")
    st.dataframe(
        {
            "File": [one.shown for one in found.quarantined],
            "Why": [_REASONS.get(str(one.reason), str(one.reason)) for one in found.quarantined],
            "What to do": [one.sentence for one in found.quarantined],
        },
        hide_index=True,
    )


def _notes(found: Listing) -> None:
    noted = [photo for photo in found.photos if photo.note]
    if noted:
        with st.expander(f"Used, although something is odd: {len(noted):,}"):
            st.dataframe(
                {"File": [one.shown for one in noted], "What": [one.note for one in noted]},
                hide_index=True,
            )


@st.cache_resource(max_entries=8, show_spinner=False)
def listing_of(run: str) -> Listing | None:
    """Read once: a listing of 25,000 photos takes a second."""
    content = session.link().store.artifact(run, LISTING)
    return listing.from_bytes(content) if content is not None else None
