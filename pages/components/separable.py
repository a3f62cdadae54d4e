"""How well classes stand apart, in plain words; and what other networks, or none, make of it."""

from __future__ import annotations

import streamlit as st

from pages.components import accuracies, form, launch, spaces, words
from pages.components.accuracies import Row, Share
from pages.components.spaces import SEPARABILITY, DataSet, Space
from tfcore import catalog, trained
from tfcore.store.records import Run

SAME_NETWORK = ("network", "layer", "pooling", "precision")
"""The settings that two extractions share of which only one was trained."""
_HELP = (
    "Each photo is taken out and its class is guessed from its {k} nearest neighbours, by a vote. "
    "Nothing is trained, so the figure tells of the features alone: 100 % means that every photo "
    "lies among its own kind."
)


def show(space: Space) -> None:
    """Draw the figures of a data set in this network's eyes, then those of others."""
    knn = space.found.knn
    st.subheader("How well do the classes stand apart?", help=_HELP.format(k=knn.k))
    if knn.accuracy is None or knn.ci_low is None or knn.ci_high is None or knn.chance is None:
        words.note(words.plain(f"Not known: {knn.note}."))
        return
    low, high = 100 * knn.ci_low, 100 * knn.ci_high
    guess = "Guessing the largest class each time"
    st.markdown(
        f"Of 100 photos, **{100 * knn.accuracy:.0f}** have mostly neighbours of their own class "
        f"(between {low:.0f} and {high:.0f}, allowing for chance). {guess} would be right for "
        f"{100 * knn.chance:.0f}."
    )
    _hardest(space)
    data = spaces.data_of(space)
    accuracies.show(
        "networks",
        [
            Row(
                run.id,
                spaces.eyes_title(run),
                [share(run, data.chance)],
                here=run.id == space.run.id,
            )
            for run in sorted(data.runs.values(), key=_accuracy, reverse=True)
        ],
        [data.title],
        "Photos whose class their neighbours tell, by network",
        on_open=lambda: st.session_state.update({_OPEN: accuracies.opened("networks")}),
    )
    wanted = st.session_state.pop(_OPEN, "")
    if wanted:
        st.switch_page("pages/explore.py", query_params={"run": wanted})
    worth = pretraining(space, data)
    if worth:
        st.markdown(worth)
    _more(space, data)


_OPEN = "separable.open"


def share(run: Run, chance: float = 0.0) -> Share | None:
    """The figures of an extraction; None where neighbours can tell no class.

    Args:
        run: The extraction.
        chance: What guessing would reach in its data set.
    """
    told = run.summary.get(SEPARABILITY, {})
    if told.get("accuracy") is None:
        return None
    return Share(told["accuracy"], told["ci_low"], told["ci_high"], told["n"], chance)


def pretraining(space: Space, data: DataSet) -> str:
    """What the network learned from ImageNet is worth here, in a sentence; or an empty one."""
    run = space.run
    twin = _twin(run, data)
    if twin is None:
        return ""
    pair = sorted((run, twin), key=spaces.is_untrained)
    trained, untrained = (share(one) for one in pair)
    if trained is None or untrained is None:
        return ""
    network = words.network(str(run.settings["network"]))
    gain = 100 * (trained.value - untrained.value)
    said = (
        f"**What pretraining is worth here:** {network} tells {100 * trained.value:.0f} of 100 "
        f"photos, and {100 * untrained.value:.0f} with the weights that it had before any training"
    )
    if trained.low <= untrained.high and untrained.low <= trained.high:
        return f"{said}. With so few photos that is too close to call."
    return f"{said}: {gain:+.0f} points."


def _hardest(space: Space) -> None:
    by_class = space.found.knn.by_class
    worst = min(by_class, key=by_class.__getitem__)
    labels = space.found.labels
    count = labels.count(worst) if isinstance(labels, list) else list(labels).count(worst)
    if by_class[worst] == 1:
        words.note("Every photo of every class is told by its neighbours.")
        return
    words.note(
        f"The hardest class is **{words.plain(worst.replace('_', ' '))}**: "
        f"{round(by_class[worst] * count)} of its {count} photos are told by their neighbours."
    )


def _accuracy(run: Run) -> float:
    found = share(run)
    return found.value if found else -1.0


def _more(space: Space, data: DataSet) -> None:
    """Buttons to look with other eyes, and with the same ones before or after their training."""
    run = space.run
    wanted: dict[str, object] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="more_networks"):
        network = form.network(_next(data), key="separable.network")
        if st.button("Look with this one, too", icon=":material/add:", key="separable.add"):
            wanted = {"network": network}
        if _twin(run, data) is None and not trained.is_head(str(run.settings["network"])):
            other = "imagenet" if spaces.is_untrained(run) else "random"
            if st.button(
                "The same network, " + ("trained" if other == "imagenet" else "untrained"),
                icon=":material/casino:",
                key="separable.twin",
                help="As it was before it had seen any photo: the difference is what it learned "
                "from ImageNet's million",
            ):
                same = {name: spaces.setting(run, name) for name in SAME_NETWORK}
                wanted = {**same, "weights": other}
    form.downloads([network])
    if wanted:
        launch.attempt({"kind": "extract", "scan": run.settings["scan"], **wanted})


def _twin(run: Run, data: DataSet) -> Run | None:
    """The same network's extraction with the other kind of weights."""
    return next(
        (
            other
            for other in data.runs.values()
            if spaces.is_untrained(other) != spaces.is_untrained(run)
            and all(
                spaces.setting(other, name) == spaces.setting(run, name) for name in SAME_NETWORK
            )
        ),
        None,
    )


def _next(data: DataSet) -> str:
    """A network that is here and has not looked yet; else the usual one."""
    seen = {str(run.settings["network"]) for run in data.runs.values()}
    unseen = [row.name for row in catalog.available() if row.name not in seen]
    return unseen[0] if unseen else catalog.DEFAULT
