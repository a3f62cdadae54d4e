"""Data sets made by hand for tests."""

from pathlib import Path

import numpy as np

from tests import pictures
from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import Listing
from tfcore.datasets.records import Photo
from tfcore.datasets.scanning import Scan


def drawing(seed: int, height: int = 40, width: int = 56) -> np.ndarray:
    """A picture of coarse coloured patches; two seeds look nothing alike."""
    patches = np.random.default_rng(seed).integers(0, 256, (8, 9, 3), np.uint8)
    rows = np.arange(height) * 8 // height
    columns = np.arange(width) * 9 // width
    return patches[rows][:, columns]


def png(seed: int) -> bytes:
    """The file of a drawing."""
    return pictures.encoded(drawing(seed), "PNG")


def folder(root: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return root


def scanned(root: Path, labelling: Labelling = Labelling.FOLDERS, **options: object) -> Listing:
    """A data set looked through to its end."""
    scan = Scan(root, labelling=labelling, **options)
    while not scan.finished:
        scan.step()
    return scan.listing()


def photo(number: int, label: str = "cat", **changes: object) -> Photo:
    """A record that no file stands behind."""
    values = {
        "file": f"{label}/{number}.jpg",
        "label": label,
        "digest": f"{number:064x}",
        "width": 40,
        "height": 30,
        "kind": "JPEG",
        "near": number * 0x9E3779B97F4A7C15 % (1 << 64),
    }
    return Photo(**(values | changes))
