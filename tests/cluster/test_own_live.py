"""Networks of one's own in a real engine, and on a worker that keeps another data folder."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.attacks.photo import dog
from tests.browser.waiting import until
from tests.cluster.dask_cluster import DaskCluster
from tests.cluster.lab import OWNER, QUICK, Lab
from tests.trained_making import record, sliced
from tfcore import images, trained
from tfcore.backbones.loading import cached
from tfcore.engine import calls
from tfcore.errors import UserError
from tfcore.events import RunState, Verb
from tfcore.head_file import Trained
from tfcore.store.writer import RunWriter

pytestmark = pytest.mark.timeout(700)

PATIENT_SECONDS = 300.0  # a worker that loads TensorFlow beside others of a busy machine
CLASSES = ("tabby", "bull mastiff", "zebra")


@pytest.fixture(scope="module")
def head() -> Trained:
    """A head whose answers are known."""
    return sliced(cached("efficientnet-lite0"), *CLASSES)


def own(lab: Lab, head: Trained) -> str:
    """A network as a run of training leaves it in a lab's folder; its name."""
    with closing(RunWriter(lab.link.config.database)) as store:
        return record(store, head, OWNER)


@pytest.fixture
def photo() -> bytes:
    return images.to_png(images.fit_square(dog(), 224))


def test_its_picture_is_judged_by_ones_other_networks_and_none_is_made_of_one_gone(
    lab: Lab, head: Trained, photo: bytes
) -> None:
    name, twin = own(lab, head), own(lab, head)
    run = lab.start({"network": name, "target": "zebra"})
    ended = lab.wait(run, seconds=PATIENT_SECONDS)
    assert (ended.state, ended.summary["target"]) == (RunState.FINISHED, "zebra")
    assert ended.title == "zebra · A few of them"
    assert set(ended.summary["second_opinion"]) == {twin}
    assert lab.link.predict(name, photo)[0][0] == 1
    found = lab.link.ask(calls.class_activation, name, 1, photo)
    assert found["evidence"] > 0

    lab.ask(trained.run_of(name), Verb.DELETE)
    again = lab.start({"network": name, "target": "zebra"})

    def refused() -> str | None:
        lab.look()
        submission = lab.store.submission(again)
        return submission.refusal if submission is not None else None

    refusal = until(refused, seconds=60, what="a refusal")
    assert "trained in this lab and is still there" in refusal
    with pytest.raises(UserError, match="still there"):
        lab.link.predict(name, photo)


@pytest.fixture
def abroad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Lab, Path]]:
    """A lab whose one worker is elsewhere: it keeps a data folder of its own."""
    theirs = tmp_path / "theirs"
    workers = {"TRANSFERLAB_DATA": str(theirs)}
    with DaskCluster(tmp_path / "cluster", {"only": "run=1 shard=1"}, workers) as cluster:
        for variable, value in cluster.variables.items():
            monkeypatch.setenv(variable, value)
        with closing(Lab(tmp_path / "ours")) as lab:
            yield lab, theirs


def test_a_worker_elsewhere_is_brought_the_network(
    abroad: tuple[Lab, Path], head: Trained, photo: bytes
) -> None:
    lab, theirs = abroad
    name, asked_at_once = own(lab, head), own(lab, head)
    run = lab.start({**QUICK, "network": name, "target": "zebra", "steps": 5})
    ended = lab.wait(run, seconds=PATIENT_SECONDS)
    assert ended.state is RunState.FINISHED, ended.reason
    assert trained.path_of(name, theirs).read_bytes() == head.to_bytes()
    assert set(ended.summary["second_opinion"]) == {asked_at_once}
    trained.remove(asked_at_once, theirs)
    seen = lab.link.predict(asked_at_once, photo)
    assert seen[0][0] == 1
    assert trained.path_of(asked_at_once, theirs).is_file()
