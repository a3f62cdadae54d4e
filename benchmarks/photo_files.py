"""Photos as files for benchmarks: as many as are asked for, no two with the same bytes."""

from __future__ import annotations

import os
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path

from tfcore import images
from tfcore.features.planning import Source


def write(folder: Path, count: int, first: int = 0) -> list[Source]:
    """Fill two classes with JPEG files; each has a number behind its end, which decoders skip.

    Args:
        folder: Where the classes' folders come.
        count: How many.
        first: Number of the first; other numbers, other photos.
    """
    sources = []
    for number, original in enumerate(islice(cycle(_originals()), count), first):
        path = folder / f"class{number % 2}" / f"{number:06}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = original + number.to_bytes(4, "big")
        path.write_bytes(data)
        sources.append(Source(str(path), sha256(data).hexdigest()))
    return sorted(sources, key=lambda source: source.path)


def _originals() -> list[bytes]:
    """Photos of cats and dogs where there are some; else those that come with scikit-image."""
    testbed = os.environ.get("TRANSFERLAB_TESTBED")
    if testbed:
        return [path.read_bytes() for path in sorted(Path(testbed, "cats_dogs").glob("*/*.jpg"))]
    from skimage import data

    shots = [data.astronaut(), data.chelsea(), data.coffee(), data.rocket()]
    return [images.to_jpeg(shot, quality=quality) for quality in (80, 90) for shot in shots]
