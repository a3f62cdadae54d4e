"""DeepDream: more of what a network sees in a photo, octave by octave, and still that photo."""

import numpy as np
import pytest

from tests.synthesis.conftest import LAYER
from tfcore import images, octaves
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.choosing import procedure_for
from tfcore.synthesis.dream import Dream
from tfcore.synthesis.octaves import grown, resized
from tfcore.synthesis.procedure import Synthesis

SIDE = 128


def smooth(side):
    """A photo with large shapes, fine grain and no pixel near black or white."""
    rows, columns = np.mgrid[:side, :side] / side
    waves = [np.sin(9 * rows + shade) * np.cos(7 * columns) for shade in range(3)]
    grain = np.random.default_rng(4).normal(0, 0.03, (side, side, 3))
    return images.to_uint8(0.5 + 0.25 * np.stack(waves, axis=2) + grain)


PHOTO = smooth(SIDE)


@pytest.fixture
def small(monkeypatch, tiny):
    """Dreams of 32 to 128 px."""
    monkeypatch.setattr(octaves, "SIDE", SIDE)
    monkeypatch.setattr(octaves, "SMALLEST", 32)
    return tiny


def dream(photo=PHOTO, **changes):
    base = {"recipe": "deepdream", "target": LAYER, "steps": 20, "seed": 3}
    base |= {"start": "photo", "photo": "0" * 64} if photo is not None else {}
    return procedure_for(SynthesizeSettings.model_validate(base | changes), photo)


def test_the_recipe_chooses_the_procedure(small):
    assert isinstance(dream(), Dream)
    assert isinstance(procedure_for(SynthesizeSettings()), Synthesis)


@pytest.mark.parametrize("target", [LAYER, f"{LAYER}:2", "zebra"])
def test_excitement_rises_in_every_octave_and_the_photo_is_still_seen(small, target):
    run = dream(target=target, learning_rate=0.005)
    before = run._program.excitement(images.to_float(PHOTO)[None])
    rows = [run.step() for _ in range(20)]
    for octave in range(4):
        steps = [row["total"] for row in rows[5 * octave : 5 * octave + 5]]
        assert steps[-1] < steps[0]
    picture = run.result().image
    assert run._program.excitement(images.to_float(picture)[None]) > before
    likeness = np.corrcoef(picture.ravel(), PHOTO.ravel())[0, 1]
    assert 0.8 < likeness < 0.999


def test_a_run_saved_before_an_octave_ends_alike_bit_for_bit(small):
    alone = dream()
    for _ in range(8):
        alone.step()
    alone.steer({"learning_rate": 0.02, "tv_weight": 0.0001})
    states = []
    for _ in range(4):
        states.append(alone.state())
        alone.step()
    wanted = [alone.step() for _ in range(6)]
    for steps, state in enumerate(states):
        resumed = dream()
        resumed.restore(state)
        assert resumed.step_number == 8 + steps
        for _ in range(4 - steps):
            resumed.step()
        assert [resumed.step() for _ in range(6)] == wanted
        assert resumed.state() == alone.state()
        assert np.array_equal(resumed.result().image, alone.result().image)


def test_a_run_stopped_early_can_be_done_again_from_its_recipe(small):
    whole, again = dream(), dream(steps=7, octave_steps=5)
    for _ in range(7):
        assert whole.step() == again.step()
    assert np.array_equal(whole.result().image, again.result().image)


def test_the_first_preview_is_the_photo_at_full_size(small):
    shown = dream().preview().image
    assert shown.shape == (SIDE, SIDE, 3)
    assert np.abs(shown.astype(int) - PHOTO).max() <= 1


def test_growing_brings_back_the_detail_that_shrinking_lost():
    source = images.to_float(PHOTO)[None]
    small = resized(source, 64)
    blurred = resized(small, SIDE)
    np.testing.assert_allclose(grown(small, source, SIDE), source, atol=1e-6)
    assert np.abs(blurred - source).mean() > 0.005
    dreamt = grown(small + 0.05, source, SIDE)
    np.testing.assert_allclose(dreamt, source + 0.05, atol=0.01)


