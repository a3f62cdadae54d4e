"""What do the networks see in a person's photo? A short call that goes beside the runs.

The calls wait in threads that touch no Streamlit; the page looks now and then whether they are
done, so that nobody's page stands still while a busy worker takes its time.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st

from pages.components import bars, networks, session, words
from tfcore import photos
from tfcore.config import config
from tfcore.engine.link import EngineLink
from tfcore.errors import BadImage, UserError

log = logging.getLogger(__name__)

_MOST = 3
_LOOK_SECONDS = 0.4
_ANSWERS = "your_photo.answers"
_CALLS_AT_ONCE = 4
FORMATS = "JPEG, PNG, WebP, GIF or BMP; each network sees the centre square."


@dataclass(frozen=True)
class Seen:
    """What one network sees.

    Attributes:
        png: The square it was shown.
        top5: Class indices and probabilities, the likeliest first.
    """

    top5: tuple[tuple[int, float], ...]
    png: bytes = field(repr=False)


Answers = Mapping[tuple[str, str], "Future[Seen] | None"]
"""(digest of the photo, network) to what will be known; None as long as nobody could be asked."""


@st.cache_resource(show_spinner=False)
def pool() -> ThreadPoolExecutor:
    """Threads of this web server that wait for answers."""
    return ThreadPoolExecutor(_CALLS_AT_ONCE, thread_name_prefix="short-call")


def show() -> None:
    """Draw the whole corner: where the photo comes from, which networks, what they see."""
    here = networks.here()
    if config().demo or not here:
        return
    st.subheader("What do the networks see in your photo?")
    source, chooser = st.columns(2, gap="medium")
    with source:
        content = take("your_photo")
    with chooser:
        chosen = st.multiselect(
            "Networks",
            list(here),
            default=list(here)[:_MOST],
            max_selections=_MOST,
            key="your_photo.networks",
            wrap=True,
            format_func=here.__getitem__,
            help="Up to three whose weights are on this machine.",
        )
    answers = _ask(content, chosen) if content is not None else {}
    ticking = _is_waiting(answers)
    st.fragment(_tell, run_every=_LOOK_SECONDS if ticking else None)(answers, ticking)


def _is_waiting(answers: Answers) -> bool:
    return any(answer is None or not answer.done() for answer in answers.values())


def take(key: str) -> bytes | None:
    """A file, or a picture of this moment; the camera stays off until it is asked for.

    Args:
        key: Part of the widgets' keys.
    """
    source = st.segmented_control(
        "Photo from",
        ["A file", "The camera"],
        default="A file",
        required=True,
        key=f"{key}.source",
    )
    if source == "A file":
        taken = st.file_uploader(
            "Your photo", key=f"{key}.file", max_upload_size=config().max_upload_mb
        )
    else:
        taken = st.camera_input("Your photo", key=f"{key}.camera")
    return taken.getvalue() if taken is not None else None


def _ask(content: bytes, networks: list[str]) -> Answers:
    """Ask what has not been asked yet; questions about an earlier photo are dropped."""
    photo = hashlib.sha256(content).hexdigest()
    kept: Answers = st.session_state.get(_ANSWERS, {})
    wanted = [(photo, network) for network in networks]
    for question, answer in kept.items():
        if question not in wanted and answer is not None:
            answer.cancel()
    link = session.link()
    is_open = link.status().is_alive
    answers = {
        question: kept.get(question)
        or (pool().submit(look, link, question[1], content) if is_open else None)
        for question in wanted
    }
    st.session_state[_ANSWERS] = answers
    return answers


def look(link: EngineLink, network: str, content: bytes) -> Seen:
    """Cut out what a network sees of an uploaded file and ask it; runs in a thread of the pool.

    Raises:
        BadImage: The bytes are no picture that this product takes.
        UserError: The engine does not answer.
    """
    png = photos.prepare(content, network).png
    return Seen(tuple(link.predict(network, png)), png)


def _tell(answers: Answers, ticking: bool) -> None:
    """The answers so far, in places that stay while the others come."""
    status = session.link().status()
    if _is_waiting(answers) != ticking or (None in answers.values() and status.is_alive):
        st.rerun()
    if not answers:
        words.note(FORMATS)
        return
    troubles = list(filter(None, map(_trouble, answers.values())))
    bad = next((error for error in troubles if isinstance(error, BadImage)), None)
    if bad is not None:
        complain(bad)
        return
    columns = st.columns([1, *(2 for _ in answers)], gap="medium")
    with columns[0]:
        _square(answers)
    for ((_, network), answer), column in zip(answers.items(), columns[1:], strict=True):
        with column:
            _one(network, answer, "" if status.is_alive else f"{status.stage} …")
    if troubles:
        complain(troubles[0])
        if st.button("Ask again", key="your_photo.again", on_click=_forget_troubles):
            st.rerun()  # the whole page: asking is done outside this part


def _square(answers: Answers) -> None:
    """What the networks were shown."""
    seen = next(filter(None, map(_seen, answers.values())), None)
    if seen is not None:
        st.image(seen.png, width=160, alt="The square of your photo that a network sees")
    elif _is_waiting(answers):
        words.note(":material/hourglass_empty: The networks are looking …")


def _one(network: str, answer: Future[Seen] | None, engine: str) -> None:
    """One network's five classes, or what is waited for."""
    title = words.network_title(network)
    seen = _seen(answer)
    ended = answer is not None and answer.done()
    bars.show(
        f"your_photo.bars.{network}",
        [
            bars.Bar(words.class_name(network, index), value)
            for index, value in (seen.top5 if seen else ())
        ],
        title=f"{title} sees",
        placeholder="No answer." if ended else engine or f"Waiting for {title} …",
    )


def _seen(answer: Future[Seen] | None) -> Seen | None:
    """The answer, when there is a good one."""
    if answer is None or not answer.done() or answer.cancelled() or answer.exception():
        return None
    return answer.result()


def _trouble(answer: Future[Seen] | None) -> BaseException | None:
    """Why there will be no answer; None while it may still come."""
    if answer is None or not answer.done() or answer.cancelled():
        return None
    return answer.exception()


def complain(error: BaseException) -> None:
    """One sentence on the page; what nobody foresaw goes to the log with its traceback."""
    if isinstance(error, UserError):
        got, fix = (part[:1].upper() + part[1:] for part in (error.got, error.fix))
        text = f"{got} — expected {error.expected}. {fix}."
    else:
        log.error("a short call broke", exc_info=error)
        text = "The network could not be asked; the server's log tells why. Try again."
    st.error(text, icon=":material/error:")


def _forget_troubles() -> None:
    answers: Answers = st.session_state.get(_ANSWERS, {})
    st.session_state[_ANSWERS] = {q: a for q, a in answers.items() if _trouble(a) is None}
