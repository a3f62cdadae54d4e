"""The fine-tuning of a network as a job that the engine drives: a step is a batch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from tfcore import images
from tfcore.errors import UserError
from tfcore.head_file import Trained
from tfcore.heads.calibration import temperature
from tfcore.heads.finetuning_network import TunedNetwork, Values
from tfcore.heads.finetuning_result import Course, mean_loss, outcome
from tfcore.heads.finetuning_sides import Held, Sides
from tfcore.heads.guard import EACH, MOST_ROLLBACKS, OWN, Guard
from tfcore.procedure import Preview, Result
from tfcore.procedures.saving import Arrays, pack, unpack
from tfcore.settings.finetune import FineTuneSettings

_SHOWN = 8
_SIDE = 128


class FineTuneProcedure:
    """Trains a head and the last blocks of its network from photos, batch by batch.

    After each epoch the validation photos are asked. With the guard on, an epoch that is clearly
    worse brings the best weights back, what the optimizer remembers included, and lowers the rate;
    the run ends with the best. With the guard off nothing is undone, as in the lesson.

    A state is of the last epoch's end: it holds the network twice, and is a small one only there.

    Args:
        settings: How.
        head: What is gone on with.
        sides: The photos.
        tell: Told in words what is being prepared.
        should_stop: Asked while it prepares.

    Raises:
        UserError: The head does not fit its network or the photos; the sentence says why.
        StoppedEarly: ``should_stop`` said so.

    Example:
        >>> job = FineTuneProcedure(settings, head, sides)          # doctest: +SKIP
        >>> job.step()["val_accuracy"]                              # doctest: +SKIP
        0.81
    """

    def __init__(
        self,
        settings: FineTuneSettings,
        head: Trained,
        sides: Sides,
        *,
        tell: Callable[[str], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings, self._head, self._sides = settings, head, sides
        if head.about.classes != sides.classes:
            raise UserError(
                f"a head for the classes {', '.join(head.about.classes)[:80]}",
                f"one for those of the data set: {', '.join(sides.classes)[:80]}",
                "train a head on this data set first",
            )
        self._batch = min(settings.batch_size, len(sides.train))
        self.network = TunedNetwork(head, settings, self._batch)
        self._epoch_steps = -(-len(sides.train) // self._batch)
        held = partial(Held, network=self.network, batch=self._batch, tell=tell)
        self._validation = held(sides.validation, kept=True, should_stop=should_stop)
        # Where photos never change, nor does what crosses the boundary: computed once. Without a
        # block that learns it would be the features way, which is what this one is compared with.
        is_fixed = not settings.augments and settings.blocks > 0
        self._train = held(sides.train, kept=is_fixed, should_stop=should_stop)
        self._number, self._seconds, self._rate = 0, 0.0, settings.learning_rate
        self._window = np.full((self._epoch_steps, 2), np.nan)
        self._order: tuple[int, npt.NDArray[np.int64]] = (-1, np.empty(0, np.int64))
        self._guard = Guard(len(sides.validation), settings.patience, settings.guard)
        *asked, score = self._measured()
        self._asked = asked[0], asked[1]
        self._guard.look(0, *self._asked, score)
        self._start: Values = self.network.read()
        self._best = self._start
        self._saved = pack(self._arrays(), self._owner)

    @property
    def step_number(self) -> int:
        """Batches done."""
        return self._number

    @property
    def steps(self) -> int:
        """Batches to do; fewer when nothing better is to be expected."""
        if self._is_epoch_end and self._guard.is_over:
            return self._number
        return self.settings.steps * self._epoch_steps

    @property
    def _epoch(self) -> int:
        """Whole epochs done."""
        return self._number // self._epoch_steps

    @property
    def _is_epoch_end(self) -> bool:
        return self._number % self._epoch_steps == 0

    def step(self) -> dict[str, float]:
        """Learn from the next batch; after the last one of an epoch ask the validation photos.

        Returns:
            ``train_loss`` and ``train_accuracy``: means over as many batches as an epoch has, while
            it learned; ``val_loss`` and ``val_accuracy`` as they were measured last; the
            ``learning_rate``; the ``epoch``, 0 at the beginning; and ``rolled_back``, 1 where the
            guard brought the best weights back.
        """
        began = time.perf_counter()
        rate = self._rate * self._guard.factor * self._schedule()
        learned = self._train.learn(self._rows(self._number), self._number, rate, self._next())
        self._window[self._number % self._epoch_steps] = learned
        self._number += 1
        rolled_back = False
        if not all(map(math.isfinite, learned)):
            if not self.settings.guard:
                return {"train_loss": math.nan}
            # Nothing of this epoch can be used: the next one begins at once.
            self._number = -(-self._number // self._epoch_steps) * self._epoch_steps
            rolled_back = self._roll_back((math.inf, 0.0))
        elif self._is_epoch_end:
            rolled_back = self._judge()
        self._seconds += time.perf_counter() - began
        if self._is_epoch_end:
            self._saved = pack(self._arrays(), self._owner)
        loss, accuracy = _means(self._window)
        return {
            "train_loss": loss,
            "train_accuracy": accuracy,
            "val_loss": self._asked[0],
            "val_accuracy": self._asked[1],
            "learning_rate": rate,
            "epoch": self._number / self._epoch_steps,
            "rolled_back": float(rolled_back),
        }

    def preview(self) -> Preview | None:
        """Photos as the next step sees them."""
        seen = self._train.seen(self._rows(self._number), self._number)
        return Preview(images.montage([images.fit_square(one, _SIDE) for one in seen[:_SHOWN]]))

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change the learning rate from the next batch on; what the guard took off stays off."""
        self._rate = changes.get("learning_rate", self._rate)
        return changes

    def state(self) -> bytes:
        """Everything that the rest depends on, as it was when the last epoch ended."""
        return self._saved

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned.

        Raises:
            ValueError: The bytes do not belong to this job.
        """
        arrays = unpack(state, self._owner, self._arrays())
        values = [arrays[f"now/{place}"] for place in range(len(self._best))]
        self._best = [arrays[f"best/{place}"] for place in range(len(self._best))]
        self.network.write(values)
        self._window = arrays["window"]
        self._guard.take(arrays["guard"][~np.isnan(arrays["guard"])].tolist())
        number, self._seconds, self._rate, *asked = arrays["numbers"].tolist()
        self._number, self._asked = int(number), (asked[0], asked[1])
        self._saved = state

    def result(self) -> Result:
        """The best epoch's network, or with the guard off the last one's, judged."""
        now = self.network.read()
        is_good = all(np.isfinite(value).all() for value in now)
        keeps_best = self.settings.guard or not is_good
        if keeps_best:
            self.network.write(self._best)
        # In the middle of an epoch nobody has asked the validation photos yet.
        loss, accuracy, _ = self._measured()
        course = Course(
            kept_epoch=self._guard.best_epoch if keeps_best else self._epoch,
            loss=loss,
            accuracy=accuracy,
            epochs=self._number / self._epoch_steps,
            seconds=self._seconds,
            epoch_steps=self._epoch_steps,
            start=self._start,
        )
        known = self._head, self.network, self._sides, self._validation, self._guard
        found = outcome(self.settings, *known, course)
        self.network.write(now)
        return found

    def salvage(self) -> Result:
        """What a run leaves that has diverged: the best epoch before."""
        self.network.write(self._best)
        return self.result()

    # -- one epoch -----------------------------------------------------------------------------

    def _rows(self, number: int) -> Sequence[int]:
        """Photos of a batch: each epoch has an order of its own, which follows the seed."""
        epoch, place = divmod(number, self._epoch_steps)
        if self._order[0] != epoch:
            draw = np.random.default_rng([self.settings.seed, epoch])
            self._order = (epoch, draw.permutation(len(self._sides.train)))
        found: list[int] = self._order[1][place * self._batch : (place + 1) * self._batch].tolist()
        return found

    def _next(self) -> Sequence[int]:
        """Photos of the batch after this one, as far as the epoch goes: to be decoded meanwhile."""
        following = self._number + 1
        return self._rows(following) if following % self._epoch_steps else ()

    def _schedule(self) -> float:
        """What is left of the rate: grown in the warm-up, then fallen along a cosine.

        Goyal et al., "Accurate, Large Minibatch SGD", 2017; Loshchilov and Hutter, "SGDR", 2017.
        """
        asked, done = self.settings, self._number / self._epoch_steps
        if done < asked.warm_up:
            return min(1.0, (self._number + 1) / (asked.warm_up * self._epoch_steps))
        if asked.schedule == "constant" or asked.steps <= asked.warm_up:
            return 1.0
        along = (done - asked.warm_up) / (asked.steps - asked.warm_up)
        return 0.5 * (1.0 + math.cos(math.pi * along))

    def _judge(self) -> bool:
        """Ask the validation photos; whether the guard brought the best weights back."""
        loss, accuracy, score = self._measured()
        self._asked = loss, accuracy
        view = self._guard.look(self._epoch, loss, accuracy, score)
        if view == "better":
            self._best = self.network.read()
        elif view == "worse" and self.settings.guard:
            return self._roll_back(self._asked)
        return False

    def _roll_back(self, asked: tuple[float, float]) -> bool:
        self._guard.roll_back(self._epoch, self._number, *asked)
        self.network.write(self._best)
        if not math.isfinite(asked[0]):  # no number that a curve could show
            self._asked = self._guard.best_loss, self._guard.best_accuracy
        return True

    def _measured(self) -> tuple[float, float, float]:
        """Ask the validation photos.

        Returns:
            Their mean cross-entropy in nats, the share that is told right, and the cross-entropy
            once a temperature has put the probabilities right.
        """
        scores, labels = self._validation.logits(), self._sides.validation.labels
        loss = mean_loss(scores, labels)
        heat = temperature(scores, labels) if math.isfinite(loss) else 1.0
        return (
            loss,
            float((scores.argmax(axis=1) == labels).mean()),
            mean_loss(scores / np.float32(heat), labels),
        )

    # -- saved and resumed ---------------------------------------------------------------------

    def _arrays(self) -> Arrays:
        numbers = [self._number, self._seconds, self._rate, *self._asked]
        guard = np.full(OWN + EACH * MOST_ROLLBACKS, np.nan)
        known = self._guard.numbers()
        guard[: len(known)] = known
        found: Arrays = {
            "numbers": np.array(numbers, np.float64),
            "window": self._window.copy(),
            "guard": guard,
        }
        found |= {f"now/{place}": value for place, value in enumerate(self.network.read())}
        return found | {f"best/{place}": value for place, value in enumerate(self._best)}

    @property
    def _owner(self) -> str:
        about = self._head.about
        digests = [photo.digest for photo in self._sides.records]
        return "\n".join([self.settings.model_dump_json(), about.model_dump_json(), *digests])


def _means(window: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Means over the batches that were done; before the first finite one, nothing is lost."""
    seen = window[np.isfinite(window).all(axis=1)]
    if not len(seen):
        return 0.0, 0.0
    loss, accuracy = seen.mean(axis=0)
    return float(loss), float(accuracy)
