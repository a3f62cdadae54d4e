"""What makes the features of two photos comparable, and so what a store of them is sorted by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

from tfcore.errors import UserError

EXTRACTION_VERSION = 1
"""To be raised by hand whenever the same photo and network would give other features than before:
another way to decode, crop or resize. What was kept until then is computed anew."""

Pooling = Literal["", "mean", "flat"]
Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True, kw_only=True)
class Space:
    """The space that features lie in: they can be compared if all of this is equal.

    Args:
        network: Name of the network in the catalog.
        weights: ``Backbone.weights_digest``.
        layer: A layer's name; empty for the pooled features that the last layer reads.
        pooling: How a layer's output ``(height, width, channels)`` becomes one row: "mean" over
            height and width, or "flat", all of it. Empty without a layer.
        size: Height and width of what the network sees, in pixels.
        preprocessing: A mode of ``backbones.preprocessing``.
        precision: What the network computes in; features are stored as float32 all the same.
        dim: Numbers a photo. It follows from the rest, and stands here so that a store can tell
            a damaged file from a whole one without a network.
        version: ``EXTRACTION_VERSION`` of the code that computes.

    Raises:
        UserError: There is a pooling without a layer, a layer without a pooling, or no dimension.

    Example:
        >>> Space(network="vgg16", weights="0f", size=224, preprocessing="caffe", dim=4096).digest
        'c0c1e87afa079346f81c121516bdc9d19e89f7dc44a3cf57305756a2e4c12bc7'
    """

    network: str
    weights: str
    layer: str = ""
    pooling: Pooling = ""
    size: int
    preprocessing: str
    precision: Precision = "float32"
    dim: int
    version: int = EXTRACTION_VERSION

    def __post_init__(self) -> None:
        if bool(self.layer) != bool(self.pooling):
            got = f'layer "{self.layer}" with pooling "{self.pooling}"'
            raise UserError(got, "both or neither", 'choose "mean" or "flat" for a layer')
        if self.dim < 1:
            raise UserError(f"features of {self.dim} numbers", "at least 1", "choose another layer")

    @property
    def text(self) -> str:
        """The same as JSON, with the keys in order."""
        return json.dumps(asdict(self), sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of ``text``, 64 hexadecimal digits: the name of its folder in a store."""
        return hashlib.sha256(self.text.encode()).hexdigest()
