"""The classes of a network: whatever they are called, each is found by its own name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trained_making import NAME, made
from tfcore import catalog, classes, labels, targets, trained
from tfcore.errors import UnknownName, UserError
from tfcore.lookup import Classes, Label
from tfcore.parsing import parse

OTHER = trained.name_of("ba9876543210")
AWKWARD = ("10", "2", "american_bulldog", "cat - black", "Cat", "cat", "a:3", "block1a_relu", "—")


@pytest.fixture
def install(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))

    def install(*names, name=NAME, **more):
        trained.install(name, made(names, **more).to_bytes())

    return install


def test_networks_of_the_table_know_imagenets_classes():
    assert {classes.of(name) for name in catalog.names()} == {labels.classes()}
    assert classes.of("vgg16").count == 1000
    assert classes.usual("vgg16") == "Siamese cat"


def test_a_network_of_ones_own_knows_those_of_its_head(install):
    install("cat", "dog")
    known = classes.of(NAME)
    assert known.names() == ("cat", "dog")
    assert (known.count, known.name(1), known.find("DO")) == (2, "dog", Label(1, "dog"))
    assert known.recorded([(1, 0.5)]) == [{"index": 1, "name": "dog", "probability": 0.5}]
    assert [classes.usual(NAME), classes.usual(NAME, "cat")] == ["cat", "dog"]


def test_a_class_that_it_has_not_is_told_with_its_title_and_the_nearest(install):
    install("cat", "dog", "bird")
    with pytest.raises(UnknownName, match=r'"Siamese cat", expected a class of My pets, fix: try'):
        classes.of(NAME).find("Siamese cat")
    with pytest.raises(UserError, match="0 to 2"):
        classes.of(NAME).name(3)
    with pytest.raises(UserError, match='type a name such as "cat"'):
        classes.of(NAME).find(" ")


@pytest.mark.parametrize("name", AWKWARD)
def test_names_that_mean_something_else_elsewhere_are_found_all_the_same(install, name):
    install(*AWKWARD)
    index = AWKWARD.index(name)
    assert classes.of(NAME).find(name).index == index
    assert targets.resolve(name, NAME).class_index == index
    assert parse({"network": NAME, "target": name}).wanted_class == index


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=6, unique=True))
def test_any_name_finds_itself_and_any_text_a_label_or_a_sentence(names):
    known = Classes(names)
    for index, name in enumerate(names):
        assert known.find(name).index == index or known.find(name).name == name.strip()
    for query in ("", "7", "???", "x" * 100, names[0][:3]):
        try:
            assert known.find(query).name in names
        except UserError as error:
            assert error.fix


def test_layers_of_ones_own_network_are_targets_too(install):
    install("cat", "dog")
    layer = list(catalog.layers(NAME))[3]
    assert targets.resolve(f"{layer}:7", NAME).channel == targets.ChannelTarget(layer, 7)
    assert targets.resolve(layer, NAME).name == layer
    assert targets.resolve("cat - dog", NAME).name == "cat - dog"


def test_what_a_name_means_follows_the_file(install):
    install("cat", "dog")
    assert targets.resolve("cat", NAME).class_index == 0
    install("a bird", "cat", "dog")
    assert targets.resolve("cat", NAME).class_index == 1
    trained.remove(NAME)
    with pytest.raises(UnknownName, match="still there"):
        targets.resolve("cat", NAME)
    assert classes.usual(NAME) == "Siamese cat"


@pytest.mark.parametrize("kind", ["synthesize", "attack"])
def test_defaults_follow_the_network(install, kind):
    install("cat", "dog")
    settings = parse({"kind": kind, "network": NAME})
    assert (settings.target, settings.wanted_class) == ("cat", 0)
    assert settings.changed() == {"network": NAME}
    with pytest.raises(UnknownName, match="a class of My pets"):
        parse({"kind": kind, "network": NAME, "target": "Siamese cat"})


def test_the_usual_target_of_an_attack_is_not_what_the_photo_shows(install):
    install("cat", "dog")
    settings = parse({"kind": "attack", "network": NAME, "source": "cat"})
    assert (settings.source_index, settings.wanted_class) == (0, 1)
    with pytest.raises(UserError, match="of the same"):
        parse({"kind": "attack", "network": NAME, "source": "dog", "target": "1"})


def test_a_dream_keeps_its_layer(install):
    install("cat", "dog")
    dream = {"recipe": "deepdream", "start": "photo", "photo": "0" * 64}
    assert parse({**dream, "network": NAME}).target == parse(dream).target


@pytest.mark.parametrize("kind", ["synthesize", "attack"])
def test_only_networks_of_the_same_classes_are_asked_together(install, kind):
    install("cat", "dog")
    install("cat", "dog", name=OTHER)
    together = {"kind": kind, "network": NAME, "ensemble": OTHER}
    assert parse(together).networks == (NAME, OTHER)
    varied = {"kind": kind, "network": NAME, "vary": "network", "values": f"{NAME}, {OTHER}"}
    assert len(parse(varied).cells()) == 2
    mixed = [
        {**together, "ensemble": "efficientnet-lite0"},
        {**varied, "values": f"{NAME}, efficientnet-lite0", "target": "cat"},
        {**varied, "network": "efficientnet-lite0", "target": "cat"},
    ]
    for asked in mixed:
        with pytest.raises(UserError, match="which know different classes"):
            parse(asked)
    install("dog", "cat", name=OTHER)
    with pytest.raises(UserError, match="My pets and My pets, which know different classes"):
        parse(together)


def test_no_head_stands_on_another(install):
    install("cat", "dog", network=OTHER)
    install("cat", "dog", network=NAME, name=OTHER)
    with pytest.raises(UserError, match="train it again"):
        catalog.get(NAME)


def test_random_weights_of_ones_own_network_are_refused(install):
    install("cat", "dog")
    asked = {"kind": "extract", "scan": "0" * 12, "network": NAME}
    assert parse(asked).network == NAME
    with pytest.raises(UserError, match="that it stands on"):
        parse({**asked, "weights": "random"})
