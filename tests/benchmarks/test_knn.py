"""The table of k-NN: a row for each network, data set and kind of weights, told as it comes."""

import json

from benchmarks import knn
from tests.datasets import making


def test_each_combination_is_a_line_and_the_aim_is_that_of_pretrained_cats_and_dogs(
    monkeypatch, tmp_path, capsys
):
    root = making.folder(
        tmp_path, {f"{label}/{n}.png": making.png(n) for label, n in (("cat", 0), ("dog", 1))}
    )
    asked = []

    def row(network, weights, folder, where, photos):
        asked.append((where, len(photos)))
        return {"accuracy": 0.97 if weights == "imagenet" else 0.6}

    monkeypatch.setattr(knn, "roots", lambda wanted: [("cats_dogs", root)])
    monkeypatch.setattr(knn, "_row", row)
    found = knn.measure(1, "efficientnet-lite0,efficientnet-lite1")
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == found["rows"]
    assert [(row["network"][-5:], row["weights"]) for row in found["rows"]] == [
        ("lite0", "imagenet"),
        ("lite0", "random"),
        ("lite1", "imagenet"),
        ("lite1", "random"),
    ]
    assert asked == [(root, 1)] * 4
    assert (found["aim"], found["reached"]) == (0.96, True)
    assert knn.measure(1, "efficientnet-lite1")["reached"] is None
