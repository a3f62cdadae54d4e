"""A photo from elsewhere among the photos of a data set: who is most like it. A short call."""

from __future__ import annotations

import hashlib
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field

import streamlit as st

from pages.components import session, thumbs, tiles, words, your_photo
from pages.components.spaces import Space
from tfcore import photos
from tfcore.config import config
from tfcore.engine import calls
from tfcore.engine.link import EngineLink

_LOOK_SECONDS = 0.4
_KEY = "near"
_ANSWER = "near.answer"


@dataclass(frozen=True)
class Near:
    """What is most like a photo.

    Attributes:
        rows: Row of the data set and cosine, the most similar first.
        png: The square that the network was shown.
    """

    rows: tuple[tuple[int, float], ...]
    png: bytes = field(repr=False)


def show(space: Space) -> None:
    """Draw where the photo comes from, and its neighbours as soon as they are known."""
    if config().demo:
        return
    st.subheader("Where would your photo lie?")
    content = your_photo.take(_KEY)
    answer = _ask(space, content) if content is not None else None
    ticking = content is not None and (answer is None or not answer.done())
    st.fragment(_tell, run_every=_LOOK_SECONDS if ticking else None)(
        space, content is not None, answer, ticking
    )


def _ask(space: Space, content: bytes) -> Future[Near] | None:
    """Ask once a photo and a data set; None as long as nobody could be asked."""
    question = (hashlib.sha256(content).hexdigest(), space.run.id)
    kept = st.session_state.get(_ANSWER)
    if kept is not None and kept[0] == question:
        return kept[1]  # type: ignore[no-any-return]
    if kept is not None:
        kept[1].cancel()
        st.session_state.pop(_ANSWER)
    link = session.link()
    if not link.status().is_alive:
        return None
    answer = your_photo.pool().submit(look, link, space, content)
    st.session_state[_ANSWER] = (question, answer)
    return answer


def look(link: EngineLink, space: Space, content: bytes) -> Near:
    """Cut out what the network sees of an uploaded file and ask; runs in a thread of the pool.

    Raises:
        BadImage: The bytes are no picture that this product takes.
        UserError: The engine does not answer, or the features are gone.
    """
    run = space.run
    png = photos.prepare(content, str(run.settings["network"])).png
    found = link.ask(
        calls.nearest, dict(run.settings), dict(run.summary["space"]), space.found.digests, png
    )
    return Near(tuple(found), png)


def _tell(space: Space, has_photo: bool, answer: Future[Near] | None, ticking: bool) -> None:
    """The answer in its place, or what is waited for."""
    if not has_photo:
        words.note(
            f"{your_photo.FORMATS} It is not kept: only its 12 nearest neighbours are looked up."
        )
        return
    if answer is None or not answer.done():
        status = session.link().status()
        if answer is None and status.is_alive:
            st.rerun()
        words.note(
            ":material/hourglass_empty: "
            + ("The network is looking …" if status.is_alive else f"{status.stage} …")
        )
        return
    if ticking:
        st.rerun()
    error = None if answer.cancelled() else answer.exception()
    if answer.cancelled() or error is not None:
        if error is not None:
            your_photo.complain(error)
        if st.button("Ask again", key="near.again"):
            st.session_state.pop(_ANSWER, None)
            st.rerun()
        return
    _found(space, answer.result())


def _found(space: Space, near: Near) -> None:
    labels = space.found.labels
    k = space.found.knn.k
    votes = Counter(labels[row] for row, _ in near.rows[:k])
    own, right = st.columns([1, 4], gap="medium")
    with own:
        st.image(near.png, width=160, alt="The square of your photo that the network sees")
    with right:
        if votes:
            label, count = votes.most_common(1)[0]
            st.markdown(
                f"{count} of its {min(k, len(near.rows))} nearest are "
                f"**{words.plain(label.replace('_', ' '))}**",
                help="The network was never told these classes: it only finds these photos alike.",
            )
        tiles.show(
            "near.tiles",
            [
                tiles.Tile(
                    row,
                    labels[row],
                    f"{cosine:.2f}",
                    name=space.name(row),
                    jpeg=thumbs.of(space.root, space.photos[row]),
                )
                for row, cosine in near.rows
            ],
            "Photos most like yours",
        )
