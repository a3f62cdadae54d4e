"""Photos that other packages bring along: the first attack needs nothing of one's own.

They are read as package data, without importing the packages: the cat of scikit-image, and twenty
labelled photos of ImageNet's classes from Foolbox (Rauber et al., JOSS 2020).
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tfcore import classes, labels
from tfcore.errors import UserError

FIRST = "bull mastiff"
_LABELLED = re.compile(r"imagenet_\d+_(\d+)\.jpg")


@dataclass(frozen=True)
class Sample:
    """One photo.

    Attributes:
        name: What a person chooses; no two are alike.
        class_index: What it shows, of ImageNet's classes.
        path: Where the package has it.
    """

    name: str
    class_index: int
    path: Path

    def shown_to(self, network: str) -> str:
        """Index of what it shows, as text; empty for a network that knows other classes.

        Example:
            >>> samples()["bull mastiff"].shown_to("vgg16")
            '243'
        """
        is_known = classes.of(network).names() == labels.names()
        return str(self.class_index) if is_known else ""

    def read(self) -> bytes:
        """The file's bytes."""
        return self.path.read_bytes()


@lru_cache(maxsize=1)
def samples() -> dict[str, Sample]:
    """Every photo that is installed, by name, the dogs and the cat first.

    Example:
        >>> samples()["bull mastiff"].class_index
        243
    """
    found: dict[str, Sample] = {}
    files = {path: int(match[1]) for path in _data("foolbox") if (match := _name(path))}
    for path, index in sorted(files.items()):
        name = labels.name(index)
        twins = sum(known.partition(" (")[0] == name for known in found)
        found[f"{name} ({twins + 1})" if twins else name] = Sample(name, index, path)
    cat = next((path for path in _data("skimage") if path.name == "chelsea.png"), None)
    if cat is not None:
        found["Chelsea the cat"] = Sample("Chelsea the cat", labels.find("tabby").index, cat)
    first = [FIRST, "dalmatian", "Chelsea the cat"]
    names = [*(name for name in first if name in found), *(n for n in found if n not in first)]
    return {name: Sample(name, found[name].class_index, found[name].path) for name in names}


def get(name: str) -> Sample:
    """A photo by its name.

    Raises:
        UserError: No such photo is installed.
    """
    if name not in samples():
        known = ", ".join(samples()) or "nothing: the package foolbox is not installed"
        raise UserError(f'sample "{name}"', f"one of {known}", "choose one of these, or a file")
    return samples()[name]


def _name(path: Path) -> re.Match[str] | None:
    return _LABELLED.fullmatch(path.name)


def _data(package: str) -> list[Path]:
    """The files of a package's folder ``data``; nothing where it is not installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / "data").glob("*"))
