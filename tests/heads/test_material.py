"""What a head is taught with: sides by digest, and what cannot be learned from, in a sentence."""

import dataclasses

import numpy as np
import pytest

from tests.heads import making
from tfcore.errors import UserError
from tfcore.heads.material import askable, divided


def test_sides_share_no_photo_and_follow_from_the_digests() -> None:
    material = making.material()
    sides = divided(material, 0.25, 0)
    train, check = ({photo.digest for photo in side} for side in (sides.train, sides.validation))
    assert not train & check
    assert train | check == {photo.digest for photo in material.photos}
    assert sides.notes == ()
    shuffled = material.of(list(material.photos)[::-1])
    assert {p.digest for p in divided(shuffled, 0.25, 0).validation} == check
    assert {p.digest for p in divided(material, 0.25, 1).validation} != check


def test_samples_are_the_features_of_their_photos() -> None:
    material = making.material()
    chosen = [material.photos[100], material.photos[3]]
    samples = material.samples(chosen, material.classes)
    assert (samples.values == material.values[[100, 3]]).all()
    assert samples.labels.tolist() == [1, 0]
    assert (material.of(chosen).values == samples.values).all()


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"cat": 20}, 'one class \\("cat"\\)'),
        ({"cat": 20, "dog": 1}, 'class "dog" with one photo'),
        ({"cat": 20, "dog": 1, "fox": 1}, 'classes "dog", "fox" with one photo'),
    ],
)
def test_what_cannot_be_taught_is_said(counts, words) -> None:
    with pytest.raises(UserError, match=words):
        divided(making.material(counts), 0.2, 0)


def test_a_class_on_one_side_alone_is_refused_or_told() -> None:
    seen = set()
    for seed in range(40):
        material = making.material({"cat": 30, "dog": 3})
        try:
            notes = divided(material, 0.5, seed).notes
        except UserError as error:
            assert "dog" in str(error) and "another seed" in str(error)
            seen.add("refused")
        else:
            seen.add(notes)
    assert seen == {"refused", (), ('Class "dog" has no photo to check with.',)}


def test_no_photo_to_check_with_is_refused() -> None:
    with pytest.raises(UserError, match="none of which fell to the checking side"):
        for seed in range(100):
            divided(making.material({"cat": 2, "dog": 2}), 0.1, seed)


def test_a_test_folder_is_asked_for_what_was_taught_and_not_seen() -> None:
    taught = making.material({"cat": 10, "dog": 10})
    other = making.material({"cat": 14, "owl": 3}, seed=1)
    photos, notes = askable(other, taught)
    assert [photo.label for photo in photos] == ["cat"] * 4
    assert notes == (
        'Left out of the test: class "owl", which the head was not taught.',
        "Left out of the test: 10 photos that it was taught.",
        'The test folder has no photo of class "dog".',
    )


@pytest.mark.parametrize(
    ("counts", "words"),
    [({"owl": 3}, 'a test folder with class "owl"'), ({"cat": 4}, "all among those learned from")],
)
def test_a_test_folder_of_nothing_new_is_refused(counts, words) -> None:
    with pytest.raises(UserError, match=words):
        askable(making.material(counts), making.material({"cat": 10, "dog": 10}))


def test_a_test_folder_of_another_network_is_refused() -> None:
    taught = making.material({"cat": 10, "dog": 10})
    other = dataclasses.replace(taught, space=making.space(network="vgg16"))
    with pytest.raises(UserError, match="another network or layer"):
        askable(other, taught)


def test_features_that_are_no_numbers_are_refused(tmp_path, monkeypatch) -> None:
    from tests.datasets import making as folders
    from tfcore.datasets.labelling import Labelling
    from tfcore.datasets.scanning import Scan
    from tfcore.heads.material import load
    from tfcore.store.features import FeatureStore

    root = folders.folder(tmp_path / "pets", {f"a/{n}.png": folders.png(n) for n in range(3)})
    scan = Scan(root, labelling=Labelling.FOLDERS)
    while not scan.finished:
        scan.step()
    found, store, space = scan.listing(), FeatureStore(tmp_path / "features"), making.space(2)
    with pytest.raises(UserError, match="photos without features"):
        load(store, space, found, "pets")
    store.write(space, [photo.digest for photo in found.photos[:2]], np.ones((2, 2), np.float32))
    assert len(load(store, space, found, "pets").photos) == 2  # one was set aside
    monkeypatch.setattr(store, "read", lambda *_: np.full((2, 2), np.nan, np.float32))
    with pytest.raises(UserError, match="no numbers"):
        load(store, space, found, "pets")
