"""Networks of one's own in the pickers, and what the pages say of their classes."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import moment, session, sheet, words
from tests.pages.components.records import run_of
from tests.store import making
from tests.trained_making import made, record
from tfcore import catalog, trained
from tfcore.config import Config
from tfcore.engine.link import EngineLink
from tfcore.store.records import StoredFrame

OWNER = "0" * 32


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A store with networks of one's own, and the way to it."""
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    link, store = EngineLink(Config(data=tmp_path)), making.open_store(tmp_path)
    monkeypatch.setattr(session, "link", lambda: link)
    yield store
    link.close()
    store.close()


def drawn(page, *arguments, **query):
    app = AppTest.from_function(page, args=arguments, default_timeout=60)
    app.session_state["owner"] = OWNER
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def picker(given):
    import streamlit as st

    from pages.components import form

    st.text(form.network(given))


def test_ones_own_networks_stand_below_the_table_and_are_told_apart(lab):
    first, second = record(lab, made(), OWNER), record(lab, made(), OWNER)
    record(lab, made(), "somebody else")
    app = drawn(picker, second)
    options = app.selectbox(key="network").options
    assert options[: len(catalog.names())][0] == "EfficientNet-Lite0"
    own = options[len(catalog.names()) :]
    assert len(own) == len(set(own)) == 2
    assert all(text.startswith("My pets · yours · ") for text in own)
    assert app.text[0].value == second
    app.selectbox(key="network").select(first).run()
    assert app.text[0].value == first


def test_somebody_elses_is_offered_only_where_an_address_names_it(lab):
    theirs = record(lab, made(), "somebody else")
    assert drawn(picker, theirs).text[0].value == theirs
    assert theirs not in [*drawn(picker, "vgg16").selectbox(key="network").options]
    trained.remove(theirs)
    assert drawn(picker, theirs).text[0].value == catalog.DEFAULT


def grow():
    from pages.components import form

    form.show(None)


def fool():
    from pages.components import fool_form

    fool_form.show(None)


def test_the_form_of_an_ideal_picture_offers_the_networks_own_classes(lab):
    name = record(lab, made(("cat", "dog", "a_bird")), OWNER)
    app = drawn(grow, network=name)
    target = app.selectbox(key=f"target.natural.{name}")
    assert list(target.options) == ["cat", "dog", "a_bird"]
    assert target.value == "cat"
    assert not app.error
    assert not app.warning
    app.selectbox(key="network").select("efficientnet-lite1").run()
    assert app.selectbox(key="target").value == "Siamese cat"
    app.selectbox(key="network").select(name).run()
    assert not app.error
    assert app.selectbox(key=f"target.natural.{name}").value == "cat"


def test_an_address_with_a_class_that_the_network_has_not_says_so(lab):
    name = record(lab, made(), OWNER)
    app = drawn(grow, network=name, target="Siamese cat")
    assert len(app.warning) == 1
    assert "a class of My pets, fix: try" in app.warning[0].value


def test_an_address_with_a_network_that_is_gone_says_so(lab):
    name = record(lab, made(), OWNER)
    trained.remove(name)
    app = drawn(grow, network=name)
    assert "trained in this lab and is still there" in app.warning[0].value
    assert app.selectbox(key="network").value == catalog.DEFAULT


def test_the_form_of_an_attack_asks_for_the_networks_own_classes(lab):
    name = record(lab, made(), OWNER)
    app = drawn(fool, network=name)
    assert not app.error
    assert app.selectbox(key=f"fool.target.{name}").value == "cat"
    shows = app.selectbox(key=f"fool.shows.{name}")
    assert list(shows.options) == ["whatever it sees at first", "cat", "dog"]
    shows.select("cat").run()
    assert "of the same" in app.error[0].value
    app.selectbox(key=f"fool.target.{name}").select("dog").run()
    assert not app.error
    app.selectbox(key="fool.network").select("efficientnet-lite0").run()
    assert app.selectbox(key="fool.target").value == "Siamese cat"
    assert not app.error


def test_only_networks_of_the_same_classes_are_offered_together(lab):
    name, twin = record(lab, made(), OWNER), record(lab, made(), OWNER)
    record(lab, made(("dog", "cat")), OWNER)

    def together(name):
        import streamlit as st

        from pages.components import networks

        st.text(" ".join(networks.fellows(name)))

    assert set(drawn(together, name).text[0].value.split()) == {name, twin}
    table = drawn(together, catalog.DEFAULT).text[0].value.split()
    assert table == [network.name for network in catalog.available()]


@pytest.fixture
def grown(lab):
    """A finished run of a network of three classes, and its name."""
    name = record(lab, made(("cat", "dog", "[a](b)")), OWNER)
    return run_of(
        {"network": name, "target": "dog"}, summary={"target": "dog", "is_judged": True}
    ), name


FRAME = StoredFrame(256, b"", ((1, 0.7), (0, 0.2), (2, 0.1)))


def test_bars_tell_its_classes_and_those_of_one_that_is_gone_by_number(grown):
    run, name = grown
    bars = moment.seen(run, FRAME)
    assert [(bar.name, bar.highlight) for bar in bars] == [
        ("dog", True), ("cat", False), ("[a](b)", False)
    ]  # fmt: skip
    assert words.class_said(name, 2) == r"\[a\](b)"
    trained.remove(name)
    assert [bar.name for bar in moment.seen(run, FRAME)] == ["class 1", "class 0", "class 2"]
    assert words.network(name) == "a network that is gone"


def test_the_best_guess_of_each_picture_is_found_with_fewer_than_five_classes(grown):
    _, name = grown
    run = run_of({"network": name, "vary": "target", "values": "cat, dog"})
    frame = StoredFrame(3, b"", (*FRAME.top5, (0, 0.9), (1, 0.1), (2, 0.0)))
    guesses = sheet.guesses(sheet.cells(run), frame)
    assert [(bar.name, bar.highlight) for bar in guesses] == [
        ("cat: dog", False), ("dog: cat", False)
    ]  # fmt: skip
    assert len(sheet.cells(run)) == 2
    trained.remove(name)
    lost = run_of({"vary": "target", "values": "cat, dog"})
    lost.settings["network"] = name
    assert sheet.cells(lost) == ()


def test_a_record_whose_network_is_gone_is_still_shown(grown, lab):
    run, name = grown
    lab_run = making.add_run(lab, owner=OWNER, network=name, fields={"summary": {}, "step": 9})
    trained.remove(name)
    lost = lab.run(lab_run)
    assert moment.target_name(lost) == "cat"

    def end(run):
        from pages.components import keep

        keep.opinions(run)
        keep.downloads(run)

    app = drawn(end, run)
    said = " ".join(one.value for one in app.markdown)
    assert "No recipe: a network that it needs was trained here" in said
    assert "no other network here knows these classes" in said
