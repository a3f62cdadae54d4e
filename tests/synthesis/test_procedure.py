import numpy as np
import pytest

from tests.synthesis.conftest import LAYER, SIZE, STILL
from tfcore import images
from tfcore.errors import UserError
from tfcore.parsing import parse
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.procedure import Synthesis

PHOTO = np.random.default_rng(2).integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)


def grown(settings, steps, photo=None):
    run = Synthesis(settings, photo)
    return run, [run.step() for _ in range(steps)]


@pytest.mark.parametrize("objective", ["cross-entropy", "logit"])
@pytest.mark.parametrize("parametrization", ["pixels", "fourier"])
def test_loss_falls_and_probability_rises(tiny, pixels, objective, parametrization):
    _, rows = grown(pixels(objective=objective, parametrization=parametrization), 30)
    assert rows[-1]["total"] < rows[0]["total"]
    assert rows[-1]["probability"] > rows[0]["probability"]


@pytest.mark.parametrize("recipe", ["natural", "maco", "lesson-tv", "lesson"])
def test_every_recipe_runs_and_names_its_figures(tiny, recipe):
    run, rows = grown(SynthesizeSettings(recipe=recipe, steps=5), 2)
    term = "cross_entropy" if recipe.startswith("lesson") else "combined"
    assert list(rows[0]) == ["total", term, "variation", "l2", "probability"]
    assert run.step_number == 2
    assert run.steps == 5
    assert run.preview().image.shape == (SIZE, SIZE, 3)


def test_metrics_describe_the_picture_before_the_step(tiny, pixels):
    run = Synthesis(pixels(start="photo", photo="0" * 64), PHOTO)
    before = dict(run.preview().top5)
    target = run.settings.target
    assert run.step()["probability"] == pytest.approx(
        float(run._groups[0].program.predict(images.to_float(PHOTO)[None])[0, int(target)]),
        rel=1e-4,
    )
    assert before.keys() != {int(target)}


@pytest.mark.parametrize("parametrization", ["pixels", "fourier"])
def test_a_photo_start_is_the_photo(tiny, pixels, parametrization):
    settings = pixels(parametrization=parametrization, start="photo", photo="0" * 64)
    shown = Synthesis(settings, PHOTO).preview().image
    assert np.abs(shown.astype(int) - PHOTO).max() <= 1


def variation(image):
    return sum(np.abs(np.diff(image, axis=axis)).sum() for axis in (0, 1))


def contrast(image):
    return np.square(image - 0.5).mean()


@pytest.mark.parametrize(("knob", "figure"), [("tv_weight", variation), ("l2_weight", contrast)])
@pytest.mark.parametrize("parametrization", ["pixels", "fourier"])
def test_more_weight_on_a_term_ends_with_less_of_it(tiny, pixels, knob, figure, parametrization):
    ends = []
    rate = 0.02 if parametrization == "pixels" else 0.5
    for weight in (0.0, 0.01, 1.0):
        changes = {"parametrization": parametrization, "learning_rate": rate, knob: weight}
        settings = pixels(**changes)
        ends.append(figure(images.to_float(grown(settings, 40)[0].preview().image)))
    assert ends[0] > ends[1] > ends[2]


def test_more_loss_weight_ends_with_a_higher_probability(tiny, pixels):
    ends = [
        grown(pixels(loss_weight=weight, tv_weight=0.02), 40)[1][-1]["probability"]
        for weight in (0.1, 10.0)
    ]
    assert ends[1] > ends[0]


def test_a_channel_target_raises_its_activation(tiny, pixels):
    def excitement(run):
        image = images.to_float(run.preview().image)[None]
        return tiny.activations(image, LAYER).numpy()[..., 2].mean()

    settings = pixels(target=f"{LAYER}:2", objective="logit")
    before = excitement(Synthesis(settings))
    run, rows = grown(settings, 30)
    assert "probability" not in rows[0]
    assert rows[-1]["activation"] < rows[0]["activation"]
    assert excitement(run) > before + 0.1
    summary = run.result().summary
    assert summary["target"] == f"{LAYER}:2"
    assert summary["target_index"] is None
    assert summary["probability"] is None
    assert summary["activation"] == pytest.approx(-rows[-1]["activation"], rel=0.1)
    assert summary["activation_png"] == pytest.approx(summary["activation"], rel=0.02)


