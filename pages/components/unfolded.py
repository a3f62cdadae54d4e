"""t-SNE: asking for it, watching the map unfold, and the coordinates that it ends in."""

from __future__ import annotations

import streamlit as st

from pages.components import (
    curves,
    filmstrip,
    history,
    launch,
    moment,
    picture,
    session,
    words,
)
from pages.components.quantities import Quantity
from tfcore.events import RunState
from tfcore.settings import MapSettings
from tfcore.similarity import maps
from tfcore.similarity.maps import MAP, DrawnMap
from tfcore.store.records import Run, StoredFrame

_MISFIT = Quantity(
    "Misfit",
    "nats",
    "How much of who is like whom the map has lost (Kullback-Leibler divergence): it falls while "
    "the map unfolds, and what is left cannot be shown on a plane.",
    "#0072B2",
    "#56B4E9",
)
_PERPLEXITIES = (5, 10, 15, 30, 50, 100)


def newest(extract: str) -> Run | None:
    """The last finished map of an extraction."""
    finished = session.link().store.finished("map")
    return next((run for run in finished if run.settings["extract"] == extract), None)


def of(run: Run) -> DrawnMap | None:
    """The map that a run ended in; None of one that ended before its first step."""
    return _read(run.id, run.step) if not run.state.is_live else None


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(run: str, step: int) -> DrawnMap | None:
    """Read once; one that was stopped and went on ends at another step."""
    del step
    content = session.link().store.artifact(run, MAP)
    return maps.from_bytes(content) if content is not None else None


def offer(extract: str, label: str, *, given: float = 30.0) -> None:
    """A button that begins to unfold the map, and the one setting that changes its look.

    Args:
        extract: The extraction.
        label: What stands on the button.
        given: The perplexity that is shown at first.
    """
    field = MapSettings.model_fields["perplexity"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        perplexity = st.select_slider(
            str(field.title),
            sorted({*map(float, _PERPLEXITIES), given}),
            value=given,
            format_func=lambda value: f"{value:g}",
            key=f"unfold.perplexity.{extract}",
            help=f"{field.description}.",
        )
        pressed = st.button(label, icon=":material/scatter_plot:", type="primary", key="unfold.go")
    if pressed:
        launch.attempt({"kind": "map", "extract": extract, "perplexity": perplexity})


def past(run: Run) -> None:
    """How an ended map unfolded, with the time slider."""
    if session.link().store.frame(run.id) is not None:
        st.subheader("How it unfolded")
        st.fragment(_past)(run)


def _past(run: Run) -> None:
    store = session.link().store
    steps = store.frame_steps(run.id)
    step = history.chosen(run, steps)
    body(run, store.frame(run.id, step), step=step)
    history.slider(run, steps)


def body(
    run: Run,
    frame: StoredFrame | None,
    waiting: str = "",
    nothing: str = "",
    *,
    step: int | None = None,
) -> None:
    """Picture and misfit of a map that unfolds, or of an earlier moment of it.

    Args:
        run: The map's run.
        frame: What is shown.
        waiting: What is waited for; empty while it moves.
        nothing: What stands where no picture is.
        step: The moment that was chosen; None follows the newest.
    """
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        picture.show(
            "picture",
            moment.image(run, frame),
            alt=f"Map at iteration {frame.step if frame else 0}",
            placeholder=waiting or nothing,
            badge=waiting,
            caption="Every dot is a photo, coloured by its class" if frame else "",
            step=frame.step if frame else None,
            state=run.state,
        )
    with right:
        _misfit(run, step)
        words.note(
            "**What to look for:** first everything is pulled into clumps, after a third of the "
            "way the clumps are let go and find their places. **Ask yourself:** which classes "
            "come apart at once, and which never do?"
        )
    frames = history.film(run, filmstrip.since("film", run.id))
    picked = filmstrip.show("film", frames, selected=step, run=run.id)
    if picked is not None and step is not None:
        history.choose(run, picked, step)


def _misfit(run: Run, step: int | None) -> None:
    store = session.link().store
    since = curves.since("curves", run.id)
    rows = store.metrics_after(run.id, since) if since else store.metrics_overview(run.id)
    curves.show(
        "curves",
        curves.CurveUpdate(
            run=run.id,
            since=since,
            steps=[at for at, _ in rows],
            series={"kl_divergence": [v.get("kl_divergence", float("nan")) for _, v in rows]},
            cursor=step,
            quantities={"kl_divergence": _MISFIT},
            panels=curves.Panels("Misfit of the map", "", lower_share=0.0, is_probability=False),
        ),
    )


def is_shown(run: Run) -> bool:
    """Whether a run has a map that can be walked through."""
    return run.kind == "map" and run.state in (RunState.FINISHED, RunState.STOPPED)
