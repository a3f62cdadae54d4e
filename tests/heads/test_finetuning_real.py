"""Fine-tuning of networks of the catalog: the file is the network that the run has measured."""

import numpy as np
import pytest

from tests.heads import tuning_made
from tests.heads.tuning_made import ended, folder, head, settings, sides
from tests.trained_making import NAME, made
from tfcore import evaluation, head_file, images, trained
from tfcore.backbones.loading import cached, load
from tfcore.datasets.splitting import split
from tfcore.heads.finetuning import FineTuneProcedure
from tfcore.heads.finetuning_sides import sides_of

NETWORK, SIZE, DIM = "mobilenet-0.25", 64, 256


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))


def agrees(result, root, size):
    """Whether the network of the file guesses as the run's evaluation says."""
    trained.install(NAME, result.files[trained.FILE])
    known = evaluation.from_bytes(result.files[evaluation.FILE]).sides["validation"]
    backbone = load(NAME, size=size)
    seen = [
        images.to_float(images.fit_square(images.decode((root / file).read_bytes()), size))
        for file in known.photos.file
    ]
    guesses = np.asarray(backbone.logits(np.stack(seen))).argmax(axis=1)
    assert guesses.tolist() == list(known.photos.guess)


def test_its_file_is_a_network_that_says_what_the_run_measured(tmp_path):
    root = folder(tmp_path / "colours", side=SIZE)
    digest = load(NETWORK, "untrained", size=SIZE).weights_digest
    begin = head(digest=digest, dim=DIM, size=SIZE)
    photos = sides(root, weights=digest, dim=DIM, size=SIZE)
    job = FineTuneProcedure(settings(blocks=2), begin, photos)
    rows = ended(job)
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    about = head_file.from_bytes(job.result().files[trained.FILE]).about
    assert about.is_fine_tuned
    assert about.title == "My pets, fine-tuned"
    agrees(job.result(), root, SIZE)


@pytest.mark.testbed
def test_a_real_network_learns_photos_of_cats_and_dogs(testbed, tmp_path):
    root = testbed / "cats_dogs"
    backbone = cached("efficientnet-lite0")
    space = {"network": "efficientnet-lite0", "weights": backbone.weights_digest, "size": 224}
    found = tuning_made.material(root, **space, dim=1280, preprocessing="lite")
    few = split(found.photos, validation=0.88, test=0.0).train  # some forty of them
    material = type(found)(found.title, found.digest, found.space, few, found.values)
    begin = made(digest=backbone.weights_digest)
    job = FineTuneProcedure(
        settings(learning_rate=2e-4, steps=2),
        begin,
        sides_of(material, root, validation=0.3, seed=1),
    )
    rows = ended(job)
    assert rows[-1]["val_loss"] < rows[0]["val_loss"]
    agrees(job.result(), root, 224)
