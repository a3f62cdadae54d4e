"""Linear networks: of them the best change is known in closed form."""

import numpy as np
import tensorflow as tf

SIDE, CLASSES = 6, 4
VALUES = SIDE * SIDE * 3


class Linear:
    """Logits that are linear in the picture; seeded."""

    def __init__(self, seed=0, classes=CLASSES, size=SIDE):
        self.size = size
        draw = np.random.default_rng(seed)
        self.weights = draw.normal(size=(size * size * 3, classes)).astype(np.float32)
        self.bias = draw.normal(size=classes).astype(np.float32)

    def logits(self, images):
        return tf.reshape(images, [tf.shape(images)[0], -1]) @ self.weights + self.bias

    def raw_logits(self, values):
        return 2.0 * self.logits(values)

    def way(self, towards, away):
        """Gradient of one score minus another, in the shape of a picture."""
        change = self.weights[:, towards] - self.weights[:, away]
        return change.reshape(self.size, self.size, 3)


def photos(count=1, seed=1, low=100, high=156):
    """8-bit photos in the middle of the range, so that no value is cut off."""
    draw = np.random.default_rng(seed)
    return draw.integers(low, high, (count, SIDE, SIDE, 3)).astype(np.float32) / 255
