"""A person's photo, made into what a run starts from."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfcore import catalog, images
from tfcore.config import config


@dataclass(frozen=True)
class StartPhoto:
    """The square crop that the network sees.

    Attributes:
        png: The crop at the network's input size.
        digest: Digest of its pixels; the settings carry it.
    """

    digest: str
    png: bytes = field(repr=False)


def prepare(content: bytes, network: str, side: int | None = None) -> StartPhoto:
    """Check uploaded bytes and cut out what the network sees.

    Args:
        content: A file's bytes; hostile until proven.
        network: Name in the catalog; its input size decides the size of the crop.
        side: Height and width of the crop in pixels, where it shall be another.

    Raises:
        BadImage: The bytes are no picture that this product takes.
    """
    limits = config()
    photo = images.decode(content, max_bytes=limits.max_upload_mb * 2**20, max_side=limits.max_side)
    png = images.to_png(images.fit_square(photo, side or catalog.get(network).input_size))
    return StartPhoto(images.png_digest(png), png)
