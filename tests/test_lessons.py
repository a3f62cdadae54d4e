"""The lesson's experiments: settings that hold, and printed figures that stand."""

import pytest

from tfcore import lessons, parsing

RUN = "0" * 12
BEFORE = {"extract": "scan", "train": "extract", "finetune": "head"}


@pytest.mark.parametrize("network", ["efficientnet-lite0", "vgg16"])
@pytest.mark.parametrize("lesson", lessons.LESSONS, ids=lambda one: one.name)
def test_every_run_of_a_lesson_has_settings_that_hold(lesson, network):
    chain = [
        lessons.extraction(network, 400),
        lessons.training(lesson),
        *lessons.tunings(lesson, network),
    ]
    for settings in chain:
        parsing.parse({**settings, BEFORE[settings["kind"]]: RUN})


def test_what_the_notebooks_print():
    printed = {one.name: dict(one.printed) for one in lessons.LESSONS}
    assert printed["features"] == {"val_accuracy": 0.9516, "seconds": 1896.0}
    assert printed["end-to-end"] == {"val_accuracy": 0.9671, "val_loss": 0.8156}
    assert printed["accident"] == {"val_loss_before": 0.8156, "val_loss": 1.4132}
    assert printed["pytorch-head"] == {"val_accuracy": 0.98}
    assert printed["pytorch-frozen"] == {"val_accuracy": 0.9672}
    assert printed["pytorch-all"] == {"val_accuracy": 0.9744}


def test_the_accident_unfreezes_the_last_four_layers_at_adams_rate_and_nobody_watches():
    careless = lessons.tunings(lessons.get("accident"), "vgg16")[-1]
    assert (careless["blocks"], careless["learning_rate"], careless["guard"]) == (3, 0.001, False)
    assert careless["warm_up"] == 0
    guarded = lessons.tunings(lessons.get("guarded"), "vgg16")[-1]
    assert guarded["guard"]
    assert {k: v for k, v in guarded.items() if k not in ("guard", "steps")} == {
        k: v for k, v in careless.items() if k not in ("guard", "steps")
    }


def test_end_to_end_learns_the_head_alone_and_from_nothing():
    (only,) = lessons.tunings(lessons.get("end-to-end"), "efficientnet-lite0")
    assert (only["blocks"], only["fresh_head"], only["steps"]) == (0, True, 1)
