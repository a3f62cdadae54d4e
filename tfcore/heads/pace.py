"""How fast a head learns: the optimizer, and what the schedule makes of its learning rate."""

from __future__ import annotations

import math

import keras

from tfcore.settings import TrainSettings

_MOMENTUM = 0.9


def optimizer(settings: TrainSettings) -> keras.optimizers.Optimizer:
    """Keras's own, so that names mean here what they mean there."""
    rate = settings.learning_rate
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(rate)
    if settings.optimizer == "momentum":
        return keras.optimizers.SGD(rate, momentum=_MOMENTUM)
    if settings.optimizer == "adagrad":
        return keras.optimizers.Adagrad(rate)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate)
    return keras.optimizers.Adam(rate)


def factor(settings: TrainSettings, epoch: int) -> float:
    """What the learning rate of an epoch is multiplied by; the first is number 0.

    The cosine is that of Loshchilov and Hutter, "SGDR", 2017, without restarts.

    Example:
        >>> factor(TrainSettings(extract="0" * 12, schedule="exponential", decay=0.5), 2)
        0.25
    """
    if settings.schedule == "exponential":
        return float(settings.decay**epoch)
    if settings.schedule == "cosine":
        return 0.5 * (1.0 + math.cos(math.pi * epoch / settings.whole))
    return 1.0
