"""All in-place parts on one page, fed with made-up data; a tick adds five steps.

Query parameters choose the case: ``start`` (steps done before the page opened), ``auto`` (ticks go
on by themselves), ``wait`` (nothing has come yet), ``name`` (of the target), ``broken`` (the
picture is none).
"""

import colorsys
import io
import math
from pathlib import Path

import streamlit as st
from PIL import Image

from pages.components import assets, bars, curves, filmstrip, identity, picture

assets.ensure_plotly(Path(__file__).parent / "static")
st.set_page_config(page_title="Parts", layout="wide")
token = identity.owner_token()
state = st.session_state
query = st.query_params
state.setdefault("step", int(query.get("start", 0)))
state.setdefault("run", "run-1")
state.setdefault("cursor", None)
state.setdefault("resyncs", 0)
state.setdefault("ticks", 0)
state.setdefault("picked", None)
state.setdefault("shown", True)
NAME = query.get("name", "Siamese cat")
MARKS = [(20, "variation 0.005 → 0.02"), (60, "learning rate 1.0 → 0.3"), (80, f"target → {NAME}")]


@st.cache_data
def wave(step: int, side: int) -> bytes:
    """A picture that changes with the step."""
    image = Image.new("RGB", (16, 16))
    for x in range(16):
        for y in range(16):
            hue = (math.sin(x / 2.5 + step / 40) + math.cos(y / 3) + 2) / 4
            rgb = colorsys.hsv_to_rgb(hue * 0.4 + 0.05, 0.55, 0.5 + 0.4 * math.sin((x * y) / 25))
            image.putpixel((x, y), tuple(int(255 * v) for v in rgb))
    buffer = io.BytesIO()
    image.resize((side, side), Image.Resampling.BICUBIC).save(buffer, "JPEG")
    return buffer.getvalue()


def metrics(step: int) -> dict[str, float]:
    """Curves as a run draws them."""
    objective = 70 * math.exp(-step / 30) + 0.4 + 0.2 * math.sin(step / 3)
    variation = 6 + 3 * math.sin(step / 50)
    l2 = 1.5
    return {
        "total": objective + variation + l2,
        "cross_entropy": objective,
        "variation": variation,
        "l2": l2,
        "probability": 1 / (1 + math.exp(3 - step / 15)),
    }


def update() -> curves.CurveUpdate:
    """What came after the last tick, as a store would read it."""
    since = curves.since("curves", state.run)
    state.resyncs += since == 0
    steps = list(range(since + 1, state.step + 1))
    rows = [metrics(step) for step in steps]
    series = {name: [row[name] for row in rows] for name in metrics(0)}
    marks = [curves.Mark(step, text) for step, text in MARKS if step <= state.step]
    return curves.CurveUpdate(state.run, since, steps, series, marks, state.cursor, target=NAME)


def tick(steps: int = 5) -> None:
    """What happens between two looks at the run."""
    state.ticks += 1
    state.step += steps


@st.fragment(run_every=0.25 if "auto" in query else None)
def live() -> None:
    """The tick: everything that changes by itself."""
    if "auto" in query:
        tick()
    buttons = st.container(horizontal=True)
    buttons.button("Tick", on_click=tick, type="primary")
    buttons.button("Leap", on_click=tick, args=(5000,))
    buttons.button("Lose it", on_click=lambda: state.update(lost=True))
    buttons.button("Hide", on_click=lambda: state.update(shown=not state.shown))
    buttons.button("Other run", on_click=lambda: state.update(run="run-2", step=10, cursor=None))
    buttons.button("Cursor", on_click=lambda: state.update(cursor=40))
    if state.pop("lost", False):
        # As if two messages had been overtaken: noted as sent, never shown.
        for _ in range(2):
            tick()
            curves.increments.record("curves", state.run, state.step)
            filmstrip.increments.record("film", state.run, state.step)
    waiting = "wait" in query
    left, right = st.columns([1, 1], gap="large")
    with left:
        picture.show(
            "picture",
            None if waiting else b"no picture" if "broken" in query else wave(state.step, 448),
            f"Ideal {NAME}",
            caption=f"{NAME}, EfficientNet-Lite0",
            placeholder="Warming up: loading EfficientNet-Lite0 (17 MB)",
            step=state.step,
            badge=f"step {state.step}",
        )
    with right:
        if state.shown:
            curves.show("curves", curves.CurveUpdate("wait") if waiting else update())
        values = metrics(state.step)
        p = values["probability"]
        rows = [(NAME, p, True), ("Egyptian cat", 0.4 * (1 - p), False)]
        rows += [("lynx", 0.2 * (1 - p), False), ("black-footed ferret", 0.1 * (1 - p), False)]
        rows += [("hamper", 0.0004, False)]
        bars.show("bars", [] if waiting else [bars.Bar(*row) for row in rows])
    frames = [
        filmstrip.FilmFrame(step, wave(step, 96))
        for step in range(max(0, state.step // 10 - 19) * 10, state.step + 1, 10)
        if step > filmstrip.since("film", state.run) or not filmstrip.since("film", state.run)
    ]
    picked = filmstrip.show("film", [] if waiting else frames, state.picked, run=state.run)
    if picked is not None:
        state.picked = picked
        state.cursor = picked
        st.rerun(scope="fragment")
    st.caption(f"ticks {state.ticks} · step {state.step} · whole histories {state.resyncs}")


live()
st.caption(f"owner {token}")
