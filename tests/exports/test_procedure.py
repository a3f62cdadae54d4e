"""A taught network in every format: each is loaded by a process that knows nothing of the lab."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from tests.exports.making import teach
from tests.trained_making import NAME, made
from tfcore import formats, images, samples, trained
from tfcore.backbones import predict
from tfcore.datasets import packaged
from tfcore.errors import UserError
from tfcore.exports import checking, photos, procedure
from tfcore.exports.procedure import ExportProcedure, Given
from tfcore.settings import ExportSettings

pytestmark = pytest.mark.timeout(1800)

MOST = 200


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder of this file's own."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "config", lambda: SimpleNamespace(data=folder))
        yield folder


@pytest.fixture(scope="module")
def root(request, tmp_path_factory):
    """Real cats and dogs where they are, else pictures of textures."""
    if os.environ.get("TRANSFERLAB_TESTBED"):
        return request.getfixturevalue("testbed") / "cats_dogs"
    return packaged.write("textures", tmp_path_factory.mktemp("installed") / "textures")


@pytest.fixture(scope="module")
def taught(root, data):
    return teach(root, data)


@pytest.fixture(scope="module")
def exported(taught):
    job = ExportProcedure(ExportSettings(head=trained.run_of(NAME), photos=MOST), taught.given)
    assert (job.step_number, job.steps, job.preview()) == (0, 5, None)
    figures = [job.step() for _ in range(job.steps)]
    assert job.step_number == 5
    return figures, job.result()


def row(exported, name):
    return next(one for one in exported[1].summary["formats"] if one["format"] == name)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_it_says_what_the_lab_says(exported, taught, name):
    found = row(exported, name)
    assert found["reason"] == ""
    assert found["photos"] == found["labelled"] == min(MOST, taught.unlearned)
    if name == "litert-int8":
        assert found["agreement"] >= 0.95
        assert found["ci_low"] < found["agreement"] <= found["ci_high"] + 1e-9
        assert abs(found["accuracy"] - found["accuracy_here"]) <= 0.05
    else:
        assert found["difference"] <= 1e-4
        assert (found["agreement"], found["accuracy"]) == (1, found["accuracy_here"])
    assert found["accuracy"] > 0.9


def test_int8_is_a_third_of_the_size_and_all_were_measured(exported):
    figures, result = exported
    assert set(result.files) == {form.artifact for form in formats.FORMATS.values()}
    sizes = {name: row(exported, name)["megabytes"] for name in formats.FORMATS}
    assert sizes["litert-int8"] < sizes["litert"] / 3
    assert max(sizes.values()) < 20
    assert [one["export_mb"] for one in figures] == list(sizes.values())
    json.dumps(result.summary)


@pytest.fixture(scope="module")
def unpacked(exported, tmp_path_factory):
    place = tmp_path_factory.mktemp("home")
    for form in formats.FORMATS.values():
        with zipfile.ZipFile(io.BytesIO(exported[1].files[form.artifact])) as archive:
            assert {name.split("/")[0] for name in archive.namelist()} == {f"{NAME}-{form.name}"}
            archive.extractall(place)
    return place


def test_each_archive_has_all_that_belongs_to_it(unpacked, taught):
    for form in formats.FORMATS.values():
        folder = unpacked / f"{NAME}-{form.name}"
        assert {path.name for path in folder.iterdir()} == {
            form.file,
            "labels.txt",
            "predict.py",
            "README.md",
        }
        labels = (folder / "labels.txt").read_text(encoding="utf-8")
        assert labels == "".join(f"{name}\n" for name in taught.classes)
        card = (folder / "README.md").read_text(encoding="utf-8")
        for said in ("# My animals", form.title, "0.046", "1.25", "Apache License 2.0", "0 to 255"):
            assert said in card, (form.name, said)
        assert ("a loss of" in card) == form.is_rounded


def test_predict_py_reads_a_photo_as_the_lab_does(unpacked):
    photo = next(iter(samples.samples().values()))
    expected = predict.probabilities(NAME, images.decode(photo.read()))
    script = unpacked / f"{NAME}-onnx" / "predict.py"
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(photo.path)], capture_output=True, check=True
    )
    lines = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert len(lines) == min(5, len(expected))
    assert float(lines[0][0]) == pytest.approx(expected.max(), abs=2e-4)


def test_keras_needs_neither_our_code_nor_trust(unpacked):
    content = zipfile.ZipFile(unpacked / f"{NAME}-keras" / "model.keras").read("config.json")
    assert b"tfcore" not in content
    assert b"Lambda" not in content
    modules = set(re.findall(r'"module": "([^"]*)"', content.decode()))
    assert {name.split(".")[0] for name in modules} == {"keras"}
    assert all(
        name != "__lambda__" for name in re.findall(r'"class_name": "([^"]*)"', str(content))
    )


def test_photos_that_were_learned_from_do_not_judge(taught):
    found = photos.choose(
        taught.given.listed, taught.given.data, taught.given.evaluated, taught.classes, 32, 12
    )
    assert found.are_own
    assert len(found.check) == len(found.truth) == len(found.calibration) == 12
    judged = {pixels.tobytes() for pixels in found.check}
    assert not judged & {pixels.tobytes() for pixels in found.calibration}


@pytest.mark.parametrize("given", [Given(), Given(data="/nowhere")])
def test_where_the_data_set_is_gone_installed_photos_are_taken(given):
    found = photos.choose(given.listed, given.data, given.evaluated, ("a", "b"), 32, 50)
    assert not found.are_own
    assert set(found.truth) == {None}
    assert min(len(found.check), len(found.calibration)) >= photos.FEWEST


@pytest.fixture
def job(taught):
    return ExportProcedure(
        ExportSettings(head=trained.run_of(NAME), formats="onnx,litert", photos=8), taught.given
    )


def test_a_file_that_says_something_else_is_not_offered(job, monkeypatch):
    right = checking.answers
    monkeypatch.setattr(checking, "answers", lambda *asked: np.roll(right(*asked), 1, axis=1))
    job.step()
    with pytest.raises(UserError, match="no file that can be offered"):
        job.step()
    result = job.result()
    assert not result.files
    assert "differ from the lab's by" in result.summary["formats"][0]["reason"]


def test_one_that_fails_does_not_take_the_others_along(job, monkeypatch):
    def broken(*_):
        raise KeyError("no such layer")

    job._writer._writers["litert"] = broken
    job.step()
    job.step()
    first, second = job.result().summary["formats"]
    assert "cannot be written as LiteRT" in first["reason"]
    assert second["reason"] == ""
    assert list(job.result().files) == ["export-onnx.zip"]


def test_a_package_that_is_missing_is_named(job, monkeypatch):
    monkeypatch.setattr(formats, "_is_here", lambda name: name != "ai-edge-litert")
    job.step()
    assert "pip install ai-edge-litert" in job.result().summary["formats"][0]["reason"]


def test_an_interrupted_export_begins_again(job):
    assert job.restore(job.state()) is None
    with pytest.raises(ValueError, match="not the state"):
        job.restore(b"something")


def test_what_a_fresh_process_cannot_run_is_told_in_a_sentence(tmp_path):
    (tmp_path / "predict.py").write_text("import tfcore\n")
    with pytest.raises(UserError, match="No module named 'tfcore'") as caught:
        checking.answers(tmp_path, np.zeros((1, 8, 8, 3), np.uint8), "a\nb\n")
    assert "\n" not in str(caught.value)


def test_a_predict_py_that_prints_something_else_is_found(tmp_path):
    (tmp_path / "predict.py").write_text(
        "import numpy\n"
        "def probabilities(images): return numpy.tile([0.25, 0.75], (len(images), 1))\n"
        "print('0.7500\\ta\\tphoto')\n"
    )
    with pytest.raises(UserError, match="prints something else"):
        checking.answers(tmp_path, np.zeros((20, 8, 8, 3), np.uint8), "a\nb\n")
    found = checking.answers(tmp_path, np.zeros((20, 8, 8, 3), np.uint8), "b\na\n")
    np.testing.assert_array_equal(found, np.tile([0.25, 0.75], (20, 1)))
    assert procedure.CARD == "README.md"


def test_a_head_of_other_weights_is_not_exported(data):
    other = trained.name_of("ffffffffffff")
    trained.install(other, made(digest="f" * 64).to_bytes(), data)
    with pytest.raises(UserError, match="train it again"):
        ExportProcedure(ExportSettings(head=trained.run_of(other)), Given())
