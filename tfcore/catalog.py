"""The table of networks: data alone, readable without TensorFlow.

The rows stand in ``catalog_networks.json``, their layers in ``catalog_layers.json``.

To add a network:

1. Write its row into ``catalog_networks.json``: name, title, family, input size, preprocessing,
   paper, and where its weights come from. Leave ``params``, ``feature_dim``, ``gflops`` and
   ``activation_mb`` out.
2. A new family needs a builder in ``tfcore/backbones/builders.py`` and, when no mode fits, a row in
   ``tfcore/backbones/preprocessing.py``.
3. Run ``python -m tfcore.backbones.describe``: it builds every network and writes the numbers and
   the layers. The tests prove every row against the network as built.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tfcore import trained
from tfcore.errors import UnknownName

DEFAULT = "efficientnet-lite0"
NETWORKS_FILE = Path(__file__).with_name("catalog_networks.json")
LAYERS_FILE = Path(__file__).with_name("catalog_layers.json")


@dataclass(frozen=True, kw_only=True)
class Network:
    """What is known of a network before it is built.

    Args:
        name: Lower case with hyphens, as the command line and the address bar take it.
        title: As people write it.
        family: Which builder makes it; ``trained.FAMILY`` for one that was trained here.
        options: What the builder is told beyond the size, such as ``(("alpha", 0.75),)``.
        input_size: Height and width in pixels it was trained on.
        any_size: Whether it can be built for another size (VGG cannot: its dense layers are
            tied to the number of pixels).
        preprocessing: A mode of ``tfcore.backbones.preprocessing``: "lite", "tf", "caffe",
            "torch" or "levels".
        params: Number of weights, batch-norm statistics included.
        feature_dim: Length of the vector that its last layer reads.
        gflops: Billions of floating point operations of one forward pass at ``input_size``; a
            multiply-add counts as two.
        activation_mb: Megabytes of the outputs of all layers of the folded network for one image.
        paper: Citation.
        paper_url: Its address.
        package: The Python package that holds the weights, or None for a download.
        weights_file: The file's name, in the package or in Keras's folder of models.
        weights_url: Where a download comes from; empty for a package.
        weights_md5: The md5 sum that Keras publishes for a download; empty where it has none.

    Example:
        >>> get("vgg16").feature_dim
        4096
    """

    name: str
    title: str
    family: str
    options: tuple[tuple[str, float | str], ...]
    input_size: int
    any_size: bool
    preprocessing: str
    params: int
    feature_dim: int
    gflops: float
    activation_mb: float
    paper: str
    paper_url: str
    package: str | None
    weights_file: str
    weights_url: str
    weights_md5: str

    @property
    def weights_mb(self) -> float:
        """Size of the weights in megabytes (10**6 bytes): four bytes a parameter."""
        return round(self.params * 4 / 1e6, 1)


@cache
def _table() -> Mapping[str, Network]:
    rows = json.loads(NETWORKS_FILE.read_text(encoding="utf-8"))
    networks = [Network(**{**row, "options": tuple(row["options"].items())}) for row in rows]
    return MappingProxyType({network.name: network for network in networks})


@cache
def _layers(field: str) -> Mapping[str, Mapping[str, int]]:
    """By network and layer: "channels", or "sides", its height and width."""
    groups = json.loads(LAYERS_FILE.read_text(encoding="utf-8"))
    return {
        name: MappingProxyType(dict(zip(group["layers"], numbers, strict=True)))
        for group in groups
        for name, numbers in group[field].items()
    }


def names() -> list[str]:
    """Names of all networks, in the table's order: the default first."""
    return list(_table())


def get(name: str) -> Network:
    """Find a network by its name or title; case, blanks, hyphens and underscores do not matter.

    Raises:
        UnknownName: If there is none; the nearest names are offered.

    Example:
        >>> get("MobileNet 0.75").name
        'mobilenet-0.75'
    """
    if trained.is_head(name):
        return _trained(name)
    found = _by_letters().get(_letters(name))
    if found is None:
        raise UnknownName.among("network", name, names())
    return found


def base_of(network: Network) -> Network:
    """The pretrained network that a network trained here stands on; of another one, itself."""
    return get(trained.about(network.name).network) if network.family == trained.FAMILY else network


