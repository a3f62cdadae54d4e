"""Carlini and Wagner's attack: the smallest change that succeeds, found by search."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from tfcore.attacks.attack import IMAGE, Attack, State
from tfcore.attacks.budget import each, on_grid
from tfcore.attacks.scene import Scene, margin

_INSIDE = 0.999999  # arctanh is infinite at black and white
_BETA_1, _BETA_2, _TINY = 0.9, 0.999, 1e-8


class CarliniWagner(Attack):
    """Minimise ``change^2 + c * how far the network is from being fooled`` and search for ``c``.

    Carlini and Wagner, "Towards Evaluating the Robustness of Neural Networks" (IEEE S&P 2017), its
    L2 attack. The picture is ``(tanh(w) + 1) / 2``, so that no value can leave [0, 1]; Adam moves
    ``w``. After each round of ``steps`` steps the constant is halved towards the last one that
    failed, or raised when it failed itself. What it ends with is the smallest change that fooled.

    It has no budget; ``epsilon`` is not used.

    Args:
        steps: Steps of one round; the attack takes ``rounds`` times as many.
        rounds: How often the constant is changed.
        on_grid: Whether the networks are shown the picture rounded to 8 bits, through which the
            gradient passes as if it were not there. A change that is found this way survives being
            saved; the paper's own, ``False``, is often smaller than half a level everywhere.
        confidence: How far above all others the target's score must be.
        learning_rate: Of Adam, in ``w``.
        first_constant: ``c`` of the first round.
    """

    has_budget = False

    def __init__(
        self,
        steps: int,
        rounds: int = 9,
        *,
        on_grid: bool = True,
        confidence: float = 0.0,
        learning_rate: float = 0.01,
        first_constant: float = 1e-3,
    ) -> None:
        self.steps, self.rounds, self.on_grid = steps, rounds, on_grid
        self.confidence, self.learning_rate = confidence, learning_rate
        self.first_constant = first_constant

    def start(self, scene: Scene) -> State:
        """The photo; no round has succeeded."""
        ones, zeros = tf.ones_like(scene.signs), tf.zeros_like(scene.photos)
        return {
            IMAGE: scene.photos,
            "w_change": zeros,
            "mean": zeros,
            "mean_square": zeros,
            "constant": self.first_constant * ones,
            "lower": 0.0 * ones,
            "upper": float("inf") * ones,
            "has_fooled": 0.0 * ones,
            "best": scene.photos,
            "best_size": float("inf") * ones,
        }

    def final(self, state: State) -> tf.Tensor:
        """The smallest change that fooled; where none did, the image as it is."""
        found = tf.math.is_finite(state["best_size"])
        return tf.where(each(found), state["best"], state[IMAGE])

    def advance(self, scene: Scene, state: State) -> tuple[State, Sequence[tf.Tensor]]:
        """One step of Adam; with the last one of a round, also the search's next constant."""
        inner = scene.step % self.steps
        origin = tf.atanh((2.0 * scene.photos - 1.0) * _INSIDE)
        constant = state["constant"]

        def distance_to_fooling(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
            return tf.nn.relu(scene.signs * margin(logits, labels) + self.confidence)

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state["w_change"])
            image = (tf.tanh(origin + state["w_change"]) + 1.0) / 2.0
            seen = on_grid(image) if self.on_grid else image
            logits = scene.logits(seen)
            size = tf.reduce_sum(tf.square(image - scene.photos), [1, 2, 3])
            missing = scene.mean(distance_to_fooling, logits)
            total = size + constant * missing
        gradient = tape.gradient(total, state["w_change"])

        now = tf.reduce_sum(tf.square(seen - scene.photos), [1, 2, 3])
        # Fooled in all networks, and with the confidence that was asked for.
        fooled = tf.logical_and(scene.is_fooled(logits), missing <= 0)
        is_best = tf.logical_and(fooled, now < state["best_size"])
        better = each(is_best)
        count = tf.cast(inner + 1, tf.float32)
        mean = _BETA_1 * state["mean"] + (1.0 - _BETA_1) * gradient
        square = _BETA_2 * state["mean_square"] + (1.0 - _BETA_2) * tf.square(gradient)
        step = (mean / (1.0 - _BETA_1**count)) / (tf.sqrt(square / (1.0 - _BETA_2**count)) + _TINY)
        after = {
            IMAGE: seen,
            "w_change": state["w_change"] - self.learning_rate * step,
            "mean": mean,
            "mean_square": square,
            "constant": constant,
            "lower": state["lower"],
            "upper": state["upper"],
            "has_fooled": tf.maximum(state["has_fooled"], tf.cast(fooled, tf.float32)),
            "best": tf.where(better, seen, state["best"]),
            "best_size": tf.where(is_best, now, state["best_size"]),
        }
        return tf.cond(
            tf.equal(inner, self.steps - 1), lambda: _next_round(after), lambda: after
        ), logits


def _next_round(state: State) -> State:
    """Search on: halve between the bounds, or go up tenfold as long as nothing has fooled."""
    worked = state["has_fooled"] > 0
    upper = tf.where(worked, tf.minimum(state["upper"], state["constant"]), state["upper"])
    lower = tf.where(worked, state["lower"], tf.maximum(state["lower"], state["constant"]))
    known = tf.math.is_finite(upper)
    halfway = (lower + tf.where(known, upper, lower)) / 2.0
    zeros = tf.zeros_like(state["mean"])
    return {
        **state,
        "w_change": zeros,
        "mean": zeros,
        "mean_square": zeros,
        "constant": tf.where(known, halfway, 10.0 * state["constant"]),
        "lower": lower,
        "upper": upper,
        "has_fooled": tf.zeros_like(state["has_fooled"]),
    }
