"""Several values of one setting in one run."""

import pytest
from pydantic import ValidationError

from tfcore.errors import UserError
from tfcore.parsing import parse
from tfcore.settings import SynthesizeSettings


def test_each_cell_differs_in_the_varied_setting_alone():
    settings = SynthesizeSettings(target="zebra", seed=7, vary="tv_weight", values=" 0,0.001 , 0.1")
    cells = settings.cells()
    assert [cell.tv_weight for cell in cells] == [0, 0.001, 0.1]
    assert settings.captions() == ["0", "0.001", "0.1"]
    plain = {**settings.model_dump(), "vary": "", "values": ""}
    assert all({**cell.model_dump(), "tv_weight": settings.tv_weight} == plain for cell in cells)


def test_a_plain_run_is_its_own_only_cell():
    settings = SynthesizeSettings()
    assert settings.cells() == [settings]
    assert settings.captions() == []


def test_networks_and_targets_can_be_varied():
    cells = parse({"vary": "network", "values": "efficientnet-lite1,vgg16"}).cells()
    assert [cell.network for cell in cells] == ["efficientnet-lite1", "vgg16"]
    assert [c.target for c in parse({"vary": "target", "values": "zebra,siam"}).cells()] == [
        "zebra",
        "siam",
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"vary": "tv_weight"}, "a setting together with its values"),
        ({"values": "1,2"}, "a setting together with its values"),
        ({"vary": "tv_weight", "values": "0.1"}, "2 to 9"),
        ({"vary": "tv_weight", "values": ",".join(f"0.{n}" for n in range(1, 11))}, "2 to 9"),
        ({"vary": "tv_weight", "values": "0.1, 0.10"}, "different values"),
        ({"vary": "tv_weight", "values": "0, 5"}, "0 to 1"),
        ({"vary": "tv_weight", "values": "0, nan"}, "tv_weight"),
        ({"vary": "network", "values": "vgg16, nothing"}, "known network"),
        ({"vary": "target", "values": "zebra, qqqqq"}, "qqqqq"),
        ({"vary": "target", "values": "zebra, block4a_expand_relu:1"}, "one kind"),
        ({"vary": "steps", "values": "1, 2"}, "vary"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_words(given, sentence):
    with pytest.raises((UserError, ValidationError), match=sentence):
        parse(given)
