"""The question "What if?" in the form, and the addresses that carry it."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import address, whatif
from tfcore import parsing
from tfcore.recipes import RECIPES
from tfcore.settings import SynthesizeSettings


def section(vary="", values="", network="efficientnet-lite0"):
    """The section alone, with what it answers."""

    def page(vary, values, network):
        import json

        import streamlit as st

        from pages.components import whatif

        chosen = {"recipe": "natural", "network": network, "target": "tabby"}
        st.code(json.dumps(whatif.show({"vary": vary, "values": values}, chosen)))

    return AppTest.from_function(page, args=(vary, values, network)).run(timeout=20)


def answer(app):
    assert not app.exception
    return json.loads(app.code[0].value)


@pytest.mark.parametrize("recipe", [name for name in RECIPES if name != "deepdream"])
@pytest.mark.parametrize(
    "vary", [name for name in whatif.FIRST_VALUES if name in SynthesizeSettings.model_fields]
)
def test_what_is_written_there_at_first_can_be_tried(recipe, vary):
    asked = {"recipe": recipe, "vary": vary, "values": whatif.FIRST_VALUES[vary]}
    assert len(parsing.parse(asked).cells()) >= 4


@pytest.mark.parametrize("method", ["pgd", "fgsm", "mifgsm"])
@pytest.mark.parametrize("vary", ["epsilon", "step_size", "tv_weight"])
def test_the_first_values_of_an_attack_can_be_tried_too(method, vary):
    asked = {"kind": "attack", "method": method, "vary": vary}
    assert len(parsing.parse({**asked, "values": whatif.FIRST_VALUES[vary]}).cells()) >= 4


def test_nothing_is_varied_until_somebody_asks_and_then_it_starts_from_what_is_there():
    app = section()
    assert answer(app) == {"vary": "", "values": ""}
    app.selectbox(key="vary").select("tv_weight").run(timeout=20)
    assert answer(app) == {"vary": "tv_weight", "values": "0, 0.001, 0.005, 0.02, 0.1"}
    app.text_input(key="natural.values.tv_weight").input("0, 1").run(timeout=20)
    assert answer(app)["values"] == "0, 1"
    app.selectbox(key="vary").select("target").run(timeout=20)
    assert answer(app) == {"vary": "target", "values": "tabby, zebra, goldfish"}
    app.selectbox(key="vary").select("network").run(timeout=20)
    assert answer(app)["values"].startswith("efficientnet-lite0, efficientnet-lite1")


@pytest.mark.parametrize(
    ("vary", "values"),
    [
        ("noise", "0, 0.1"),
        ("target", "siam, block4a_expand_relu:1"),
        ("network", "vgg16, efficientnet-lite0"),
    ],
)
def test_an_address_fills_the_section(vary, values):
    assert answer(section(vary, values)) == {"vary": vary, "values": values}


@pytest.mark.parametrize(
    ("vary", "values"),
    [
        ("tv_weight", "0, 0.0002, 0.1"),
        ("target", "siam, zebra"),
        ("network", "efficientnet-lite0, efficientnet-lite1"),
        ("jitter", "0, 16"),
    ],
)
def test_addresses_carry_the_question_and_each_picture_alone(vary, values):
    whole = SynthesizeSettings(recipe="lesson-tv", seed=3, vary=vary, values=values)
    assert parsing.parse(address.query(whole)) == whole
    for cell in whole.cells():
        carried = address.query(cell)
        assert "vary" not in carried
        assert parsing.parse(carried) == cell
