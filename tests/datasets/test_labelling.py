"""The class of a file by its folder, or by its name as in the Oxford-IIIT Pet set."""

import pytest

from tfcore.datasets.labelling import Labelling, has_photos, label_of

FOLDERS, BREEDS, SPECIES = Labelling.FOLDERS, Labelling.BREEDS, Labelling.CAT_OR_DOG
TABLE = [
    ("cat/1.jpg", FOLDERS, "cat"),
    ("cat/young/1.jpg", FOLDERS, "cat"),
    ("猫/1.jpg", FOLDERS, "猫"),
    ("1.jpg", FOLDERS, None),
    ("images/Abyssinian_34.jpg", BREEDS, "Abyssinian"),
    ("Abyssinian_34.jpg", BREEDS, "Abyssinian"),
    ("images/american_bulldog_3.jpg", BREEDS, "american_bulldog"),
    ("images/plain.jpg", BREEDS, None),
    ("images/_1.jpg", BREEDS, None),
    ("annotations/Abyssinian_34.png", BREEDS, None),
    ("images/more/Abyssinian_34.jpg", BREEDS, None),
    ("images/Egyptian_Mau_1.jpg", SPECIES, "cat"),
    ("images/american_bulldog_3.jpg", SPECIES, "dog"),
    ("images/plain.jpg", SPECIES, None),
]


@pytest.mark.parametrize(("name", "labelling", "label"), TABLE)
def test_label(name, labelling, label):
    assert label_of(name, labelling) == label


def test_only_the_folder_of_the_photos_is_entered_where_names_tell():
    assert has_photos("anything", FOLDERS)
    assert has_photos("images", BREEDS)
    assert not has_photos("annotations", SPECIES)


@pytest.mark.testbed
def test_names_and_folders_of_the_real_set_agree(testbed):
    photos = sorted((testbed / "pets").glob("*/*.jpg"))
    assert len(photos) > 300
    for photo in photos:
        assert label_of(photo.name, BREEDS) == photo.parent.name
    cats = {p.parent.name for p in photos if label_of(p.name, SPECIES) == "cat"}
    assert len(cats) == 12
    assert {"Abyssinian", "Bengal", "Birman"} <= cats
