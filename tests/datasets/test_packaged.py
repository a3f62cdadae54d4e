"""The data sets that come installed: whole, the same everywhere, and fit to be learned from."""

import socket

import numpy as np
import pytest

from tests.datasets import making
from tfcore import images
from tfcore.datasets import packaged
from tfcore.datasets.splitting import split
from tfcore.errors import UnknownName, UserError

# Label counts, size, and the digest of all photos and labels, which must be the same everywhere.
SETS = {
    "textures": (
        dict.fromkeys(("brick", "grass", "gravel"), 64),
        (64, 64),
        "b5a1c2a9544b23d16e75a3a7c7ba2bdba5bde0239b454246e67fd2dfc47593ed",
    ),
    "digits": (
        dict(zip("0123456789", (178, 182, 177, 183, 181, 182, 181, 179, 174, 180), strict=True)),
        (32, 32),
        "1cec53df7299e739937b53611c44181742e219e40da29f3c8e1f5aeb31f1a7d1",
    ),
    "faces": (
        {"face": 100, "other": 100},
        (25, 25),
        "3a0983b0fc6eae57fbb9489b29f4fca65400a0d5055d9376bc592b58b820f0f9",
    ),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Each set in a folder, written while no connection can be made."""
    root = tmp_path_factory.mktemp("packaged")

    def refuse(*_: object) -> None:
        raise OSError("no network in this test")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        return {name: packaged.write(name, root / name) for name in packaged.names()}


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_whole_and_the_same_everywhere(written, name):
    classes, size, digest = SETS[name]
    listing = making.scanned(written[name])
    told = listing.report
    assert told.classes == classes
    assert told.smallest == told.largest == size
    assert (told.quarantined, told.warnings, told.notes) == ({}, (), 0)
    assert listing.digest == digest
    assert split(listing.photos).missing == ()


def pixels(folder, label):
    return [images.decode(path.read_bytes()) for path in sorted((folder / label).iterdir())]


def test_tiles_are_cut_from_the_photo_without_overlap(written):
    tiles = pixels(written["textures"], "brick")
    photo = images.decode(packaged._data("skimage", "brick.png").read_bytes())
    rows = [np.concatenate(tiles[at : at + 8], axis=1) for at in range(0, 64, 8)]
    assert np.array_equal(np.concatenate(rows), photo)


def test_a_digit_is_the_one_of_its_label(written):
    from sklearn.datasets import load_digits

    cells, labels = load_digits(return_X_y=True)
    for label in "07":
        first = cells[labels == int(label)][0].reshape(8, 8)
        assert np.allclose(
            pixels(written["digits"], label)[0][2::4, 2::4, 0] / 255 * 16, first, atol=0.1
        )


def test_faces_are_brighter_in_the_middle_and_alike(written):
    faces, others = (np.stack(pixels(written["faces"], label)) for label in ("face", "other"))
    assert faces.astype(float).std(axis=0).mean() < others.astype(float).std(axis=0).mean()


def test_what_is_there_is_not_written_again(written):
    place = next((written["faces"] / "face").iterdir())
    before = place.stat().st_mtime_ns
    assert packaged.write("faces", written["faces"]) == written["faces"]
    assert place.stat().st_mtime_ns == before


def test_an_unknown_set_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(UnknownName, match="textures"):
        packaged.write("texture", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_missing_package_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "_TEXTURES", ("brick", "velvet"))
    with pytest.raises(UserError, match=r"no file velvet\.png"):
        packaged.write("textures", tmp_path / "x")
    assert not (tmp_path / "x").exists()
