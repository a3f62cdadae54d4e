"""MaCo: whatever the phases do, the magnitudes stay."""

import numpy as np
import pytest

from tests.synthesis.conftest import LAYER
from tfcore import images
from tfcore.synthesis.choosing import procedure_for
from tfcore.synthesis.maco import Maco
from tfcore.synthesis.parametrization import PARAMETRIZATIONS
from tfcore.synthesis.spectrum import COLORS


def spectrum(maco, value):
    """Magnitudes of the decorrelated colours, read off the pixels before the sigmoid."""
    colors = np.array(maco.before_sigmoid(value)) @ np.linalg.inv(COLORS.T)
    return np.abs(np.fft.rfft2(colors.transpose(0, 3, 1, 2)))


@pytest.mark.parametrize("size", [16, 33])
def test_no_phases_change_the_magnitudes(size):
    maco = Maco(size)
    for phases in (maco.initial("noise", 3, None), 9 * maco.initial("noise", 4, None)):
        wanted = np.broadcast_to(maco.magnitude, (1, 3, *maco.magnitude.shape))
        np.testing.assert_allclose(spectrum(maco, phases), wanted, rtol=2e-3, atol=0.02)


def test_steps_change_the_picture_and_leave_the_magnitudes(tiny, pixels):
    run = procedure_for(pixels(parametrization="maco", objective="logit", learning_rate=0.1))
    program = run._groups[0].program
    before, picture = program._value.numpy(), run.preview().image
    rows = [run.step() for _ in range(20)]
    after = program._value.numpy()
    assert rows[-1]["total"] < rows[0]["total"]
    assert np.abs(run.preview().image.astype(int) - picture).max() > 20
    maco = program.parametrization
    np.testing.assert_allclose(spectrum(maco, after), spectrum(maco, before), rtol=2e-3, atol=0.02)


def test_the_strength_falls_with_the_frequency_and_contrast_is_that_of_photos():
    maco = PARAMETRIZATIONS["maco"](64)
    row = maco.magnitude[0]
    assert row[0] == 0
    np.testing.assert_allclose(row[1:] * np.arange(1, 33), row[1], rtol=1e-4)
    image = np.array(maco.image(maco.initial("noise", 0, None)))
    assert 0.15 < image.std() < 0.3
    assert abs(image.mean() - 0.5) < 0.03


def test_a_photo_gives_its_phases_and_stays_recognisable():
    rows, columns = np.mgrid[:64, :64] / 64
    disc = (np.hypot(rows - 0.4, columns - 0.6) < 0.2) * 0.5 + 0.25
    photo = np.repeat(disc[..., None], 3, axis=2).astype(np.float32)
    maco = Maco(64)
    image = np.array(maco.image(maco.initial("photo", 0, photo)))[0]
    assert np.corrcoef(image.mean(2).ravel(), disc.ravel())[0, 1] > 0.5
    assert images.to_uint8(image).shape == (64, 64, 3)
    with pytest.raises(ValueError, match="needs a photo"):
        maco.initial("photo", 0, None)


def test_a_channel_can_be_sought_in_phases(tiny, pixels):
    run = procedure_for(pixels(parametrization="maco", objective="logit", target=f"{LAYER}:2"))
    first = run.step()["activation"]
    for _ in range(15):
        last = run.step()["activation"]
    assert last < first
