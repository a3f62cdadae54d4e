"""The recipe file: there and back without loss, and hostile bytes are refused in words."""

import base64
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store import making
from tests.trained_making import made, record
from tfcore import images, trained
from tfcore.errors import BadImage, UnknownName, UserError
from tfcore.events import RunState
from tfcore.settings import SynthesizeSettings
from tfcore.store import recipe_file
from tfcore.store.records import SteeringMark

MADE_WITH = {"versions": {"keras": "3"}, "weights_digest": "ab", "threads": 2}
QUICK = settings(deadline=None, max_examples=40)


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def finished(store, **options):
    summary = {"probability": 0.9, "probability_png": 0.89, **MADE_WITH, "top5": []}
    fields = {"summary": summary, "step": 12}
    run = making.add_run(
        store, state=options.pop("state", RunState.FINISHED), fields=fields, steps=30, **options
    )
    return store.run(run)


def whole():
    return {"settings": {"target": "zebra"}, "steering": [[3, {"tv_weight": 0.1}]]}


def read(document):
    return recipe_file.read(json.dumps(document).encode())


def refuse(content):
    """The words with which bytes are refused; None when they are a recipe after all."""
    try:
        recipe_file.read(content).photo_png  # noqa: B018  # the property checks
    except UserError as error:
        return str(error)
    return None


def test_a_recipe_comes_back_as_it_was_written(store):
    png = making.photo_png()
    run = finished(store, target="zebra", seed=7, tv_weight=0.03)
    marks = [SteeringMark(2, 5, {"tv_weight": 0.1}), SteeringMark(2, 6, {"learning_rate": 0.2})]
    recipe = recipe_file.compose(run, marks, png)
    again = recipe_file.read(recipe_file.to_json(recipe))
    assert again == recipe
    assert again.settings.model_dump() == run.settings
    assert [(m.step, m.changes) for m in again.marks] == [(m.step, m.changes) for m in marks]
    assert again.expected["pixels"] == images.digest(making.picture(side=224))
    assert again.expected["probability_png"] == 0.89
    assert again.made_with == MADE_WITH


def test_the_photo_travels_in_the_recipe(store):
    png = making.photo_png()
    digest = images.png_digest(png)
    values = SynthesizeSettings(start="photo", photo=digest).model_dump()
    command = store.submit(values, owner="a", photo=png)
    store.create(store.submission(command), title="t", settings=values)
    recipe = recipe_file.compose(store.run(command), [], None)
    again = recipe_file.read(recipe_file.to_json(recipe))
    assert images.png_digest(again.photo_png) == digest == again.settings.photo
    assert "pixels" not in again.expected


def test_a_stopped_run_ends_where_it_was_stopped(store):
    assert recipe_file.compose(finished(store), [], None).settings.steps == 30
    stopped = finished(store, state=RunState.STOPPED)
    assert recipe_file.compose(stopped, [], None).settings.steps == 12


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file"),
        (b"hello", "Invalid JSON"),
        (b"[]", "recipe file"),
        (b"{}", "settings"),
        (b'{"format": "other", "settings": {}}', "format"),
        (b'{"version": 2, "settings": {}}', "version"),
        (b'{"settings": {"steps": 0}}', "steps"),
        (b'{"settings": {"target": "qqqq"}}', "qqqq"),
        (b'{"settings": {"network": "vgg99"}}', "vgg99"),
        (b'{"settings": {"bogus": 1}}', "bogus"),
        (b'{"settings": {"parametrization": "raw"}}', "raw"),
        (b'{"settings": {}, "steering": [[-1, {}]]}', "steering"),
        (b'{"settings": {}, "steering": [[' + b"9" * 30 + b", {}]]}", "steering"),
        (b'{"settings": {}, "steering": [[1, {"tv_weight": "x"}]]}', "steering"),
        (b'{"settings": {}, "photo": "not base64!"}', "photo"),
        (b'{"settings": {}, "photo": "aGVsbG8="}', "text file"),
        ('{"settings": {}, "photo": "\u00e4\u00f6"}'.encode(), "photo"),
        (b"[" * 100_000, "the file"),
        (b"\xff\xfe\x00", "the file"),
        (b'{"settings": {"a\\nb": 1}}', "a b"),
    ],
)
def test_what_is_no_recipe_is_refused_in_one_line(content, words):
    said = refuse(content)
    assert said is not None
    assert words in said
    assert "\n" not in said
    assert len(said) < 500


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(recipe_file, "_MOST_BYTES", 1000)
    assert "at most" in refuse(b" " * 1001 + json.dumps(whole()).encode())
    assert refuse(json.dumps(whole()).encode()) is None


