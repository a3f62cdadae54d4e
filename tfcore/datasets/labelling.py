"""Which class a file belongs to, told from its place or its name."""

from __future__ import annotations

from enum import StrEnum

IMAGES = "images"
"""The folder of the Oxford-IIIT Pet set that holds its photos; its others hold annotations."""


class Labelling(StrEnum):
    """How a data set tells its classes.

    ``breeds`` and ``cat-or-dog`` are for the Oxford-IIIT Pet set (Parkhi et al., CVPR 2012), whose
    photos lie in one folder and are called ``Abyssinian_34.jpg`` or ``american_bulldog_3.jpg``: the
    breed stands before the last underscore, and a capital first letter means a cat.
    """

    FOLDERS = "folders"
    BREEDS = "breeds"
    CAT_OR_DOG = "cat-or-dog"


def label_of(name: str, labelling: Labelling) -> str | None:
    """The class of a file.

    Args:
        name: Its path from the data set's root, with ``/`` between the parts.
        labelling: The rule.

    Returns:
        The label; None where the rule finds none.

    Example:
        >>> label_of("cat/kittens/1.jpg", Labelling.FOLDERS)
        'cat'
        >>> label_of("images/american_bulldog_3.jpg", Labelling.BREEDS)
        'american_bulldog'
    """
    folders, _, own = name.rpartition("/")
    if labelling is Labelling.FOLDERS:
        return folders.partition("/")[0] or None
    breed = own.rpartition("_")[0]
    if folders not in ("", IMAGES) or not breed:
        return None
    if labelling is Labelling.BREEDS:
        return breed
    return "cat" if breed[0].isupper() else "dog"


def has_photos(folder: str, labelling: Labelling) -> bool:
    """Whether a folder of the root may hold photos under this rule."""
    return labelling is Labelling.FOLDERS or folder == IMAGES
