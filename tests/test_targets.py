"""What a run aims at, however it was typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfcore import catalog
from tfcore.errors import UnknownName, UserError
from tfcore.targets import ChannelTarget, ClassTarget, LayerTarget, Target, resolve

LITE = "efficientnet-lite0"
LAYER = "block4a_expand_relu"


@pytest.mark.parametrize("text", ["Siamese cat", "siamese CAT", " siam ", "284", "0284"])
def test_a_class_is_found_by_name_part_or_index(text):
    assert resolve(text, LITE) == Target(((ClassTarget(284, "Siamese cat"), 1.0),))


@pytest.mark.parametrize("text", [f"{LAYER}:7", f" {LAYER} : 7 ", f"{LAYER}:007"])
def test_a_channel_is_found_by_layer_and_number(text):
    target = resolve(text, LITE)
    assert target == Target(((ChannelTarget(LAYER, 7), 1.0),))
    assert target.name == f"{LAYER}:7"
    assert resolve(target.name, LITE) == target


@pytest.mark.parametrize("network", catalog.names())
def test_every_layer_of_every_network_ends_at_its_last_channel(network):
    for layer, channels in catalog.layers(network).items():
        assert resolve(f"{layer}:{channels - 1}", network).channel.channel == channels - 1
        with pytest.raises(UserError, match=f"from 0 to {channels - 1}"):
            resolve(f"{layer}:{channels}", network)


@pytest.mark.parametrize("channel", ["", "-1", "+1", "1.0", "x", "1e1", "\u0663", "\u00b2", "1:2"])
def test_what_is_no_channel_is_refused(channel):
    with pytest.raises(UserError):
        resolve(f"{LAYER}:{channel}", LITE)


def test_a_layer_belongs_to_its_network():
    with pytest.raises(UnknownName, match="layer"):
        resolve(f"{LAYER}:7", "vgg16")
    assert resolve("block5_conv3:511", "vgg16").channel == ChannelTarget("block5_conv3", 511)


@pytest.mark.parametrize("text", ["qqqq", "", "1000", "-1", ":", ":5", "nolayer:0", "9" * 5000])
def test_what_does_not_exist_is_refused_in_words(text):
    with pytest.raises(UserError) as caught:
        resolve(text, LITE)
    assert caught.value.fix
    assert len(str(caught.value)) < 400


def test_a_mistyped_layer_is_offered_again():
    with pytest.raises(UnknownName, match=LAYER):
        resolve("block4a_expnd_relu:7", LITE)


def test_a_channel_with_very_many_digits_is_refused_like_any_other():
    with pytest.raises(UserError, match="a whole number from 0"):
        resolve(f"{LAYER}:" + "9" * 5000, LITE)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=30))
def test_any_text_is_a_target_or_a_user_error(text):
    for typed in (text, f"{LAYER}:{text}", f"{text}:1"):
        try:
            assert isinstance(resolve(typed, LITE), Target)
        except UserError as error:
            assert error.fix


def test_targets_add_and_subtract():
    target = resolve("siam + goldfish - zebra", LITE)
    assert target.name == "Siamese cat + goldfish - zebra"
    assert [weight for _, weight in target.terms] == [1.0, 1.0, -1.0]
    assert target.wanted_classes == (284, 1)
    assert target.class_index == 284
    assert resolve(target.name, LITE) == target
    assert resolve(f"{LAYER}:1 - {LAYER}:2", LITE).wanted_classes == ()


def test_the_unit_in_the_middle_is_another_target_than_its_channel():
    unit = resolve(f"{LAYER}:7@center", LITE)
    assert unit.channel == ChannelTarget(LAYER, 7, is_unit=True)
    assert unit != resolve(f"{LAYER}:7", LITE)
    assert resolve(unit.name, LITE) == unit


@pytest.mark.parametrize(
    "text",
    [
        "zebra + siam + siamese cat",
        f"zebra + {LAYER}:1",
        f"{LAYER}:1 + {LAYER}:2@center",
        "1 + 2 + 3 + 4 + 5 + 6",
        f"{LAYER} + {LAYER}",
        f"{LAYER} + {LAYER}:1",
        f"{LAYER} + zebra",
        "zebra + ",
        " - zebra",
    ],
)
def test_parts_that_cannot_be_weighed_together_are_refused(text):
    with pytest.raises(UserError):
        resolve(text, LITE)


@pytest.mark.parametrize("network", catalog.names())
def test_a_layer_without_a_channel_is_all_of_it(network):
    for layer in catalog.layers(network):
        target = resolve(f" {layer} ", network)
        assert target == Target(((LayerTarget(layer), 1.0),))
        assert resolve(target.name, network) == target
        assert (target.class_index, target.channel, target.wanted_classes) == (None, None, ())


def test_a_mistyped_layer_alone_is_offered_again():
    with pytest.raises(UnknownName, match=LAYER):
        resolve("block4a_expnd_relu", LITE)
