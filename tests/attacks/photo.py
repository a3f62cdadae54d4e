"""A photo that comes installed."""

from tfcore import images, samples


def dog():
    """The bull mastiff, RGB uint8."""
    return images.decode(samples.get("bull mastiff").read())
