"""The command line in this process: mistakes cost one line and status 2; JSON comes last."""

import json

import pytest
from PIL import Image

from tests import pictures
from tests.pages.components.records import run_of
from tests.store import making
from tfcore import catalog
from tfcore.__main__ import main
from tfcore.cli import answers, follow
from tfcore.cli.files import start_bytes
from tfcore.config import config
from tfcore.errors import UserError
from tfcore.events import RunState
from tfcore.parsing import parse

SYNTHESIZE, PREDICT, ATTACK = "synthesize", "predict", "attack"
DOG = ("--image", "sample:bull mastiff")


@pytest.fixture(autouse=True)
def fresh():
    """Limits are read anew, here and by whoever comes after."""
    config.cache_clear()
    yield
    config.cache_clear()


@pytest.fixture(autouse=True)
def no_engine(monkeypatch):
    """Every mistake is found before an engine is asked for."""

    def asked():
        raise AssertionError("an engine was asked for")

    monkeypatch.setattr(follow, "engine", asked)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "text.jpg").write_text("hello")
    whole = pictures.encoded(pictures.photo(), "PNG")
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.png").write_bytes(whole)
    for name, size in (("tiny", (7, 7)), ("wide", (9000, 8))):
        Image.new("RGB", size).save(tmp_path / f"{name}.png")
    (tmp_path / "empty.json").write_text("{}")
    photo = {"settings": {}, "photo": "not base64!"}
    (tmp_path / "bad_photo.json").write_text(json.dumps(photo))
    (tmp_path / "bad_steps.json").write_text('{"settings": {"steps": 0}}')
    return tmp_path


