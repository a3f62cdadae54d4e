"""How much memory a worker needs for a network: estimated before anything is loaded."""

from __future__ import annotations

from tfcore.catalog import Network

# Fitted to the peak memory of fresh processes that load a network and then optimise 1, 8 or 9
# images (Lite0, MobileNetV2, ResNet50, VGG16; CPU, TensorFlow 2.21): the estimate lies at or above
# each, by a quarter at most.
BASE_MB = 800
LOADING_COPIES = 3.2
RUNNING_COPIES = 2.0
ACTIVATION_SHARE = 0.75
CHECK_IMAGES = 2


def memory_mb(network: Network, batch: int = 1, size: int | None = None) -> int:
    """Estimate the peak memory of a worker process that optimises images with a network.

    Two moments compete. While loading, the weights lie in memory about three times: as drawn, as
    read from the file, and on their way from one to the other. While running they lie there twice
    (some convolutions keep a rearranged copy), and with them most of the activations of every
    image, which the gradient needs again; the check of the fast twin, once before, takes as much
    as two images. TensorFlow itself takes the rest.

    Args:
        network: A row of the catalog.
        batch: Number of images optimised at a time.
        size: Height and width of an image in pixels; None takes the network's own.

    Returns:
        Megabytes (2**20 bytes) of resident memory, TensorFlow and Python included.

    Example:
        >>> memory_mb(catalog.get("efficientnet-lite0")) < memory_mb(catalog.get("vgg16"))
        True
    """
    pixels = ((size or network.input_size) / network.input_size) ** 2
    loading = LOADING_COPIES * network.weights_mb
    activations = ACTIVATION_SHARE * network.activation_mb * max(batch, CHECK_IMAGES) * pixels
    return round(BASE_MB + max(loading, RUNNING_COPIES * network.weights_mb + activations))
