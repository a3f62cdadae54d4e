"""DeepDream: a photo in which a network is shown more of what it sees there already."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tfcore import classes, images, targets
from tfcore.backbones.loading import cached
from tfcore.backbones.predict import best5
from tfcore.procedure import Preview, Result
from tfcore.procedures import saving
from tfcore.procedures.provenance import provenance
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis import octaves
from tfcore.synthesis.dream_step import KNOBS, DreamStep
from tfcore.synthesis.group import target_weights, total_variation
from tfcore.synthesis.parametrization import Pixels
from tfcore.synthesis.programs import objective_of

Rgb8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Dream:
    """One run that changes a photo step by step, over octaves of growing size.

    Mordvintsev, Olah and Tyka, "Inceptionism: Going Deeper into Neural Networks" (2015). The same
    settings and photo end in the same picture, bit for bit on one machine, also when the run was
    saved and restored in between.

    Args:
        settings: What to dream of and how; recipe "deepdream".
        photo: RGB uint8 of any size for start "photo", else None.

    Raises:
        WeightsMissing: The network's weights are not here and cannot be fetched.

    Example:
        >>> run = Dream(settings, photo)  # doctest: +SKIP
        >>> run.step()["excitation"]  # doctest: +SKIP
        -0.31
    """

    def __init__(self, settings: SynthesizeSettings, photo: Rgb8 | None = None) -> None:
        self.settings, self.steps, self.step_number = settings, settings.steps, 0
        self._sizes, self._octave = settings.sizes, 0
        side = self._sizes[-1]
        fitted = None if photo is None else images.fit_square(photo, side)
        self._source = Pixels(side).initial(
            settings.start, settings.seed, None if fitted is None else images.to_float(fitted)
        )
        self._picture = octaves.resized(self._source, self._sizes[0])
        self._knobs = np.array([[getattr(settings, name) for name in KNOBS]], np.float32)
        self._backbone = cached(settings.network)
        self._target = targets.resolve(settings.target, settings.network)
        objective = objective_of(settings)
        weights = target_weights(self._target, objective.width(self._backbone))[None]
        self._program = DreamStep(self._backbone, objective, weights, settings.seed)
        digest = "" if fitted is None else images.digest(fitted)
        parts = [settings.model_dump_json(), digest, self._backbone.weights_digest]
        self._owner = "|".join(parts)

    def step(self) -> dict[str, float]:
        """Do one step, at the next octave when its turn has come.

        Returns:
            Figures measured before the change: ``total``; its parts as they enter it, weights
            included: ``excitation``, ``activation``, ``logit`` or ``cross_entropy``, ``variation``,
            ``l2``; and for a class its ``probability`` at this size. ``total`` is not a number when
            the run has diverged.
        """
        octave = self.settings.octave_at(self.step_number)
        if octave != self._octave:
            self._picture = octaves.grown(self._picture, self._source, self._sizes[octave])
            self._octave = octave
        self._picture, row = self._program(self._picture, self._knobs, self.step_number)
        self.step_number += 1
        return row

    def _whole(self) -> Floats:
        """The present picture at full size; one whose numbers ran away is gray."""
        whole = octaves.grown(self._picture, self._source, self._sizes[-1])
        return whole if np.isfinite(whole).all() else np.full_like(whole, 0.5)

    def preview(self) -> Preview:
        """The present octave's picture at full size, and what the network sees in these 8 bits."""
        shown = images.to_uint8(self._whole()[0])
        return Preview(shown, tuple(best5(self._program.judge_saved(shown))))

    def steer(self, changes: Mapping[str, float]) -> Mapping[str, float]:
        """Change weights or the learning rate from the next step on."""
        for name, value in changes.items():
            self._knobs[:, KNOBS.index(name)] = value
        return changes

    def state(self) -> bytes:
        """The picture, the sliders, the octave and the step, without pickle."""
        return saving.pack(self._arrays(), self._owner)

    def _arrays(self) -> saving.Arrays:
        # Every octave's picture lies in the corner of a full canvas: all states have one shape.
        canvas = np.zeros_like(self._source)
        size = self._picture.shape[1]
        canvas[:, :size, :size] = self._picture
        place = np.array([self._octave, self.step_number], np.int64)
        return {"canvas": canvas, "knobs": self._knobs.copy(), "octave_and_step": place}

    def restore(self, state: bytes) -> None:
        """Go on from what ``state`` returned, in this process or another.

        Raises:
            ValueError: The bytes are damaged or belong to other settings, photo or weights.
        """
        arrays = saving.unpack(state, self._owner, self._arrays())
        self._octave, self.step_number = map(int, arrays["octave_and_step"])
        size = self._sizes[self._octave]
        self._picture = arrays["canvas"][:, :size, :size].copy()
        self._knobs = arrays["knobs"]

    def result(self) -> Result:
        """Judge the present picture, at full size, as the saved PNG read back.

        Returns:
            The picture and a summary with the keys of ``Group.verdicts``, and ``sizes``, those of
            the octaves.
        """
        exact = self._whole()
        shown = images.to_uint8(exact[0])
        saved = images.from_png(images.to_png(shown))
        seen, chances = self._program.judge_saved(saved), self._program.judge(exact)
        wanted = list(self._target.wanted_classes)
        kept = images.to_float(saved)
        summary = {
            "network": self.settings.network,
            "target": self._target.name,
            "target_index": self._target.class_index,
            "probability": float(chances[wanted].sum()) if wanted else None,
            "probability_png": float(seen[wanted].sum()) if wanted else None,
            "top5": classes.of(self.settings.network).recorded(best5(seen)),
            "total_variation": total_variation(kept),
            "recipe": self.settings.recipe,
            "steps": self.step_number,
            "sizes": list(self._sizes),
            **provenance([self._backbone]),
        }
        if not wanted:
            summary["activation"] = self._program.excitement(exact)
            summary["activation_png"] = self._program.excitement(kept[None])
        return Result(summary, shown)
