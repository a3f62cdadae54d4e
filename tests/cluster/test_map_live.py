"""From a folder to a space: analysed, mapped, and asked about, by a real engine and its worker."""

import json

import pytest

from tests.cluster.lab import Lab
from tests.datasets import making
from tfcore.engine import calls
from tfcore.errors import UserError
from tfcore.events import RunState, Verb
from tfcore.similarity import maps
from tfcore.similarity.analysis import ANALYSIS, from_bytes

pytestmark = pytest.mark.timeout(400)

PHOTOS = {
    f"{label}/{number}.png": making.png(number + start)
    for label, start in (("cat", 1000), ("dog", 1100))
    for number in range(8)
}
NETWORK = "efficientnet-lite0"


def test_a_data_set_becomes_a_space(lab: Lab, tmp_path) -> None:
    root = making.folder(tmp_path / "pets", PHOTOS)
    scan = lab.start({"kind": "scan", "data": str(root)})
    lab.wait(scan, RunState.FINISHED)

    def extracted(**changes: object):
        run = lab.start({"kind": "extract", "scan": scan, "network": NETWORK, **changes})
        done = lab.wait(run, RunState.FINISHED)
        return done, from_bytes(lab.store.artifact(run, ANALYSIS))

    run, found = extracted()
    assert found.files == sorted(PHOTOS, key=str.encode)
    assert run.summary["separability"]["n"] == 16

    whole = lab.start({"kind": "map", "extract": run.id, "perplexity": 5, "steps": 250})
    assert lab.wait(whole, RunState.FINISHED).steps == 250
    drawn = lab.store.artifact(whole, maps.MAP)
    assert maps.from_bytes(drawn).rows == list(range(16))
    assert lab.store.frame(whole).jpeg
    assert [set(row) for _, row in lab.store.all_metrics(whole)] == [{"kl_divergence"}] * 25

    stopped = lab.start({"kind": "map", "extract": run.id, "perplexity": 5, "steps": 2000})
    lab.ask(stopped, Verb.STOP)
    lab.wait(stopped, RunState.STOPPED, RunState.FINISHED)

    name = found.files[3]
    question = (dict(run.settings), dict(run.summary["space"]), list(found.digests), PHOTOS[name])
    (first, likeness), *others = lab.link.ask(calls.nearest, *question)
    assert (first, likeness) == (3, pytest.approx(1, abs=1e-3))
    assert [row for row, _ in others[:5]] == list(found.neighbours[3][:5])
    with pytest.raises(UserError, match="extract the features again"):
        lab.link.ask(calls.nearest, question[0], {**question[1], "weights": "0f"}, *question[2:])

    # Its pretrained weights are not here, and nobody asks for them.
    random, floor = extracted(network="mobilenet-0.25", weights="random", seed=1)
    assert random.title == "Features · MobileNet 0.25, random weights"
    assert (random.summary["cache_hits"], floor.digests) == (0, found.digests)
    assert json.loads(lab.store.artifact(random.id, ANALYSIS))["pca"] != found.pca