def test_a_broken_photo_is_refused(store):
    png = making.photo_png(64)
    half = base64.b64encode(png[: len(png) // 2]).decode()
    with pytest.raises(BadImage):
        read({**whole(), "photo": half}).photo_png  # noqa: B018
    assert read(whole()).photo_png is None


@QUICK
@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_user_errors(content):
    assert refuse(content) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = ("format", "version", "settings", "steering", "photo", "made_with", "expected")


@QUICK
@given(st.sampled_from(FIELDS), JSON)
def test_a_mutated_field_raises_nothing_but_user_errors(name, value):
    refuse(json.dumps({**whole(), name: value}).encode())


@QUICK
@given(st.sampled_from(list(SynthesizeSettings.model_fields)), JSON)
def test_a_mutated_setting_raises_nothing_but_user_errors(name, value):
    document = whole()
    document["settings"][name] = value
    refuse(json.dumps(document).encode())


@QUICK
@given(st.data())
def test_flipped_bytes_raise_nothing_but_user_errors(data):
    content = bytearray(json.dumps(whole()).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    refuse(bytes(content))


def test_a_dream_stopped_early_keeps_its_octaves(store):
    fields = {"step": 12}
    options = {"recipe": "deepdream", "steps": 40, "octaves": 4}
    run = store.run(making.add_run(store, state=RunState.STOPPED, fields=fields, **options))
    recipe = recipe_file.compose(run, [], None).settings
    assert recipe.steps == 12
    whole = SynthesizeSettings.model_validate(run.settings)
    assert [recipe.octave_at(step) for step in range(12)] == [
        whole.octave_at(step) for step in range(12)
    ]
    assert recipe.octave_at(11) == 1


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Go to another machine, whose folder is empty; and the data folder of this one."""
    place = {"data": tmp_path}
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), place))

    def go():
        place["data"] = tmp_path / "elsewhere"

    return go


def test_a_network_of_ones_own_travels_in_the_recipe(store, elsewhere):
    name = record(store, made(), "me")
    run = finished(store, network=name, target="dog")
    content = recipe_file.to_json(recipe_file.compose(run, [], None))
    assert recipe_file.read(content).settings.network == name, "it is here already"

    elsewhere()
    settings = recipe_file.read(content).settings
    assert settings.model_dump() == {**run.settings, "network": settings.network}
    assert settings.network != name
    assert trained.content_of(settings.network) == made().to_bytes()
    assert recipe_file.read(content).settings == settings, "it is brought once"
    assert len(list(trained.path_of(name).parent.iterdir())) == 1


def test_a_network_that_is_here_is_never_replaced_by_a_recipes(store, elsewhere):
    name = record(store, made(), "me")
    content = recipe_file.to_json(recipe_file.compose(finished(store, network=name), [], None))
    elsewhere()
    trained.install(name, made(("cat", "dog", "bird")).to_bytes())
    assert recipe_file.read(content).settings.network != name
    assert trained.about(name).classes == ("cat", "dog", "bird")


def test_without_the_network_there_is_a_sentence_and_no_recipe(store, elsewhere, monkeypatch):
    name = record(store, made(), "me")
    run = finished(store, network=name)
    monkeypatch.setattr(recipe_file, "_MOST_HEADS", 100)
    content = recipe_file.to_json(recipe_file.compose(run, [], None))
    assert recipe_file.read(content).settings.network == name, "too large to travel, but here"
    elsewhere()
    with pytest.raises(UnknownName, match="trained in this lab and is still there"):
        recipe_file.read(content)
    with pytest.raises(UnknownName, match="still there"):
        recipe_file.compose(run, [], None)


def compressed():
    """A head whose numbers would grow when they are read."""
    about, packed = trained.unwrapped(made().to_bytes())
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as plain, zipfile.ZipFile(bomb, "w") as tight:
        for name in plain.namelist():
            tight.writestr(name, plain.read(name), zipfile.ZIP_DEFLATED)
    return trained.wrapped(about, bomb.getvalue())


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"TLHEAD01",
        made().to_bytes()[:-1],
        compressed(),
        made(network=trained.name_of("0" * 12)).to_bytes(),
        made(network="no-such-network").to_bytes(),
        made(layer="no_such_layer", pooling="mean").to_bytes(),
    ],
)
def test_a_hostile_network_is_refused_and_nothing_of_it_stays(elsewhere, tmp_path, head):
    name = trained.name_of("0" * 12)
    settings = {"network": name, "target": "cat"}
    document = {"settings": settings, "heads": {name: base64.b64encode(head).decode()}}
    with pytest.raises(UserError):
        read(document)
    assert not (tmp_path / "heads").exists()


@pytest.mark.parametrize("name", ["../../x", "vgg16", "head-1"])
def test_no_other_name_is_taken_from_a_recipe(elsewhere, name):
    text = base64.b64encode(made().to_bytes()).decode()
    with pytest.raises(UserError):
        read({**whole(), "heads": {name: text}})
