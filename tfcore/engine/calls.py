"""Short calls: questions that a worker answers at once, beside the run that it is busy with.

TensorFlow is imported inside the functions, because pages import this module without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from tfcore import catalog, images
from tfcore.config import config
from tfcore.engine import heavy
from tfcore.errors import UserError, WeightsMissing
from tfcore.settings import ExtractSettings
from tfcore.store.space import Space

if TYPE_CHECKING:
    from tfcore.backbones.backbone import Backbone

NEAREST = 12

Answer = TypeVar("Answer")


def attempt(question: Callable[..., Answer], *details: object) -> Answer | UserError:
    """Answer a question; a mistake that a person can mend is an answer, too.

    A task that raises would leave a traceback in the log for every picture that is none.

    Args:
        question: A function of this module.
        details: What it is told.
    """
    try:
        return question(*details)
    except UserError as error:
        return error


def predict(network: str, png: bytes) -> list[tuple[int, float]]:
    """The five classes that a network sees in a picture.

    Args:
        network: A name of the catalog.
        png: The picture, as the bytes of a PNG.

    Returns:
        Class index and probability, the likeliest first.
    """
    heavy.load()
    from tfcore.backbones.predict import top5

    return top5(network, images.decode(png))


class LayerMaps(TypedDict):
    """A layer's answer to a photo.

    Attributes:
        channels: Number, mean and highest activation of every channel, the strongest first.
        maps: Of the first of them the maps, each a PNG of ``images.to_heat``.
    """

    channels: list[tuple[int, float, float]]
    maps: list[bytes]


class ClassMap(TypedDict):
    """Where a network finds what speaks for a class.

    Attributes:
        layer: The layer that was read.
        map: A PNG of ``images.to_heat``; 255 is the place that says most.
        evidence: Sum of the map before it was scaled, in units of the class's score.
        probability: The class's probability.
    """

    layer: str
    map: bytes
    evidence: float
    probability: float


class FeatureStrip(TypedDict):
    """All that a new head would get to see of a photo.

    Attributes:
        layer: Where it was read.
        shape: Height, width and channels.
        picture: A PNG: rows for the places, each four pixels high, a column for each channel.
        quiet: Share of the numbers that are 0 or less.
    """

    layer: str
    shape: tuple[int, int, int]
    picture: bytes
    quiet: float


def layer_maps(
    network: str, layer: str, png: bytes, most: int = 24, by: Literal["mean", "highest"] = "mean"
) -> LayerMaps:
    """The maps of one layer for a picture, the strongest first.

    Args:
        network: A name of the catalog.
        layer: One of ``catalog.layers``.
        png: The picture, as the bytes of a PNG.
        most: How many maps are drawn.
        by: What counts as strong: a channel's mean, or its highest activation.

    Raises:
        UnknownName: No such network or layer.
        WeightsMissing: The network is not on this machine.
    """
    backbone = _ready(network)
    from tfcore.inspection.feature_maps import feature_maps

    found = feature_maps(backbone, layer, images.decode(png), most=most, by=by)
    channels = [(one.number, one.mean, one.highest) for one in found.channels]
    return {"channels": channels, "maps": [images.to_heat(one) for one in found.maps]}


def class_activation(network: str, target: int, png: bytes, layer: str = "") -> ClassMap:
    """Which places of a picture speak for a class (Grad-CAM).

    Args:
        network: A name of the catalog.
        target: Index of the class.
        png: The picture, as the bytes of a PNG.
        layer: One of ``catalog.layers``; empty takes the last.

    Raises:
        UnknownName: No such network or layer.
        UserError: No such class.
        WeightsMissing: The network is not on this machine.
    """
    backbone = _ready(network)
    from tfcore.inspection import gradcam

    found = gradcam.class_activation(backbone, images.decode(png), target, layer)
    return {
        "layer": found.layer,
        "map": images.to_heat(images.levels(found.heat)),
        "evidence": float(found.heat.sum()),
        "probability": found.probability,
    }


def strip(network: str, png: bytes) -> FeatureStrip:
    """The lesson's strip: all that a new head would get to see of a picture.

    Args:
        network: A name of the catalog.
        png: The picture, as the bytes of a PNG.

    Raises:
        UnknownName: No such network.
        WeightsMissing: The network is not on this machine.
    """
    backbone = _ready(network)
    from tfcore.inspection.strip import strip as read

    found = read(backbone, images.decode(png))
    picture = images.to_heat(found.drawn, opaque=True)
    return {
        "layer": found.layer,
        "shape": found.shape,
        "picture": picture,
        "quiet": found.quiet,
    }


def _ready(network: str, seed: int | None = None) -> Backbone:
    """A network whose weights are here: nobody waits minutes for the answer to a short call."""
    row = catalog.get(network)
    if seed is None and not catalog.is_available(row):
        raise WeightsMissing(
            f"{row.title}, whose weights are not on this machine",
            "a network that is here",
            f"grow a picture with it first: that fetches its {row.weights_mb:.0f} MB",
        )
    heavy.load()
    from tfcore.backbones.loading import cached

    return cached(row.name, seed=seed)


def nearest(
    settings: Mapping[str, Any], space: Mapping[str, Any], digests: Sequence[str], png: bytes
) -> list[tuple[int, float]]:
    """The photos of a data set that are most like another one.

    Args:
        settings: Those of the extraction, as its run has them.
        space: ``space`` of its summary.
        digests: Its photos, such as ``Analysis.digests``.
        png: The other photo, as the bytes of a picture.

    Returns:
        Row among ``digests`` and cosine, -1 to 1, the most similar first; ``NEAREST`` at most.

    Raises:
        UserError: The network here gives other features than those of the data set, or they are no
            longer in the store.
        WeightsMissing: The network is not on this machine.
        BadImage: It is no picture.
    """
    asked, lies_in = ExtractSettings.model_validate(dict(settings)), Space(**space)
    pixels = images.decode(png)
    _ready(asked.network, asked.weights_seed)
    from tfcore.features.program import program_for
    from tfcore.similarity.kept import nearest_to

    program = program_for(
        asked.network,
        asked.layer,
        asked.pooling,
        seed=asked.weights_seed,
        precision=asked.precision,
    )
    if program.space != lies_in:
        raise UserError(
            "features of another version of this network",
            "those that it gives here",
            "extract the features again",
        )
    (one,) = program(images.fit_square(pixels, program.space.size)[None])
    return nearest_to(one, str(config().features_root), lies_in, tuple(digests), NEAREST)
