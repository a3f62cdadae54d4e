"""The photos that come installed: there, labelled, and what their names say."""

import pytest

from tfcore import images, samples
from tfcore.errors import UserError


def test_every_sample_is_a_photo_of_a_class_of_its_own_name():
    found = samples.samples()
    assert len(found) >= 20
    assert next(iter(found)) == samples.FIRST
    for name, sample in found.items():
        assert sample.name == name
        assert min(images.decode(sample.read()).shape[:2]) >= 200
        assert 0 <= sample.class_index < 1000


def test_the_cat_and_the_mastiff_are_there():
    assert samples.get("Chelsea the cat").class_index == 281
    assert samples.get("bull mastiff").class_index == 243


def test_a_photo_that_is_not_installed_is_refused_with_those_that_are():
    with pytest.raises(UserError, match="Chelsea the cat"):
        samples.get("unicorn")
