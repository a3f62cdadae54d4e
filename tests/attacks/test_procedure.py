"""An attack as the engine drives it, on the packaged network and an installed photo."""

import numpy as np
import pytest

from tests.attacks.photo import dog
from tfcore import images, labels
from tfcore.attacks.choosing import procedure_for
from tfcore.backbones.predict import probabilities
from tfcore.errors import UserError
from tfcore.settings import AttackSettings

NETWORK = "efficientnet-lite0"


def finished(**given):
    run = procedure_for(AttackSettings(**given), dog())
    rows = []
    while run.step_number < run.steps:
        rows.append(run.step())
    return run, rows, run.result()


@pytest.fixture(scope="module")
def pgd():
    return finished(steps=12)


def test_the_loss_falls_and_the_saved_picture_is_taken_for_the_target(pgd):
    _, rows, result = pgd
    assert rows[-1]["cross_entropy"] < 0.1 * rows[0]["cross_entropy"]
    assert rows[-1]["probability"] > rows[0]["probability"]
    assert rows[-1]["source_probability"] < rows[0]["source_probability"]
    assert all(row["distance"] <= 2.001 for row in rows)
    summary = result.summary
    saved = images.from_png(images.to_png(result.image))
    seen = probabilities(NETWORK, saved)
    assert summary["success_png"] is (labels.name(int(np.argmax(seen))) == "Siamese cat") is True
    assert summary["probability_png"] == pytest.approx(float(seen[284]), abs=1e-5)
    assert summary["source"] == "bull mastiff"


def test_the_figures_of_the_change_are_those_of_the_two_pictures(pgd):
    run, _, result = pgd
    change = result.image.astype(int) - run.photo
    summary = result.summary
    assert summary["linf_255"] == np.abs(change).max() <= 2
    assert summary["l2_255"] == pytest.approx(np.sqrt(np.mean(change**2.0)), rel=1e-5)
    assert summary["l2"] == pytest.approx(np.sqrt(np.sum((change / 255) ** 2)), rel=1e-5)
    assert summary["psnr"] == pytest.approx(-10 * np.log10(np.mean((change / 255) ** 2)), rel=1e-5)
    assert summary["changed_pixels"] == pytest.approx(np.mean(np.any(change, axis=-1)))
    assert 0.95 < summary["ssim"] < 1


def test_state_goes_on_to_the_bit_and_belongs_to_its_settings(pgd):
    _, _, result = pgd
    half = procedure_for(AttackSettings(steps=12), dog())
    for _ in range(5):
        half.step()
    other = procedure_for(AttackSettings(steps=12), dog())
    other.restore(half.state())
    while other.step_number < other.steps:
        other.step()
    assert np.array_equal(other.result().image, result.image)
    with pytest.raises(ValueError, match="belongs"):
        procedure_for(AttackSettings(steps=12, seed=1), dog()).restore(half.state())


def test_a_smaller_budget_holds_from_the_moment_it_is_steered():
    run = procedure_for(AttackSettings(epsilon=8), dog())
    for _ in range(3):
        run.step()
    run.steer({"epsilon": 1})
    assert np.abs(run.result().image.astype(int) - run.photo).max() <= 1
    assert run.result().summary["epsilon_255"] == 1


def test_the_preview_shows_the_picture_and_beside_it_the_change(pgd):
    run, _, result = pgd
    shown = run.preview()
    picture, change = images.pieces(shown.image, 2)
    assert np.array_equal(picture, result.image)
    factor = run.settings.amplification
    expected = 128 + factor * (result.image.astype(int) - run.photo)
    assert np.array_equal(change, np.clip(expected, 0, 255))
    assert shown.top5[0][0] == 284


@pytest.mark.parametrize("method", ["fgsm", "deepfool", "mifgsm"])
def test_each_method_makes_it_anything_but_a_mastiff(method):
    _, rows, result = finished(method=method, untargeted=True, epsilon=4, norm="linf")
    assert result.summary["success_png"]
    assert result.summary["top5"][0]["name"] != "bull mastiff"
    assert result.summary["probability_png"] is None
    assert "probability" not in rows[0]


def test_carlini_and_wagner_find_less_than_pgd_needs():
    _, _, small = finished(method="cw", steps=150)
    _, _, large = finished(method="pgd", norm="l2", epsilon=2)
    assert small.summary["success_png"]
    assert large.summary["success_png"]
    assert small.summary["l2"] < large.summary["l2"]


def test_the_lessons_way_and_the_mended_one_side_by_side():
    run, rows, result = finished(vary="method", values="lesson, pgd", steps=30)
    lesson, mended = result.summary["cells"]
    assert [lesson["caption"], mended["caption"]] == ["lesson", "pgd"]
    assert mended["success_png"]
    assert mended["linf_255"] <= 2 < lesson["linf_255"]
    assert mended["psnr"] > lesson["psnr"]
    assert {"total@0", "total@1"} <= rows[0].keys()
    assert result.image.shape == (run.photo.shape[0], 2 * run.photo.shape[1], 3)


def test_an_ensemble_must_all_be_fooled():
    _, _, result = finished(ensemble="efficientnet-lite1", epsilon=4, steps=15)
    assert result.summary["success_png"]
    assert probabilities(NETWORK, result.image).argmax() == 284


def test_without_a_photo_nothing_begins():
    with pytest.raises(UserError, match="no photo"):
        procedure_for(AttackSettings(), None)


@pytest.mark.parametrize("given", [{"method": "cw", "steps": 100}, {"smallest": True, "steps": 64}])
def test_a_stopped_search_is_replayed_with_the_rounds_it_had(given):
    whole = procedure_for(AttackSettings.model_validate(given), dog())
    for _ in range(13):
        whole.step()
    rounds = whole.settings.steps_a_round
    short = AttackSettings.model_validate({**given, "steps": 13, "round_steps": rounds})
    again = procedure_for(short, dog())
    while again.step_number < again.steps:
        again.step()
    assert again.step_number == 13
    assert np.array_equal(again.result().image, whole.result().image)


def test_what_a_run_is_about_is_not_steered_away():
    search = procedure_for(AttackSettings(smallest=True, steps=64), dog())
    search.steer({"epsilon": 100.0, "tv_weight": 0.5})
    assert search.groups[0].knobs["epsilon"] == 2
    assert search.groups[0].knobs["tv_weight"] == 0.5
    beside = procedure_for(AttackSettings(vary="method", values="lesson, pgd", steps=4), dog())
    beside.steer({"step_size": 0.25, "epsilon": 1.0})
    lesson, mended = beside.groups
    assert lesson.knobs["step_size"] == 1
    assert mended.knobs["step_size"] == 0.25
    assert mended.knobs["epsilon"] == 1