def test_the_result_is_judged_on_the_picture_as_saved(tiny, pixels):
    run, _ = grown(pixels(), 20)
    result = run.result()
    saved = images.to_float(images.from_png(images.to_png(result.image)))[None]
    chances = run._groups[0].program.predict(saved)[0]
    summary = result.summary
    assert np.array_equal(result.image, run.preview().image)
    assert summary["probability_png"] == float(chances[340])
    assert summary["probability"] == pytest.approx(summary["probability_png"], rel=0.1)
    assert summary["probability"] != summary["probability_png"]
    assert summary["top5"][0]["index"] == int(chances.argmax())
    assert [row["name"] for row in summary["top5"] if row["index"] == 340] in (["zebra"], [])
    assert summary["total_variation"] == pytest.approx(variation(saved[0]), rel=1e-4)
    assert summary["weights_digest"] == tiny.weights_digest
    assert summary["steps"] == 20
    assert set(summary["versions"]) == {"tensorflow", "keras", "numpy"}


def test_raw_values_are_judged_as_they_are_and_the_png_through_preprocessing(tiny):
    run, _ = grown(SynthesizeSettings(recipe="lesson-tv", target="340"), 3)
    values = run._groups[0].program.image()
    raw = tiny.raw_logits(values).numpy()[0]
    assert run.preview().top5[0][0] == int(raw.argmax())
    summary = run.result().summary
    seen = tiny.logits(images.to_float(images.stretch(values[0]))[None]).numpy()[0]
    assert summary["top5"][0]["index"] == int(seen.argmax())


def test_raw_values_belong_to_the_lessons_recipes():
    with pytest.raises(UserError, match="raw only in the lesson's recipes"):
        parse({"recipe": "natural", "parametrization": "raw"})
    assert parse({"recipe": "lesson"}).parametrization == "raw"


def test_steering_acts_at_once_and_traces_nothing(tiny, pixels):
    run, rows = grown(pixels(tv_weight=0.001), 2)
    run.steer({"tv_weight": 0.002})
    row = run.step()
    assert row["variation"] == pytest.approx(2 * rows[-1]["variation"], rel=0.1)
    for target in ("3", "zebra", "Siamese cat"):
        grown(pixels(target=target, seed=int(target == "3"), tv_weight=0.5), 1)
    assert run._groups[0].program.traces == 1


@pytest.mark.parametrize("optimizer", ["adam", "momentum", "gradient-descent"])
def test_a_restored_run_goes_on_as_if_nothing_had_happened(tiny, optimizer):
    settings = SynthesizeSettings(optimizer=optimizer, seed=4)
    left_alone, _ = grown(settings, 3)
    left_alone.steer({"tv_weight": 0.01})
    state = left_alone.state()
    wanted = [left_alone.step() for _ in range(4)]

    resumed, _ = grown(settings, 1)
    resumed.restore(state)
    assert resumed.step_number == 3
    assert [resumed.step() for _ in range(4)] == wanted
    assert resumed.state() == left_alone.state()


def test_runs_side_by_side_do_not_touch_each_other(tiny):
    settings = [SynthesizeSettings(seed=1, target="3"), SynthesizeSettings(seed=2, target="9")]
    wanted = [grown(one, 4) for one in settings]
    alone = [(rows, run.result().image) for run, rows in wanted]
    pair = [Synthesis(one) for one in settings]
    rows = [[], []]
    for _ in range(4):
        for i, run in enumerate(pair):
            rows[i].append(run.step())
    for i, run in enumerate(pair):
        assert rows[i] == alone[i][0]
        assert np.array_equal(run.result().image, alone[i][1])


@pytest.mark.parametrize("changes", [{"seed": 6}, {"target": "3"}, {"tv_weight": 0.25}])
def test_the_state_of_other_settings_is_refused(tiny, pixels, changes):
    state = grown(pixels(), 1)[0].state()
    other = Synthesis(pixels(**changes))
    with pytest.raises(ValueError, match="other settings"):
        other.restore(state)
    assert other.step_number == 0


def test_the_state_of_another_photo_is_refused(tiny, pixels):
    settings = pixels(start="photo", photo="0" * 64)
    state = Synthesis(settings, PHOTO).state()
    with pytest.raises(ValueError, match="photo"):
        Synthesis(settings, 255 - PHOTO).restore(state)


