"""The verdict: what a change is worth, judged on the picture as it was saved and read back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from tfcore import images
from tfcore.attacks.budget import NORMS, distance
from tfcore.backbones.predict import best5
from tfcore.classes import Classes

Rgb8 = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
See = Callable[[Rgb8], list[Floats]]
"""A picture to what each attacked network sees in it: probabilities, shape ``(classes,)``."""

DISTURBANCES: dict[str, Callable[[Rgb8], Rgb8]] = {
    "JPEG 90": lambda picture: images.as_jpeg(picture, 90),
    "JPEG 75": lambda picture: images.as_jpeg(picture, 75),
    "shifted by 1 px": images.shifted,
    "blurred": images.blurred,
}
"""What a picture meets on its way; an attack that fools after them was no accident of pixels."""


def judge(
    photo: Rgb8, picture: Rgb8, see: See, known: Classes, source: int, target: int | None
) -> dict[str, Any]:
    """Judge one picture.

    Args:
        photo: RGB uint8, what it was before.
        picture: RGB uint8, what the attack made of it; it is written as PNG and read back here.
        see: Asks the attacked networks.
        known: Their classes.
        source: Class that the photo shows.
        target: Class to be seen; None when anything but the source will do.

    Returns:
        ``success_png``, ``source_top5`` and ``top5`` of the first network before and after,
        ``probability_png`` of the target (of an ensemble the mean; None without a target),
        ``source_probability_png``, the size of the change as ``linf_255``, ``l2_255`` (root mean
        square, both in n/255) and ``l2`` (in [0, 1], over all values), ``psnr`` in dB (None when
        nothing changed), ``ssim``, ``changed_pixels`` (a share), and ``survives``: what is left of
        it after each of ``DISTURBANCES``.
    """
    saved = images.from_png(images.to_png(picture))
    before, after = see(photo), see(saved)
    change = images.to_float(saved).astype(np.float64) - images.to_float(photo)
    is_same = not change.any()
    wanted = source if target is None else target
    return {
        "success_png": is_fooled(after, source, target),
        "was_fooled": is_fooled(before, source, target),
        "source_top5": known.recorded(best5(before[0])),
        "top5": known.recorded(best5(after[0])),
        "probability_png": None if target is None else mean(after, wanted),
        "source_probability": mean(before, source),
        "source_probability_png": mean(after, source),
        "linf_255": round(distance(saved, photo, NORMS["linf"]), 3),
        "l2_255": distance(saved, photo, NORMS["l2"]),
        "l2": float(np.sqrt(np.square(change).sum())),
        "psnr": None if is_same else float(peak_signal_noise_ratio(photo, saved, data_range=255)),
        "ssim": _ssim(photo, saved),
        "changed_pixels": float(change.any(axis=-1).mean()),
        "survives": {
            name: {
                "success": is_fooled(seen := see(disturb(saved)), source, target),
                "probability": mean(seen, wanted),
                "top1": known.name(int(np.argmax(seen[0]))),
            }
            for name, disturb in DISTURBANCES.items()
        },
    }


def is_fooled(seen: list[Floats], source: int, target: int | None) -> bool:
    """Whether all networks see the target, or none of them the source."""
    first = [int(np.argmax(one)) for one in seen]
    if target is None:
        return all(index != source for index in first)
    return all(index == target for index in first)


def mean(seen: list[Floats], index: int) -> float:
    """A class's probability, the mean over the networks."""
    return float(np.mean([one[index] for one in seen]))


def _ssim(photo: Rgb8, saved: Rgb8) -> float:
    """Structural similarity (Wang et al. 2004) with its Gaussian window; 1 for equal pictures."""
    return float(
        structural_similarity(
            photo,
            saved,
            channel_axis=-1,
            data_range=255,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
    )
