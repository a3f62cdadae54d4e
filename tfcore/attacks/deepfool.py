"""DeepFool: the shortest way over the nearest boundary, as if the network were linear."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State
from tfcore.attacks.budget import LInfinity, each, on_grid
from tfcore.attacks.scene import Scene

_CHANGE, _RIVALS = "change", "rivals"
_TINY = 1e-8
_OVER = 1e-4  # of L-infinity, where a step to the boundary itself would stay on it


class DeepFool(Attack):
    """Step to the nearest boundary of the network's linear copy, again and again until over it.

    Moosavi-Dezfooli, Fawzi and Frossard, "DeepFool: a simple and accurate method to fool deep
    neural networks" (CVPR 2016). Without a target the boundaries are those to the ``rivals``
    classes that are likeliest at first; with one, the target's to whoever leads now.

    It has no budget; ``epsilon`` is not used.

    Args:
        rivals: How many classes it looks at; each costs one more pass backward.
        overshoot: How much further than to the boundary it goes.
        on_grid: Whether the networks are shown the picture rounded to 8 bits, so that it goes on
            until what is saved fools; the paper's own, ``False``, often is lost by rounding.
    """

    has_budget = False

    def __init__(self, rivals: int = 9, overshoot: float = 0.02, *, on_grid: bool = True) -> None:
        self.rivals, self.overshoot, self.on_grid = rivals, overshoot, on_grid

    def start(self, scene: Scene) -> State:
        """The photo, and the classes whose boundaries are looked at."""
        return {
            IMAGE: scene.photos,
            _CHANGE: tf.zeros_like(scene.photos),
            _RIVALS: self._likeliest(scene, scene.logits(scene.photos)),
        }

    def _likeliest(self, scene: Scene, logits: Sequence[tf.Tensor]) -> tf.Tensor:
        """The classes beside the label that score highest, shape ``(batch, rivals)``."""
        others = tf.where(scene.labels > 0, -float("inf"), tf.add_n(logits))
        count = min(self.rivals, int(scene.labels.shape[1]) - 1)
        return tf.cast(tf.math.top_k(others, count)[1], tf.float32)

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step to the nearest boundary; images that fool already stay."""
        image = state[IMAGE]
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(image)
            logits = scene.logits(on_grid(image) if self.on_grid else image)
            # A target has to get past whoever leads now.
            leading = self._likeliest(scene, logits)
            rivals = tf.where(scene.signs[:, None] > 0, leading, state[_RIVALS])
            numbers = tf.cast(rivals, tf.int32)
            mean = tf.add_n(logits) / len(logits)
            label = tf.reduce_sum(mean * scene.labels, axis=-1)
            gaps = [
                tf.gather(mean, numbers[:, n], axis=1, batch_dims=1) - label
                for n in range(numbers.shape[1])
            ]
        slopes = [tape.gradient(gap, image) for gap in gaps]
        del tape
        steps = tf.stack(
            [self._to_boundary(scene, *pair) for pair in zip(gaps, slopes, strict=True)]
        )
        lengths = tf.stack([scene.norm.size(step) for step in tf.unstack(steps)])
        # Away from the label: the nearest boundary will do. Towards it: the last one must fall.
        nearest, farthest = tf.argmin(lengths, axis=0), tf.argmax(tf.stack(gaps), axis=0)
        chosen = tf.where(scene.signs > 0, farthest, nearest)
        step = tf.gather(tf.transpose(steps, [1, 0, 2, 3, 4]), chosen, axis=1, batch_dims=1)
        goes_on = each(tf.logical_not(scene.is_fooled(logits)))
        change = state[_CHANGE] + tf.where(goes_on, step, 0.0)
        moved = tf.clip_by_value(scene.photos + (1.0 + self.overshoot) * change, 0.0, 1.0)
        return {
            IMAGE: tf.where(goes_on, moved, image),
            _CHANGE: change,
            _RIVALS: state[_RIVALS],
        }, logits

    def _to_boundary(self, scene: Scene, gap: tf.Tensor, slope: tf.Tensor) -> tf.Tensor:
        """The least change that closes a gap of scores, were the network linear."""
        far = each(tf.abs(gap))
        direction = each(tf.where(gap > 0, -1.0, 1.0))
        if isinstance(scene.norm, LInfinity):
            total = tf.reduce_sum(tf.abs(slope), [1, 2, 3], keepdims=True)
            return direction * (far / (total + _TINY) + _OVER) * tf.sign(slope)
        square = tf.reduce_sum(tf.square(slope), [1, 2, 3], keepdims=True)
        return direction * far / (square + _TINY) * slope
