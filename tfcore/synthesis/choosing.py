"""Which procedure does a run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfcore.octaves import DREAM
from tfcore.procedure import Procedure
from tfcore.settings import SynthesizeSettings
from tfcore.synthesis.dream import Dream
from tfcore.synthesis.procedure import Synthesis


def procedure_for(
    settings: SynthesizeSettings, photo: npt.NDArray[np.uint8] | None = None
) -> Procedure:
    """The run that settings ask for, ready for its first step.

    Args:
        settings: What to grow and how.
        photo: RGB uint8 of any size for start "photo", else None.

    Raises:
        WeightsMissing: The network's weights are not here and cannot be fetched.

    Example:
        >>> procedure_for(SynthesizeSettings(target="zebra"))  # doctest: +SKIP
        <tfcore.synthesis.procedure.Synthesis object at 0x7f0000000000>
    """
    return Dream(settings, photo) if settings.recipe == DREAM else Synthesis(settings, photo)
