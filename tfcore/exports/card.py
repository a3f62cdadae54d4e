"""The model card that goes with each file: what it is, what it is worth, and where it ends.

After Mitchell et al., "Model Cards for Model Reporting", 2019 (https://arxiv.org/abs/1810.03993).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfcore import catalog, evaluation
from tfcore.exports.bundle import LABELS, SCRIPT
from tfcore.exports.checking import Agreement
from tfcore.exports.script import one_line
from tfcore.formats import INPUT, OUTPUT, Format
from tfcore.markdown import escaped
from tfcore.trained import About

_APACHE = "Apache License 2.0"
_LICENCES = {
    "efficientnet-lite": _APACHE,
    "efficientnet": _APACHE,
    "mobilenet": _APACHE,
    "mobilenet-v2": _APACHE,
    "mobilenet-v3": _APACHE,
    "inception-v3": _APACHE,
    "vgg": "Creative Commons Attribution 4.0 (Visual Geometry Group, Oxford)",
    "resnet": "MIT License (Kaiming He)",
    "resnet-v2": "BSD License (Facebook)",
    "densenet": "BSD 3-Clause License (Zhuang Liu)",
}
"""Under what the pretrained weights of each family were published, as the documentation of Keras
Applications names it; those of EfficientNet-Lite as their package does."""
_SIDES = {"validation": "photos held back while training", "test": "an untouched test folder"}
_MOST_NAMED = 200


@dataclass(frozen=True)
class Told:
    """What a card is written from.

    Attributes:
        about: The trained network.
        evaluated: What was measured when it was trained; None where nothing is kept.
        agreement: How this file's answers compare with the lab's.
        are_own: Whether that was measured on photos of the data set itself.
        calibrated: Photos that set int8's scales.
    """

    about: About
    evaluated: evaluation.Evaluation | None
    agreement: Agreement
    are_own: bool
    calibrated: int


def card(form: Format, told: Told) -> str:
    """The ``README.md`` of one file, in Markdown. Whatever a person named is shown and never acts.

    Args:
        form: The format.
        told: What is known.
    """
    parts = (_what, _use, _data, _worth, _same, _limits, _licence)
    return "\n".join(line for part in parts for line in (*part(form, told), ""))


def _shown(text: str) -> str:
    return escaped(one_line(text))


def _what(form: Format, told: Told) -> Iterator[str]:
    about, base = told.about, catalog.get(told.about.network)
    yield f"# {_shown(about.title)}"
    yield ""
    start = "random weights" if about.weights_seed is not None else "ImageNet weights"
    tuned = ", parts of which were trained further (fine-tuning)" if about.is_fine_tuned else ""
    yield (
        f"A network that tells {len(about.classes)} classes of pictures apart, as a "
        f"{form.title} file. It was trained in Transfer Lab: {base.title} with {start}{tuned} "
        f"({base.paper}, {base.paper_url}), and a head of {len(about.units)} dense "
        f"layer{'s' * (len(about.units) > 1)} on top."
    )
    yield ""
    yield "Classes, in the order of the outputs:"
    yield ""
    yield from (f"{place}. {_shown(name)}" for place, name in _numbered(about.classes))
    if len(about.classes) > _MOST_NAMED:
        yield f"\nand so on: `{LABELS}` has all {len(about.classes):,}."


def _numbered(names: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    yield from list(enumerate(names))[:_MOST_NAMED]


def _use(form: Format, told: Told) -> Iterator[str]:
    size, count = told.about.size, len(told.about.classes)
    yield "## How to use it"
    yield ""
    yield "```"
    yield f"pip install {' '.join((*form.runs_on, 'numpy', 'pillow'))}"
    yield f"python {SCRIPT} photo.jpg"
    yield "```"
    yield ""
    yield f"From a program of your own: load `{form.file}` as `{SCRIPT}` does."
    yield ""
    yield "| | name | type | shape | meaning |"
    yield "|---|---|---|---|---|"
    yield (
        f"| in | `{INPUT}` | float32 | (n, {size}, {size}, 3) | RGB from 0 to 255, as an image "
        f"file gives it; preprocessing is inside |"
    )
    yield (
        f"| out | `{OUTPUT}` | float32 | (n, {count}) | how likely each class is, from 0 to 1; "
        f"line by line as in `{LABELS}` |"
    )
    yield ""
    yield (
        "Cut out the middle square of a photo and scale it with a bicubic filter that does not "
        f"alias, as `{SCRIPT}` does: another filter gives slightly other answers."
    )


def _data(form: Format, told: Told) -> Iterator[str]:
    del form
    about, figures = told.about, told.about.figures
    yield "## Data"
    yield ""
    name = _shown(about.data) if about.data else "a data set whose name was not kept"
    counts = [
        f"{figures[key]:,} to {use}"
        for key, use in (("train_images", "learn from"), ("val_images", "choose by"))
        if isinstance(figures.get(key), int)
    ]
    yield f"Trained on {name}{': photos, ' + ' and '.join(counts) if counts else ''}."
    if about.data_digest:
        yield f"Digest of photos and labels: `{about.data_digest}`."


def _worth(form: Format, told: Told) -> Iterator[str]:
    del form
    yield "## What was measured when it was trained"
    yield ""
    if told.evaluated is None:
        value = told.about.figures.get("val_accuracy")
        yield (
            f"Accuracy on photos held back while training: {value:.3f}."
            if isinstance(value, float)
            else "Nothing that was kept. Measure it before you rely on it."
        )
        return
    yield "| on | photos | accuracy (95 % interval) | balanced accuracy | macro F1 | log loss |"
    yield "|---|---|---|---|---|---|"
    for name, side in told.evaluated.sides.items():
        yield (
            f"| {_SIDES.get(name, one_line(name))} | {side.n:,} | {side.accuracy:.3f} "
            f"({side.ci_low:.3f} to {side.ci_high:.3f}) | {side.balanced_accuracy:.3f} "
            f"| {side.macro_f1:.3f} | {side.log_loss:.3f} |"
        )
    yield ""
    yield "### Calibration"
    yield ""
    for name, side in told.evaluated.sides.items():
        yield (
            f"On {_SIDES.get(name, one_line(name))}, probabilities are off by {side.ece:.3f} on "
            f"average (expected calibration error, 0 to 1); before temperature scaling by "
            f"{side.ece_before:.3f}."
        )
    yield f"The temperature, {told.evaluated.temperature:.3g}, is in the file already."


def _same(form: Format, told: Told) -> Iterator[str]:
    found = told.agreement
    where = "photos of the data set" if told.are_own else "installed photos of other things"
    yield "## Is this file the network that was trained?"
    yield ""
    yield (
        f"It was loaded in a fresh process without Transfer Lab and asked about {found.photos} "
        f"{where}: its most probable class was the lab's in {100 * found.agreement:.1f} % "
        f"(95 % interval {100 * found.ci_low:.1f} to {100 * found.ci_high:.1f} %), and no "
        f"probability differed by more than {found.difference:.1e}."
    )
    if form.is_rounded:
        yield (
            f"Its numbers are 8-bit integers, with scales chosen by {told.calibrated} other photos."
        )
        if found.accuracy is not None and found.accuracy_here is not None:
            yield (
                f"Of {found.labelled} photos with a known class it names {100 * found.accuracy:.1f}"
                f" % rightly, and the network before rounding {100 * found.accuracy_here:.1f} %: "
                f"a loss of {100 * (found.accuracy_here - found.accuracy):.1f} points."
            )


def _limits(form: Format, told: Told) -> Iterator[str]:
    del form
    yield "## Limits"
    yield ""
    yield (
        f"- It knows these {len(told.about.classes)} classes and nothing else: whatever a picture "
        "shows, it names one of them, often with confidence."
    )
    yield (
        "- The figures hold for photos like those of the data set. Other cameras, places or "
        "groups have to be measured first."
    )
    yield "- A change too small to see can make it err (see Attack in Transfer Lab)."
    yield "- It is no basis for decisions about people's health, safety or rights."


def _licence(form: Format, told: Told) -> Iterator[str]:
    del form
    base = catalog.get(told.about.network)
    yield "## Licence"
    yield ""
    if told.about.weights_seed is None:
        known = _LICENCES.get(base.family)
        under = known or "terms that their publisher, Keras Applications, names"
        yield (
            f"The pretrained weights of {base.title} were published under: {under}. They learned "
            "from ImageNet, whose photos are for research and teaching."
        )
    yield (
        "What was learned from the photos above is its trainer's, as far as the rights in those "
        f"photos allow. `{SCRIPT}` may be used for anything."
    )