def test_a_step_is_as_long_as_the_learning_rate_whatever_the_weight(small):
    for weight in (1.0, 100.0):
        run = dream(loss_weight=weight, octaves=1)
        before = run._picture.copy()
        run.step()
        length = np.abs(run._picture - before).mean()
        assert length == pytest.approx(run.settings.learning_rate, rel=0.01)


def test_the_shift_is_drawn_anew_at_each_step_from_the_seed(small):
    pictures = []
    for changes in ({"jitter": 16}, {"jitter": 16}, {"jitter": 0}, {"jitter": 16, "seed": 4}):
        run = dream(**changes)
        run.step()
        pictures.append(run._picture)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[3])


def test_one_trace_serves_all_octaves_and_steering(small):
    run = dream()
    for _ in range(20):
        run.step()
        run.steer({"learning_rate": 0.01 + run.step_number / 1000})
    assert run._program._step.experimental_get_tracing_count() == 1
    assert sorted({*run.settings.sizes}) == [32, 64, 96, SIDE]


def test_steering_acts_from_the_next_step(small):
    run = dream(octaves=1, tv_weight=0.1, learning_rate=0.001)
    before = run.step()["variation"]
    run.steer({"tv_weight": 0.2})
    assert run.step()["variation"] == pytest.approx(2 * before, rel=0.1)


def test_the_summary_has_the_keys_of_every_synthesis(small):
    run, other = dream(), procedure_for(SynthesizeSettings(target=LAYER))
    row = run.step()
    assert list(row) == ["total", "excitation", "variation", "l2"]
    summary = run.result().summary
    assert set(summary) == {*other.result().summary, "sizes"}
    assert summary["probability"] is None
    assert summary["activation_png"] == pytest.approx(summary["activation"], rel=0.02)
    chances = dream(target="zebra").result().summary
    assert chances["probability_png"] == pytest.approx(chances["probability"], rel=0.05)


@pytest.mark.parametrize("start", ["noise", "gray"])
def test_a_dream_can_begin_without_a_photo(small, start):
    run = dream(photo=None, start=start)
    rows = [run.step() for _ in range(5)]
    assert rows[-1]["excitation"] < rows[0]["excitation"]


def test_the_state_of_another_photo_or_setting_is_refused(small):
    state = dream().state()
    for other in (dream(photo=255 - PHOTO), dream(seed=9), dream(octaves=3)):
        with pytest.raises(ValueError, match="other settings"):
            other.restore(state)


def test_numbers_that_run_away_are_told_and_shown_gray(small):
    run = dream()
    run._picture = np.full_like(run._picture, np.nan)
    assert not np.isfinite(run.step()["total"])
    assert (run.preview().image == 128).all()


def test_the_real_network_sees_more_at_each_size():
    photo = smooth(256)
    settings = {"recipe": "deepdream", "octaves": 2, "steps": 6, "jitter": 4}
    settings |= {"start": "photo", "photo": "0" * 64}
    run = procedure_for(SynthesizeSettings.model_validate(settings), photo)
    rows = [run.step()["excitation"] for _ in range(6)]
    assert rows[2] < rows[0]
    assert rows[5] < rows[3]
    picture = run.result().image
    assert picture.shape == (448, 448, 3)
    likeness = np.corrcoef(picture.ravel(), images.fit_square(photo, 448).ravel())[0, 1]
    assert likeness > 0.9


def test_more_variation_loss_leaves_a_smoother_dream(small):
    ends = []
    for weight in (0.0, 0.1, 1.0):
        run = dream(tv_weight=weight)
        for _ in range(20):
            run.step()
        ends.append(run.result().summary["total_variation"])
    assert ends[0] > ends[1] > ends[2]


def test_the_unit_in_the_middle_of_any_size_can_be_dreamt_of(small):
    run = dream(target=f"{LAYER}:2@center", learning_rate=0.0001)
    first = run.step()["activation"]
    assert run.step()["activation"] < first
