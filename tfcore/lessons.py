"""The lesson's two notebooks as ready recipes, with the figures that are printed in them.

Microsoft, "AI for Beginners", computer vision, transfer learning: cats and dogs, told apart by
VGG16. Each recipe is a chain of runs on a data set that was looked through: features, a head, and
where the lesson trains from photos, a fine-tuning or two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfcore import blocks, catalog

Settings = Mapping[str, Any]

LESSONS_NETWORK = "vgg16"
_LAYERS = {"vgg": "block5_conv3", "efficientnet-lite": "head_relu"}
_FLAT_BYTES = 400_000_000
"""Most bytes of flat features; of more photos the maps' means are taken."""

_HEAD: Settings = {
    "hidden": "", "optimizer": "adam", "learning_rate": 0.001, "scaling": "none",
    "weight_decay": 0.0, "patience": 0, "batch_size": 64, "steps": 1,
}  # fmt: skip
_PLAIN: Settings = {
    "learning_rate": 0.001, "warm_up": 0.0, "schedule": "constant", "flip": False, "crop": 0.0,
    "rotation": 0.0, "colour": 0.0, "smoothing": 0.0, "weight_decay": 0.0, "patience": 0,
    "batch_size": 64, "steps": 1, "guard": False,
}  # fmt: skip
_FROZEN: Settings = {**_PLAIN, "blocks": 0, "fresh_head": True}
_LAST, _ALL = -1, 200
"""Stand for the network's last four layers, and for all of it."""


@dataclass(frozen=True)
class Lesson:
    """One experiment of the notebooks.

    Attributes:
        name: Short, for keys.
        title: What people call it.
        told: What is done, in a sentence.
        question: What to look for.
        printed: Figures in the notebook, by the names of a run's summary; ``seconds`` of it all;
            ``val_loss_before`` where the change is what matters.
        train: How the head is trained.
        tunes: What follows it, each begun with what the one before has left.
    """

    name: str
    title: str
    told: str
    question: str
    printed: Mapping[str, float]
    train: Settings = field(default_factory=lambda: _HEAD)
    tunes: tuple[Settings, ...] = ()


LESSONS = (
    Lesson(
        "features",
        "Features, then a head",
        "Every photo goes through the frozen network once; a head of one layer learns from what "
        "came out, in one epoch.",
        "How sure is it after one epoch, and what took the time?",
        {"val_accuracy": 0.9516, "seconds": 1896.0},
    ),
    Lesson(
        "end-to-end",
        "End to end, network frozen",
        "Network and head are one model: each epoch sends every photo through all of it, although "
        "only the head learns.",
        "Is it any better than with features, and how much longer does it take?",
        {"val_accuracy": 0.9671, "val_loss": 0.8156},
        tunes=(_FROZEN,),
    ),
    Lesson(
        "accident",
        "Last four layers, without care",
        "The last four layers learn too, with the same large steps, and nobody looks at the "
        "validation photos. In the lesson their loss rose from 0.8156 to 1.4132.",
        "Did it get better or worse, and how would you have noticed?",
        {"val_loss_before": 0.8156, "val_loss": 1.4132},
        tunes=(_FROZEN, {**_PLAIN, "blocks": _LAST, "steps": 3}),
    ),
    Lesson(
        "guarded",
        "The same, guarded",
        "The guard looks at the validation photos after each epoch, brings the best weights back "
        "when they are told clearly worse, and lowers the rate.",
        "When did it act, and what is left of the accident?",
        {},
        tunes=(_FROZEN, {**_PLAIN, "blocks": _LAST, "steps": 6, "guard": True}),
    ),
    Lesson(
        "pytorch-head",
        "PyTorch: a head on 800 features",
        "The same idea in the PyTorch notebook: a linear head learns from the features of 800 "
        "photos and is asked about 100 others.",
        "How many photos are enough?",
        {"val_accuracy": 0.98},
        train={**_HEAD, "steps": 20, "validation": 0.11},
    ),
    Lesson(
        "pytorch-frozen",
        "PyTorch: end to end, frozen",
        "One epoch over all photos, the network frozen.",
        "Another library, the same idea: are the figures alike?",
        {"val_accuracy": 0.9672},
        tunes=(_FROZEN,),
    ),
    Lesson(
        "pytorch-all",
        "PyTorch: everything learns, with care",
        "After that all layers learn for one epoch, with steps ten times smaller.",
        "Why does this not end like the accident?",
        {"val_accuracy": 0.9744},
        tunes=(_FROZEN, {**_PLAIN, "blocks": _ALL, "learning_rate": 1e-4, "batch_size": 32}),
    ),
)
"""Everything of both notebooks that is printed with a figure, and the accident mended."""

DIFFERS = (
    "The lesson flattens the last maps of VGG16 behind their pooling and feeds photos as they are, "
    "from 0 to 255 and without the network's own preprocessing. Here the maps before that pooling "
    "are read, of large data sets their means, and preprocessing is always the network's own."
)
"""What is not as in the notebooks."""


def get(name: str) -> Lesson:
    """A lesson by its name.

    Example:
        >>> get("accident").printed["val_loss"]
        1.4132
    """
    return next(one for one in LESSONS if one.name == name)


def networks() -> list[str]:
    """With which networks they can be replayed here: the default, and the lesson's if it is here.

    Example:
        >>> "efficientnet-lite0" in networks()
        True
    """
    own = catalog.get(LESSONS_NETWORK)
    return [catalog.DEFAULT, *([own.name] if catalog.is_available(own) else [])]


def extraction(network: str, photos: int) -> dict[str, Any]:
    """The settings of the features, beside the data set.

    Args:
        network: One of ``networks``.
        photos: How many there are.

    Example:
        >>> extraction("vgg16", 400)["pooling"], extraction("vgg16", 25_000)["pooling"]
        ('flat', 'mean')
    """
    row = catalog.get(network)
    layer = _LAYERS[row.family]
    height, width, channels = catalog.layer_shapes(row.name)[layer]
    is_small = 4 * height * width * channels * photos <= _FLAT_BYTES
    return {
        "kind": "extract",
        "network": row.name,
        "layer": layer,
        "pooling": "flat" if is_small else "mean",
    }


def training(lesson: Lesson) -> dict[str, Any]:
    """The settings of its head, beside the features."""
    return {"kind": "train", **lesson.train}


def tunings(lesson: Lesson, network: str) -> list[dict[str, Any]]:
    """The settings of what follows, beside the head that each begins with.

    Args:
        lesson: The lesson.
        network: One of ``networks``.

    Example:
        >>> tunings(get("accident"), "vgg16")[-1]["blocks"]
        3
    """
    known = blocks.of(network, _LAYERS[catalog.get(network).family])
    counts = {_LAST: _last_four(known), _ALL: len(known)}
    return [
        {
            "kind": "finetune",
            **settings,
            "blocks": counts.get(settings["blocks"], settings["blocks"]),
        }
        for settings in lesson.tunes
    ]


def _last_four(known: tuple[blocks.Block, ...]) -> int:
    """So many blocks as hold the last four layers, or at least their convolutions.

    In VGG16 these are three convolutions and the pooling behind them, in EfficientNet-Lite the last
    convolution with what belongs to it.
    """
    return 3 if known[-1].layers < 4 and known[-1].name.startswith("block5_conv") else 1