def test_a_refused_state_leaves_the_run_as_it_was(tiny, pixels):
    run, _ = grown(pixels(), 2)
    before = run.state()
    with pytest.raises(ValueError, match="damaged"):
        run.restore(before[:-1])
    assert run.state() == before


def test_a_run_without_views_or_noise_traces_none_of_them(tiny, pixels):
    def operations(settings):
        graph = Synthesis(settings)._groups[0].program._step.get_concrete_function().graph
        return {operation.type for operation in graph.get_operations()}

    views = {"ImageProjectiveTransformV3", "StatelessRandomUniformV2", "StatelessRandomNormalV2"}
    assert not operations(pixels()) & views
    assert operations(SynthesizeSettings()) >= views
    assert "ImageProjectiveTransformV3" not in operations(pixels(**(STILL | {"noise": 0.1})))


def test_a_cell_of_a_what_if_run_ends_as_a_run_of_its_own(tiny):
    changes = {"target": "340", "seed": 3, "vary": "tv_weight", "values": "0, 0.001, 0.05"}
    together, rows = grown(SynthesizeSettings.model_validate(changes), 6)
    summary = together.result().summary
    sheet = images.pieces(together.preview().image, 3)
    assert [cell["caption"] for cell in summary["cells"]] == ["0", "0.001", "0.05"]
    variations = [cell["total_variation"] for cell in summary["cells"]]
    assert variations[0] > variations[2]
    for index, cell in enumerate(together.settings.cells()):
        alone, single = grown(cell, 6)
        for name, value in single[-1].items():
            assert rows[-1][f"{name}@{index}"] == pytest.approx(value, rel=1e-2, abs=1e-4)
        difference = np.abs(sheet[index].astype(int) - alone.preview().image)
        assert difference.max() <= 2
        top = together.preview().top5[5 * index : 5 * index + 5]
        assert [number for number, _ in top] == [number for number, _ in alone.preview().top5]


@pytest.mark.parametrize(("vary", "values"), [("noise", "0, 0.5"), ("jitter", "0, 8")])
def test_views_that_only_a_later_cell_has_are_its_own(tiny, pixels, vary, values):
    settings = pixels(vary=vary, values=values, seed=0)  # noise in its first step
    together, rows = grown(settings, 2)
    for index, cell in enumerate(together.settings.cells()):
        single = grown(cell, 2)[1][-1]["probability"]
        assert rows[-1][f"probability@{index}"] == pytest.approx(single, rel=1e-4)
    first = rows[0]
    assert first["probability@0"] != pytest.approx(first["probability@1"], rel=0.01)


@pytest.mark.parametrize(
    ("vary", "values"),
    [("target", "3, 9"), ("network", "efficientnet-lite0, vgg16"), ("learning_rate", "0.1, 0.5")],
)
def test_a_what_if_run_is_restored_as_it_was(tiny, vary, values):
    settings = SynthesizeSettings(vary=vary, values=values)
    left_alone, _ = grown(settings, 2)
    state = left_alone.state()
    wanted = [left_alone.step() for _ in range(2)]
    resumed = Synthesis(settings)
    resumed.restore(state)
    assert [resumed.step() for _ in range(2)] == wanted
    assert resumed.step_number == 4
    assert {"total@0", "total@1"} < wanted[0].keys()


def test_a_cell_that_runs_away_leaves_the_others_alone(tiny, pixels):
    settings = {"parametrization": "raw", "recipe": "lesson-tv", "objective": "cross-entropy"}
    rates = {"vary": "learning_rate", "values": "0.1, 100", "tv_weight": 1.0, "l2_weight": 10.0}
    run, rows = grown(SynthesizeSettings.model_validate(settings | rates | STILL), 2)
    run._groups[0].program._value[1].assign(np.full((SIZE, SIZE, 3), np.nan, np.float32))
    row = run.step()
    assert {name.partition("@")[2] for name in row} == {"0"}
    assert {name.partition("@")[2] for name in rows[0]} == {"0", "1"}
    assert run.result().summary["cells"][1]["probability_png"] < 1.0
    run._groups[0].program._value.assign(np.full((2, SIZE, SIZE, 3), np.nan, np.float32))
    assert not np.isfinite(run.step()["total@0"])