MISTAKES = [
    ([], "subcommand"),
    (["bogus"], "bogus"),
    (["networks", "--bogus"], "--bogus"),
    ([SYNTHESIZE, "extra"], "extra"),
    ([SYNTHESIZE, "--nope", "1"], "--nope"),
    ([SYNTHESIZE, "--steps"], "--steps"),
    ([SYNTHESIZE, "--steps", "0"], "1 to 100000"),
    ([SYNTHESIZE, "--steps", "90000"], "1 to 20000"),
    ([SYNTHESIZE, "--steps", "abc"], "a whole number"),
    ([SYNTHESIZE, "--steps", "2.5"], "a whole number"),
    ([SYNTHESIZE, "--seed", "-1"], "0 to 2147483647"),
    ([SYNTHESIZE, "--seed", "2147483648"], "0 to 2147483647"),
    ([SYNTHESIZE, "--tv-weight", "1.01"], "0 to 1"),
    ([SYNTHESIZE, "--learning-rate", "0"], "more than 0 to 100"),
    ([SYNTHESIZE, "--learning-rate", "nan"], "more than 0 to 100"),
    ([SYNTHESIZE, "--recipe", "x"], "lesson-tv"),
    ([SYNTHESIZE, "--kind", "x"], "synthesize"),
    ([SYNTHESIZE, "--network", "vgg99"], "vgg16"),
    ([SYNTHESIZE, "--network", "a\nb"], "a b"),
    ([SYNTHESIZE, "--target", ""], "class"),
    ([SYNTHESIZE, "--target", "qqqq"], "qqqq"),
    ([SYNTHESIZE, "--target", "1000"], "0 to 999"),
    ([SYNTHESIZE, "--target", "block4a_expand_relu:240"], "0 to 239"),
    ([SYNTHESIZE, "--target", "nolayer:1"], "nolayer"),
    ([SYNTHESIZE, "--parametrization", "raw"], "lesson"),
    ([SYNTHESIZE, "--photo", "zz"], "photo"),
    ([SYNTHESIZE, "--photo", "0" * 64], "photo"),
    ([SYNTHESIZE, "--start", "photo"], "photo"),
    ([SYNTHESIZE, "--start", "nowhere.jpg"], "no such file"),
    ([SYNTHESIZE, "--start", "."], "directory"),
    ([SYNTHESIZE, "--start", "text.jpg"], "text"),
    ([SYNTHESIZE, "--start", "run:0123456789ab"], "a finished run"),
    ([SYNTHESIZE, "--octaves", "3"], "deepdream"),
    ([SYNTHESIZE, "--start", "half.png"], "PNG"),
    ([PREDICT], "no image"),
    ([PREDICT, "--image", "nowhere.jpg"], "no such file"),
    ([PREDICT, "--image", "text.jpg"], "text"),
    ([PREDICT, "--image", "a\0b"], "unreadable"),
    ([PREDICT, "--image", "whole.png", "--network", "vgg99"], "vgg16"),
    ([ATTACK], "no image"),
    ([ATTACK, "--image", "nowhere.jpg"], "no such file"),
    ([ATTACK, "--image", "text.jpg"], "text"),
    ([ATTACK, "--image", "half.png"], "PNG"),
    ([ATTACK, "--image", "tiny.png"], "7 x 7"),
    ([ATTACK, "--image", "wide.png"], "9000 x 8"),
    ([ATTACK, "--image", "sample:nobody"], "bull mastiff"),
    ([ATTACK, *DOG, "--epsilon", "0"], "more than 0 to 255"),
    ([ATTACK, *DOG, "--epsilon", "256"], "more than 0 to 255"),
    ([ATTACK, *DOG, "--epsilon", "2", "--step-size", "3"], "no longer than the budget"),
    ([ATTACK, *DOG, "--target", "qqqq"], "qqqq"),
    ([ATTACK, *DOG, "--target", "bull mastiff"], "does not show"),
    ([ATTACK, *DOG, "--network", "vgg99"], "vgg16"),
    (["extract", "--data", "digits", "--weights", "x"], "imagenet"),
    (["extract", "--data", "digits", "--weights", "random", "--seed", "-1"], "0 to 2147483647"),
    (["train"], "no data"),
    (["train", "--data", "digits", "--hidden", "a"], "numbers of neurons"),
    (["train", "--data", "digits", "--epochs", "0"], "epochs"),
    (["train", "--data", "digits", "--learning-rate", "0"], "more than 0 to 100"),
    (["train", "--data", "digits", "--network", "vgg99"], "vgg16"),
    (["train", "--data", "digits", "--vary", "dropout"], "a setting together with its values"),
    (["train", "--data", "digits", "--vary", "dropout", "--values", "0,2"], "0 to 0.95"),
    ([PREDICT, "--image", "whole.png", "--head", "0123456789ab"], "trained in this lab"),
    ([PREDICT, "--image", "whole.png", "--head", "head-0123456789ab"], "trained in this lab"),
    ([PREDICT, "--image", "whole.png", "--head", "nowhere.tlhead"], "no such file"),
    ([PREDICT, "--image", "whole.png", "--head", "whole.png"], "one that this lab has written"),
    (["replay"], "RECIPE"),
    (["replay", "nowhere.json"], "no such file"),
    (["replay", "empty.json"], "settings"),
    (["replay", "text.jpg"], "JSON"),
    (["replay", "whole.png"], "recipe"),
    (["replay", "bad_steps.json"], "steps"),
    (["replay", "empty.json", "again"], "again"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=lambda x: str(x)[:40])
def test_a_mistake_costs_one_line_and_status_2(files, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(files)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("error: got ")
    assert ", expected " in said.err
    assert ", fix: " in said.err
    assert words in said.err
    assert "pydantic" not in said.err


def test_a_broken_photo_in_a_recipe_is_told_before_an_engine_starts(files, monkeypatch, capsys):
    monkeypatch.chdir(files)
    assert main(["replay", "bad_photo.json"]) == 2
    assert capsys.readouterr().err.startswith("error: got a recipe whose photo is damaged")


@pytest.mark.parametrize(
    ("name", "value"), [("tv_weight", "2"), ("steps", "x"), ("target", "qqqq"), ("recipe", "x")]
)
def test_form_and_command_line_refuse_in_the_same_words(capsys, name, value):
    with pytest.raises(UserError) as caught:
        parse({name: value})
    assert main([SYNTHESIZE, "--" + name.replace("_", "-"), value]) == 2
    assert capsys.readouterr().err == f"error: {caught.value}\n"


def test_a_deployment_set_up_wrongly_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.setenv("TRANSFERLAB_MAX_STEPS", "many")
    assert main([SYNTHESIZE]) == 2
    assert 'error: got TRANSFERLAB_MAX_STEPS="many"' in capsys.readouterr().err


def test_networks_are_one_json_object_with_stable_keys(capsys):
    assert main(["networks"]) == 0
    said = capsys.readouterr()
    rows = json.loads(said.out.splitlines()[-1])["networks"]
    assert [row["name"] for row in rows] == catalog.names()
    keys = {"name", "params", "input", "weights_mb", "available", "feature_dim"}
    assert all(set(row) >= keys for row in rows)
    lite = rows[0]
    assert (lite["input"], lite["feature_dim"], lite["available"]) == (224, 1280, True)
    assert lite["weights_mb"] == round(lite["params"] * 4 / 1e6, 1)


@pytest.mark.parametrize("verb", [[], [SYNTHESIZE], [PREDICT], ["replay"], ["networks"]])
def test_help_is_no_mistake(capsys, verb):
    with pytest.raises(SystemExit) as left:
        main([*verb, "--help"])
    assert left.value.code == 0
    assert "usage: python -m tfcore" in capsys.readouterr().out


def test_the_help_of_synthesize_tells_what_the_settings_tell(capsys):
    with pytest.raises(SystemExit):
        main([SYNTHESIZE, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "How often the picture is changed" in said
    assert "--tv-weight" in said


def test_every_picture_of_a_what_if_run_is_named_with_its_file_and_what_others_see():
    verdict = {"rank": 2, "probability": 0.3, "top5": [[1, 0.4]]}
    summary = {
        "vary": "tv_weight",
        "cells": [{"caption": "0"}, {"caption": "0.1"}],
        "second_opinion": {"vgg16": {"rank": None, "probability": None, "cells": [verdict] * 2}},
    }
    run = run_of({"vary": "tv_weight", "values": "0, 0.1"}, summary=summary)
    said = answers.synthesis_answer(run, {"cell-0": "cell-0.png", "cell-1": "cell-1.png"})
    assert [cell["image"] for cell in said["cells"]] == ["cell-0.png", "cell-1.png"]
    assert said["vary"] == "tv_weight"
    assert said["second_opinion"]["vgg16"] == {
        "rank": None,
        "probability": None,
        "cells": [{"rank": 2, "probability": 0.3}] * 2,
    }
    assert "cells" not in answers.synthesis_answer(run_of({}), {})


def test_a_finished_runs_picture_is_a_start(monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFERLAB_DATA", str(tmp_path))
    store = making.open_store(config().data)
    run, unfinished = making.add_run(store, state=RunState.FINISHED), making.add_run(store)
    store.add_artifact(run, "image.png", making.photo_png())
    store.close()
    assert start_bytes(f"run:{run}") == making.photo_png()
    with pytest.raises(UserError, match=f'run "{unfinished}"'):
        start_bytes(f"run:{unfinished}")