def _trained(name: str) -> Network:
    """The row of a network that was trained here."""
    about = trained.about(name)
    if trained.is_head(about.network):
        raise trained.damaged()  # none is trained on another, and a chain could have no end
    base, units = get(about.network), (about.dim, *about.units)
    added = sum(a * b + b for a, b in itertools.pairwise(units))
    return replace(
        base,
        name=name,
        title=about.title,
        family=trained.FAMILY,
        options=(),
        any_size=base.any_size and about.pooling != "flat",
        params=base.params + added,
        feature_dim=units[-2],
        package=None,
        weights_file=f"{name}.tlhead",
        weights_url="",
        weights_md5="",
    )


@cache
def _by_letters() -> Mapping[str, Network]:
    return {_letters(network.name): network for network in _table().values()}


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum() or c == ".")


def models_folder() -> Path:
    """Where Keras keeps downloaded weights, read from ``KERAS_HOME`` at every call."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras").expanduser() / "models"


def weights_path(network: Network) -> Path | None:
    """Where the weights lie, or would lie after a download.

    Returns:
        The path, whether or not a file is there; None if the package is not installed. Of a network
        trained here, its head's.
    """
    if network.family == trained.FAMILY:
        return trained.path_of(network.name)
    if network.package is None:
        return models_folder() / network.weights_file
    # The package is found but not imported: nothing of it needs to run.
    spec = importlib.util.find_spec(network.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "models" / network.weights_file


def is_available(network: Network) -> bool:
    """Whether the weights are on this machine, whole, as far as a glance can tell."""
    path = weights_path(network)
    if path is None or not path.is_file():
        return False
    if network.family == trained.FAMILY:
        about = trained.about(network.name)
        return about.weights_seed is not None or is_available(get(about.network))
    return network.package is not None or is_whole_hdf5(path)


def is_whole_hdf5(path: Path) -> bool:
    """Whether an HDF5 file is as long as its own header says.

    An interrupted download leaves a shorter one. The header (HDF5 file format specification,
    superblock) holds the file's length after fields whose sizes depend on its version.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64)
        length = path.stat().st_size
    except OSError:
        return False
    if len(head) < 64 or head[:8] != b"\x89HDF\r\n\x1a\n":
        return False
    position = {0: 40, 1: 44}.get(head[8], 28)
    (end,) = struct.unpack_from("<Q", head, position)
    return bool(length >= end)


def available() -> list[Network]:
    """The networks whose weights are on this machine, in the table's order."""
    return [network for network in _table().values() if is_available(network)]


def layers(name: str) -> Mapping[str, int]:
    """The layers whose channels can be a target: outputs of an activation, with height and width.

    Args:
        name: A network's name.

    Returns:
        Number of channels by layer name, from the image to the classifier.

    Raises:
        UnknownName: If there is no such network.

    Example:
        >>> layers("vgg16")["block5_conv3"]
        512
    """
    return _up_to_head(name, _layers("channels"))


def _up_to_head(name: str, table: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    """A network's row of layers; of one trained here those that its head can see."""
    network = get(name)
    row = table[base_of(network).name]
    if network.family != trained.FAMILY or not (last := trained.about(network.name).layer):
        return row
    kept = list(row)[: list(row).index(last) + 1]
    return MappingProxyType({layer: row[layer] for layer in kept})


def layer_shapes(name: str) -> Mapping[str, tuple[int, int, int]]:
    """Height, width and channels of the same layers, for an image of the network's own size.

    Raises:
        UnknownName: If there is no such network.

    Example:
        >>> layer_shapes("vgg16")["block5_conv3"]
        (14, 14, 512)
    """
    sides = _up_to_head(name, _layers("sides"))
    return {layer: (sides[layer], sides[layer], count) for layer, count in layers(name).items()}


def get_layer(name: str, layer: str) -> int:
    """Number of channels of one layer of a network.

    Raises:
        UnknownName: If there is no such network or layer; the nearest names are offered.
    """
    known = layers(name)
    if layer not in known:
        raise UnknownName.among("layer", layer, known)
    return known[layer]
