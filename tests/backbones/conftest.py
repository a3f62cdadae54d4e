"""Networks that several tests look at."""

import pytest

from tfcore.backbones.loading import load


@pytest.fixture(scope="session")
def lite0():
    return load("efficientnet-lite0")


@pytest.fixture(scope="session")
def small():
    """The smallest network, with random weights, on small images."""
    return load("mobilenet-0.25", weights="random", size=64)
