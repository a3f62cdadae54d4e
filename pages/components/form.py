"""The form of a synthesis: network, target, recipe, start, and the expert settings folded away.

Titles, help and bounds come from ``tfcore.settings``. What differs from the recipe's defaults
stands in the page's address, so that the address is the setting.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.components import address, knobs, session, whatif, words
from pages.components.launch import Request
from tfcore import catalog, labels, parsing, photos
from tfcore.config import config
from tfcore.engine.admission import check_memory
from tfcore.errors import UserError
from tfcore.recipes import RECIPE_HELP
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import Run

_FIELDS = SynthesizeSettings.model_fields
_START_WORDS = {"noise": "Noise", "gray": "Plain gray", "photo": "A photo of mine"}
_TARGETS = list(labels.names())


def show(run: Run | None) -> Request | None:
    """Draw the form.

    Args:
        run: The run on this page; its settings fill the form when the address says nothing else.

    Returns:
        What to start, when the button was pressed and everything is in order.
    """
    given = address.read(run)
    values: dict[str, Any] = {}
    values["network"] = _network(str(given["network"]))
    values["target"] = _target(str(given["target"]))
    values["recipe"] = _recipe(str(given["recipe"]))
    base = SynthesizeSettings(recipe=values["recipe"])
    start = given if values["recipe"] == given["recipe"] else base.model_dump()
    values["start"], photo = _start(str(given["start"]), str(values["network"]))
    if photo is not None:
        values["photo"] = photo.digest
    with st.container(horizontal=True):
        for name in ("steps", "seed"):
            values[name] = knobs.number(name, start[name], scope=values["recipe"])
    if run is not None and run.state.is_live and session.is_mine(run):
        # They stand below the growing picture meanwhile.
        values |= {name: start[name] for name in knobs.SCALES}
    else:
        knobs.weights(values, start)
    with st.expander("Expert settings", icon=":material/build:"):
        for name in ("parametrization", "objective", "optimizer"):
            values[name] = knobs.choice(name, start[name], scope=values["recipe"])
        for name in ("l2_weight", "scale", "rotation", "jitter", "noise"):
            values[name] = knobs.number(name, start[name], scope=values["recipe"])
    values |= whatif.show(given, values)
    pressed = st.button(
        "Grow the image",
        type="primary",
        icon=":material/auto_awesome:",
        key="grow",
        width="stretch",
    )
    try:
        if values["start"] == "photo" and photo is None:
            raise UserError("no photo", "a photo to start from", "add one above, or start anew")
        settings = parsing.parse(values)
        check_memory(settings, config())
    except UserError as error:
        _complain(error, is_asked=pressed)
        return None
    address.write(settings)
    missing = [row for row in map(catalog.get, settings.networks) if not catalog.is_available(row)]
    if missing:
        words.note(
            f":material/download: {' and '.join(row.title for row in missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not on this machine: "
            f"{sum(row.weights_mb for row in missing):.0f} MB are fetched first. "
            "Stop ends the download too; the next run goes on from there."
        )
    return Request(settings, photo.png if photo else None) if pressed else None


def _complain(error: UserError, *, is_asked: bool) -> None:
    """A photo that is merely not there yet is no reason to shout."""
    text = f"{error.got[:1].upper()}{error.got[1:]} — expected {error.expected}. {error.fix}."
    if is_asked or error.got != "no photo":
        st.error(text, icon=":material/error:")


def _network(given: str) -> str:
    names = catalog.names()
    rows = {name: catalog.get(name) for name in names}
    return str(
        st.selectbox(
            "Network",
            names,
            index=names.index(given) if given in names else 0,
            key="network",
            help=_FIELDS["network"].description,
            format_func=lambda name: (
                rows[name].title + ("" if catalog.is_available(rows[name]) else " (download)")
            ),
        )
    )


def _target(given: str) -> str:
    options = _TARGETS if given in _TARGETS else [given, *_TARGETS]
    chosen = st.selectbox(
        "Target",
        options,
        index=options.index(given),
        key="target",
        accept_new_options=True,
        help=_FIELDS["target"].description,
    )
    return str(chosen or given)


def _recipe(given: str) -> str:
    names = list(RECIPE_HELP)
    recipe = str(
        st.segmented_control(
            "Recipe",
            names,
            default=given if given in names else names[0],
            required=True,
            key="recipe",
            help=_FIELDS["recipe"].description,
            format_func=lambda name: "Lesson + TV" if name == "lesson-tv" else name.capitalize(),
        )
    )
    words.note(RECIPE_HELP[recipe] + ".")
    return recipe


def _start(given: str, network: str) -> tuple[str, photos.StartPhoto | None]:
    choices = _START_WORDS if not config().demo else {k: _START_WORDS[k] for k in ("noise", "gray")}
    start = str(
        st.selectbox(
            "Start",
            list(choices),
            index=list(choices).index(given) if given in choices else 0,
            key="start",
            help=_FIELDS["start"].description,
            format_func=choices.__getitem__,
        )
    )
    if start != "photo":
        return start, None
    upload = st.file_uploader(
        "Photo", key="photo", max_upload_size=config().max_upload_mb, type=None
    )
    if upload is None:
        words.note("JPEG, PNG, WebP, GIF or BMP; the centre square is used.")
        return start, None
    try:
        photo = photos.prepare(upload.getvalue(), network)
    except UserError as error:
        _complain(error, is_asked=True)
        return start, None
    st.image(photo.png, caption="What the network will see", width=160)
    return start, photo
