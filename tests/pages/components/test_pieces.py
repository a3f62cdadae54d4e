"""What networks say of each picture of a what-if run."""

from pages.components import pieces, sheet
from tests.pages.components.records import run_of

FIVE = [[284, 0.5], [340, 0.2], [1, 0.1], [2, 0.1], [3, 0.1]]


def test_the_table_has_a_row_a_picture_and_tells_where_the_target_stands():
    cells = sheet.cells(run_of({"vary": "target", "values": "siam, zebra, goldfish"}))
    others = [{"rank": rank, "top5": FIVE} for rank in (1, 2, 1000)]
    assert pieces.table("vgg16", cells, {"VGG16": others}) == {
        "Picture": ["Siamese cat", "zebra", "goldfish"],
        "VGG16": ["**Siamese cat 50 %**", "Siamese cat 50 % (2)", "Siamese cat 50 % (1,000)"],
    }


def test_a_network_s_own_verdict_is_told_in_the_same_words():
    own = {"top5": [{"index": i, "probability": p} for i, p in FIVE]}
    first, third, beyond = (pieces.as_others({**own, "target_index": i}) for i in (284, 1, 999))
    assert pieces.said("vgg16", first, is_class=True) == "**Siamese cat 50 %**"
    assert pieces.said("vgg16", third, is_class=True) == "Siamese cat 50 % (3)"
    assert pieces.said("vgg16", beyond, is_class=True) == "Siamese cat 50 % (–)"


def test_a_channel_has_no_place_among_classes():
    assert pieces.said("vgg16", {"rank": None, "top5": FIVE}, is_class=False) == "Siamese cat 50 %"
