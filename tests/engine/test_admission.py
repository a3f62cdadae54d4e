"""What is let in, whatever a form has checked before."""

import pytest

from tests.store import making
from tfcore import catalog, images, memory
from tfcore.config import Config
from tfcore.engine.admission import admit, check_memory, memory_mb
from tfcore.engine.titles import title
from tfcore.errors import BadImage, TooLarge, UserError
from tfcore.events import RunState
from tfcore.parsing import parse
from tfcore.settings import SynthesizeSettings
from tfcore.store.records import SteeringMark


@pytest.fixture
def store(tmp_path):
    opened = making.open_store(tmp_path)
    yield opened
    opened.close()


def limits(**changes):
    return Config(**{"worker_memory_mb": 8000, **changes})


def submit(store, settings=None, **options):
    run = store.submit(settings or {}, **{"owner": making.OWNER, **options})
    return store.submission(run)


def test_what_fits_is_let_in(store):
    settings = admit(submit(store, {"target": "zebra", "steps": "12"}), store, limits())
    assert (settings.target, settings.steps) == ("zebra", 12)


def test_a_network_too_large_for_the_worker_is_refused_with_the_numbers(store):
    needed = memory.memory_mb(catalog.get("vgg16"))
    command = submit(store, {"network": "vgg16"})
    with pytest.raises(TooLarge) as caught:
        admit(command, store, limits(worker_memory_mb=needed - 1))
    assert f"{needed} MB" in str(caught.value)
    assert f"{needed - 1} MB" in str(caught.value)
    assert catalog.get(catalog.DEFAULT).title in caught.value.fix
    assert admit(command, store, limits(worker_memory_mb=needed)).network == "vgg16"
    check_memory(parse({}), limits(worker_memory_mb=needed - 1))


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING, RunState.PAUSED])
def test_an_owner_has_so_many_unfinished_runs_and_no_more(store, state):
    for _ in range(2):
        making.add_run(store, state=state)
        making.add_run(store, state=RunState.FINISHED)
        making.add_run(store, state=state, owner="another")
    assert admit(submit(store), store, limits(runs_per_owner=3))
    with pytest.raises(UserError, match="2 unfinished runs of yours, expected fewer than 2"):
        admit(submit(store), store, limits(runs_per_owner=2))


def test_a_full_store_takes_no_more_until_something_is_deleted(store):
    run = making.add_run(store, state=RunState.FINISHED)
    store.add_artifact(run, "image.png", bytes(51_000_000))
    with pytest.raises(UserError, match="a store of 51 MB, expected at most 50 MB"):
        admit(submit(store), store, limits(storage_mb=50))
    store.delete(run)
    assert admit(submit(store), store, limits(storage_mb=50))


def test_a_photo_must_be_the_one_that_the_settings_name(store):
    png, other = making.photo_png(), images.to_png(making.picture(30))
    wanted = {"start": "photo", "photo": images.png_digest(png)}
    assert admit(submit(store, wanted, photo=png), store, limits()).start == "photo"
    with pytest.raises(UserError, match="no photo"):
        admit(submit(store, wanted), store, limits())
    with pytest.raises(UserError, match="another digest"):
        admit(submit(store, wanted, photo=other), store, limits())
    with pytest.raises(BadImage):
        admit(submit(store, wanted, photo=b"hello"), store, limits())


@pytest.mark.parametrize("changes", [{"steps": 3.0}, {"tv_weight": 2.0}])
def test_steering_of_a_recipe_is_checked_too(store, changes):
    command = submit(store, marks=[SteeringMark(1, 0, changes)])
    with pytest.raises(UserError):
        admit(command, store, limits())


def test_settings_out_of_bounds_are_refused_whatever_the_form_said(store):
    with pytest.raises(UserError, match="steps"):
        admit(submit(store, {"steps": 0}), store, limits())


def test_a_run_is_called_after_its_target_and_network():
    assert title(parse({"target": "siam"})) == "Siamese cat · EfficientNet-Lite0"
    channel = parse({"target": "block4a_expand_relu:7"})
    assert title(channel) == "block4a_expand_relu:7 · EfficientNet-Lite0"


def test_every_picture_and_every_network_counts_for_the_memory():
    plain = memory_mb(SynthesizeSettings())
    values = ",".join(f"0.00{n}" for n in range(1, 9))
    grid = memory_mb(SynthesizeSettings(vary="tv_weight", values=values))
    pair = memory_mb(SynthesizeSettings(ensemble="efficientnet-lite1"))
    assert plain == memory.memory_mb(catalog.get(catalog.DEFAULT))
    assert grid > plain + 100
    assert pair > plain
    networks = SynthesizeSettings(vary="network", values="efficientnet-lite0,efficientnet-lite1")
    assert memory_mb(networks) == pair


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Siamese cat · EfficientNet-Lite0"),
        ({"ensemble": "vgg16"}, "Siamese cat · EfficientNet-Lite0 + VGG16"),
        ({"vary": "target", "values": "zebra,siam"}, "zebra, Siamese cat · EfficientNet-Lite0"),
        ({"vary": "network", "values": "vgg16,vgg19,resnet50"}, "Siamese cat · 3 networks"),
        (
            {"vary": "tv_weight", "values": "0,0.1"},
            "Siamese cat · EfficientNet-Lite0 · 2 × variation loss",
        ),
    ],
)
def test_the_title_says_what_grows(changes, words):
    assert title(SynthesizeSettings.model_validate(changes)) == words


def test_a_dream_needs_memory_for_its_largest_octave():
    plain = parse({"target": "block5a_expand_relu"})
    dream = parse({"recipe": "deepdream"})
    network = catalog.get(dream.network)
    assert memory_mb(dream) == memory.memory_mb(network, 1, 448) > memory_mb(plain)
    with pytest.raises(TooLarge, match=f"{memory_mb(dream)} MB"):
        check_memory(dream, limits(worker_memory_mb=memory_mb(dream) - 1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": "243"}, "bull mastiff → Siamese cat at 2/255 · EfficientNet-Lite0"),
        ({"epsilon": 0.5}, "a photo → Siamese cat at 0.5/255 · EfficientNet-Lite0"),
        ({"untargeted": True, "method": "cw"}, "a photo → anything else · EfficientNet-Lite0"),
        ({"smallest": True}, "a photo → Siamese cat · EfficientNet-Lite0"),
        (
            {"vary": "method", "values": "lesson, pgd"},
            "a photo → Siamese cat · EfficientNet-Lite0 · 2 × method",
        ),
    ],
)
def test_the_title_of_an_attack_says_from_what_to_what_and_by_how_much(changes, words):
    assert title(parse({"kind": "attack", **changes})) == words


def test_an_attack_is_let_in_with_its_photo_and_not_without(store):
    png = making.photo_png()
    settings = {"kind": "attack", "photo": images.png_digest(png)}
    assert admit(submit(store, settings, photo=png), store, limits()).photo == settings["photo"]
    with pytest.raises(UserError, match="no photo"):
        admit(submit(store, settings), store, limits())
    with pytest.raises(UserError, match="another digest"):
        admit(submit(store, settings, photo=making.photo_png(200)), store, limits())
