"""Growing an ideal image: the procedure that the engine drives."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tfcore import images, labels, targets
from tfcore.backbones.predict import best5
from tfcore.procedure import Preview, Result
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis import saving
from tfcore.synthesis.program import KNOBS, Seat
from tfcore.synthesis.programs import program_for
from tfcore.synthesis.provenance import provenance

Rgb8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Synthesis:
    """One run that grows the input that most excites a class or a channel.

    Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks" (2013), in the words of
    Olah et al., "Feature Visualization" (Distill 2017): objective, parametrization, transforms and
    optimizer. The same settings end in the same image, bit for bit on one machine, also when the
    run was paused, saved and restored elsewhere in between.

    Several runs may live in one process, also of the same settings; each keeps its own variables.

    Args:
        settings: What to grow and how.
        photo: RGB uint8 of any size for start "photo", else None.

    Raises:
        WeightsMissing: The network's weights are not here and cannot be fetched.

    Example:
        >>> run = Synthesis(SynthesizeSettings(target="zebra"))  # doctest: +SKIP
        >>> run.step()["probability"]  # doctest: +SKIP
        0.0004
    """

    def __init__(self, settings: SynthesizeSettings, photo: Rgb8 | None = None) -> None:
        self.settings, self.steps, self.step_number = settings, settings.steps, 0
        self._target = targets.resolve(settings.target, settings.network)
        self._program = program_for(settings)
        fitted = None if photo is None else images.fit_square(photo, self._program.plan.size)
        start = self._program.parametrization.initial(
            settings.start, settings.seed, None if fitted is None else images.to_float(fitted)
        )
        fresh = self._program.fresh(
            start,
            [{name: getattr(settings, name) for name in KNOBS}],
            self._target_weights()[None],
            settings.seed,
        )
        self._like = fresh
        self._seat = Seat(fresh)
        self._owner = self._identity(fitted)

    def _target_weights(self) -> Floats:
        """A weight for each class or channel."""
        weights = np.zeros(self._program.plan.objective.width(self._program.backbone), np.float32)
        for part, weight in self._target.terms:
            weights[part.number] = weight
        return weights

    def _identity(self, photo: Rgb8 | None) -> str:
        """What a state must agree with: everything that decides the run but steering."""
        digest = "" if photo is None else hashlib.sha256(photo.tobytes()).hexdigest()
        weights = [backbone.weights_digest for backbone in self._program.backbones]
        return "|".join([self.settings.model_dump_json(), digest, *weights])

    def step(self) -> dict[str, float]:
        """Do one step.

        Returns:
            Figures measured before the change: ``total``; its parts as they enter it, weights
            included: ``cross_entropy``, ``logit`` or ``activation``, ``variation``, ``l2``; and for
            a class its ``probability`` in what the network saw at this step. ``total`` is not a
            number when the run has diverged.
        """
        with self._program.seated(self._seat):
            row = self._program.step()[0]
        self.step_number += 1
        return dict(zip(self._program.metrics, row.tolist(), strict=True))

    def preview(self) -> Preview:
        """The picture as it would be saved now, and what the network sees in these 8 bits.

        With the raw parametrization the network is asked about the raw values: they are no picture
        that could be saved.
        """
        with self._program.seated(self._seat):
            values = self._program.image()
            shown = self._program.parametrization.shown(values[0])
            raw = self._program.parametrization.raw
            seen = values if raw else images.to_float(shown)[None]
            return Preview(shown, tuple(best5(self._program.judge(seen)[0])))

    def steer(self, changes: Mapping[str, float]) -> None:
        """Change weights or the learning rate from the next step on."""
        with self._program.seated(self._seat):
            for name, value in changes.items():
                self._program.set_knob(name, value)

    def state(self) -> bytes:
        """All variables, the optimizer's included, the sliders and the step, without pickle."""
        with self._program.seated(self._seat):
            return saving.pack(self._program.read(), self._owner)

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned, in this process or another.

        Raises:
            ValueError: The bytes are damaged or belong to other settings, photo or weights.
        """
        arrays = saving.unpack(state, self._owner, self._like)
        with self._program.seated(self._seat):
            self._program.write(arrays)
        self.step_number = int(arrays["seed_and_step"][1])

    def result(self) -> Result:
        """Judge the present picture, in full precision and as the saved PNG read back.

        Returns:
            The picture and a summary. For a channel ``probability`` and ``probability_png`` are
            None and ``activation`` and ``activation_png`` hold its mean activation.
        """
        with self._program.seated(self._seat):
            values = self._program.image()
            shown = self._program.parametrization.shown(values[0])
            saved = images.to_float(images.from_png(images.to_png(shown)))[None]
            summary = self._verdicts(values, saved)
        return Result({**self._heading(), **summary, **provenance(self._program.backbones)}, shown)

    def _heading(self) -> dict[str, Any]:
        return {
            "network": self.settings.network,
            "target": self._target.name,
            "target_index": self._target.class_index,
            "recipe": self.settings.recipe,
            "steps": self.step_number,
        }

    def _verdicts(self, values: Floats, saved: Floats) -> dict[str, Any]:
        program, wanted = self._program, list(self._target.wanted_classes)
        seen = program.predict(saved)[0]
        best = [
            {"index": index, "name": labels.name(index), "probability": probability}
            for index, probability in best5(seen)
        ]
        figures: dict[str, Any] = {"probability": None, "probability_png": None}
        if wanted:
            figures["probability"] = float(program.judge(values)[0, wanted].sum())
            figures["probability_png"] = float(seen[wanted].sum())
        else:
            raw = program.parametrization.raw
            figures["activation"] = float(program.activation(values, raw)[0])
            figures["activation_png"] = float(program.activation(saved, False)[0])
        return {**figures, "top5": best, "total_variation": _total_variation(saved[0])}


def _total_variation(image: Floats) -> float:
    """Sum of the absolute differences between neighbours, in the unit of [0, 1]."""
    precise = image.astype(np.float64)
    return float(sum(np.abs(np.diff(precise, axis=axis)).sum() for axis in (0, 1)))
