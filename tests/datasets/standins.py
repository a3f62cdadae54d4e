"""Small archives in the shape of the published ones, and a server that hands them out."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

from tests import pictures
from tests.datasets import making, tarballs, zips
from tests.downloads.serving import Server
from tfcore.datasets import published

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = 12
BREEDS = ("Abyssinian", "Egyptian_Mau", "american_bulldog", "pug")


def _jpeg(seed: int) -> bytes:
    # Large enough that half an archive is many reads.
    return pictures.encoded(making.drawing(seed, 240, 320), "JPEG")


def cats_vs_dogs() -> bytes:
    """A zip with two class folders, a broken file, litter, and papers beside the photos."""
    files = {
        f"PetImages/{label}/{number}.jpg": _jpeg(number + start)
        for label, start in (("Cat", 0), ("Dog", 100))
        for number in range(PHOTOS)
    }
    broken = {"PetImages/Cat/666.jpg": b"", "PetImages/Dog/11702.jpg": _jpeg(7)[:400]}
    beside = {
        "readme[1].txt": b"text",
        "MSR-LA - 3467.docx": b"PK",
        "PetImages/Cat/Thumbs.db": b"T",
    }
    return zips.packed({**files, **broken, **beside})


def oxford_pets() -> bytes:
    """A tar.gz with one folder of photos whose names tell the breed."""
    files = {
        f"images/{breed}_{number}.jpg": _jpeg(10 * row + number)
        for row, breed in enumerate(BREEDS)
        for number in range(5)
    }
    return tarballs.packed({**files, "images/Abyssinian_100.mat": b"MATLAB 5.0 MAT-file"})


ARCHIVES = {"cats-vs-dogs": cats_vs_dogs, "oxford-pets": oxford_pets}


def changes(content: bytes) -> dict[str, int | str]:
    """What the table says of an archive of this content."""
    digest = hashlib.sha256(content).hexdigest()
    return {"size": len(content), "unpacked": 4 * len(content), "sha256": digest}


def put(monkeypatch, name: str, content: bytes) -> None:
    """Have the table of this process tell of another archive."""
    rows = [
        dataclasses.replace(row, **changes(content)) if row.name == name else row
        for row in published._TABLE
    ]
    monkeypatch.setattr(published, "_TABLE", tuple(rows))


def mirror(server: Server) -> str:
    """The address of a mirror: this server answers to any name."""
    return server.url.rpartition("/")[0]


def environment(server: Server, archives: dict[str, bytes]) -> dict[str, str]:
    """What a process needs to be given so that it fetches these."""
    told = {name: changes(content) for name, content in archives.items()}
    path = [str(Path(__file__).parent / "child"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        "TRANSFERLAB_TEST_STAND_INS": json.dumps(told),
        "TRANSFERLAB_DATASETS_MIRROR": mirror(server),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
