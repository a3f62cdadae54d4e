"""Steps downhill: Keras's optimizers by TensorFlow's kernels, which do a whole step in one pass.

They compute what the optimizers of Keras compute, with the same names and the same constants. As
operations of Keras a step of Adam takes a dozen passes over each variable, and is traced in 0.2 s:
half of what a small head takes to learn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfcore.settings.train import Optimizer

_MOMENTUM = 0.9
_BETA_1, _BETA_2 = 0.9, 0.999
"""How much Adam leaves of its means of gradients and of their squares."""
_RHO = 0.9
"""How much RMSProp leaves of its mean of squares."""
_EPSILON = 1e-7
_FIRST_SQUARES = 0.1
"""What Adagrad's sums begin with."""
_SLOTS: dict[Optimizer, tuple[float, ...]] = {
    "sgd": (),
    "momentum": (0.0,),
    "adagrad": (_FIRST_SQUARES,),
    "rmsprop": (0.0, 0.0),
    "adam": (0.0, 0.0),
}


class Descent:
    """One optimizer and what it remembers.

    Sources: momentum, Polyak 1964; Adagrad, Duchi et al. 2011; RMSProp, Tieleman and Hinton 2012;
    Adam, Kingma and Ba 2015.

    Args:
        name: Which.
        trained: The variables that it will move, float32.

    Attributes:
        steps: How many it has done, int64 scalar.

    Example:
        >>> weights = tf.Variable([1.0])                    # doctest: +SKIP
        >>> Descent("sgd", [weights]).apply([tf.constant([1.0])], tf.constant(0.25))
        >>> weights.numpy().tolist()                        # doctest: +SKIP
        [0.75]
    """

    def __init__(self, name: Optimizer, trained: Sequence[tf.Variable]) -> None:
        self._trained = list(trained)
        self._slots = [
            [tf.Variable(tf.fill(one.shape, first)) for first in _SLOTS[name]] for one in trained
        ]
        self._move: Callable[..., None] = getattr(self, f"_{name}")
        self.steps = tf.Variable(tf.constant(0, tf.int64))

    @property
    def variables(self) -> list[tf.Variable]:
        """Everything that the next step depends on, besides the variables that are moved."""
        return [self.steps, *(slot for slots in self._slots for slot in slots)]

    def apply(self, gradients: Sequence[tf.Tensor], rate: tf.Tensor) -> None:
        """Do one step.

        Args:
            gradients: Of the loss, in the order of the variables.
            rate: Learning rate, float32 scalar.
        """
        self.steps.assign_add(1)
        for variable, gradient, slots in zip(self._trained, gradients, self._slots, strict=True):
            self._move(variable.handle, *(slot.handle for slot in slots), gradient, rate)

    def _sgd(self, variable: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor) -> None:
        tf.raw_ops.ResourceApplyGradientDescent(var=variable, alpha=rate, delta=gradient)

    def _momentum(
        self, variable: tf.Tensor, speed: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor
    ) -> None:
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable, accum=speed, lr=rate, grad=gradient, momentum=_MOMENTUM
        )

    def _adagrad(
        self, variable: tf.Tensor, squares: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor
    ) -> None:
        tf.raw_ops.ResourceApplyAdagradV2(
            var=variable, accum=squares, lr=rate, epsilon=_EPSILON, grad=gradient
        )

    def _rmsprop(
        self,
        variable: tf.Tensor,
        squares: tf.Tensor,
        speed: tf.Tensor,
        gradient: tf.Tensor,
        rate: tf.Tensor,
    ) -> None:
        tf.raw_ops.ResourceApplyRMSProp(
            var=variable,
            ms=squares,
            mom=speed,
            lr=rate,
            rho=_RHO,
            momentum=0.0,
            epsilon=_EPSILON,
            grad=gradient,
        )

    def _adam(
        self,
        variable: tf.Tensor,
        mean: tf.Tensor,
        squares: tf.Tensor,
        gradient: tf.Tensor,
        rate: tf.Tensor,
    ) -> None:
        done = tf.cast(self.steps, tf.float32)
        tf.raw_ops.ResourceApplyAdam(
            var=variable,
            m=mean,
            v=squares,
            beta1_power=tf.pow(_BETA_1, done),
            beta2_power=tf.pow(_BETA_2, done),
            lr=rate,
            beta1=_BETA_1,
            beta2=_BETA_2,
            epsilon=_EPSILON,
            grad=gradient,
        )
