"""What a picture is before the first step: noise, gray, a photo, or a picture grown here."""

from __future__ import annotations

import streamlit as st

from pages.components import session, words
from tfcore import octaves, photos
from tfcore.config import config
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.settings import PICTURE_KINDS, SynthesizeSettings
from tfcore.store.records import Run

_WORDS = {
    "noise": "Noise",
    "gray": "Plain gray",
    "photo": "A photo of mine",
    "run": "A picture grown here",
}
_MOST_RUNS = 60


def show(given: str, network: str, recipe: str) -> tuple[str, photos.StartPhoto | None]:
    """Let a person choose.

    Args:
        given: The start that the address or a run asks for.
        network: Its size decides the size of the photo.
        recipe: A dream starts from a photo unless something else is chosen.

    Returns:
        The setting "noise", "gray" or "photo", and the photo once there is one.
    """
    choices = [name for name in _WORDS if name != "photo" or not config().demo]
    is_dream = recipe == octaves.DREAM
    wanted = choices[-1] if is_dream and config().demo else "photo" if is_dream else given
    start = str(
        st.selectbox(
            "Start",
            choices,
            index=choices.index(wanted) if wanted in choices else 0,
            key="start.dream" if is_dream else "start",
            help=SynthesizeSettings.model_fields["start"].description,
            format_func=_WORDS.__getitem__,
        )
    )
    if start not in ("photo", "run"):
        return start, None
    content = upload("photo") if start == "photo" else grown("start.run")
    if content is None:
        return "photo", None
    try:
        photo = photos.prepare(content, network, octaves.photo_side(recipe))
    except UserError as error:
        words.complain(error)
        return "photo", None
    st.image(photo.png, alt="The photo's square", width=160)
    words.note("What the network will see.")
    return "photo", photo


def upload(key: str) -> bytes | None:
    """A file of the person's, chosen in a widget of this key."""
    taken = st.file_uploader("Photo", key=key, max_upload_size=config().max_upload_mb, type=None)
    if taken is None:
        words.note("JPEG, PNG, WebP, GIF or BMP; the centre square is used.")
        return None
    return taken.getvalue()


def grown(key: str, first: str = "") -> bytes | None:
    """The picture of a run that has finished, chosen in a widget of this key.

    Args:
        key: Key of the widget.
        first: The run that is offered first; empty is the newest.
    """
    store = session.link().store
    finished = store.runs([RunState.FINISHED], limit=_MOST_RUNS)
    runs = {run.id: run for run in finished if run.kind in PICTURE_KINDS}
    if not runs:
        words.note("Nothing has grown here yet.")
        return None
    chosen = st.selectbox(
        "Picture",
        list(runs),
        index=list(runs).index(first) if first in runs else 0,
        key=key,
        help="The finished runs of this lab, the newest first",
        format_func=lambda name: _title(runs[name]),
    )
    return store.artifact(chosen, "image.png")


def _title(run: Run) -> str:
    return f"{run.title} · seed {run.settings['seed']} · {run.id[:4]}"
