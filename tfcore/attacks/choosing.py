"""Which procedure does an attack."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfcore.attacks.procedure import Fooling
from tfcore.attacks.search import SmallestBudget
from tfcore.errors import UserError
from tfcore.procedure import Procedure
from tfcore.settings import AttackSettings


def procedure_for(settings: AttackSettings, photo: npt.NDArray[np.uint8] | None) -> Procedure:
    """The run that settings ask for, ready for its first step.

    Args:
        settings: What to reach and how.
        photo: RGB uint8 of any size.

    Raises:
        UserError: There is no photo.
        WeightsMissing: A network's weights are not here and cannot be fetched.
    """
    if photo is None:
        raise UserError("no photo", "a photo to begin with", "add a photo")
    return SmallestBudget(settings, photo) if settings.smallest else Fooling(settings, photo)
