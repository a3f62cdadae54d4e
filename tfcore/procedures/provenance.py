"""What a figure was measured on: versions, weights and machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfcore.backbones.backbone import Backbone


def provenance(backbones: Sequence[Backbone]) -> dict[str, Any]:
    """Everything that a bit-identical repetition needs beside the settings.

    Returns:
        ``versions`` of tensorflow, keras and numpy; ``weights_digest`` (digests joined by "+") and
        ``folded`` of the networks; ``threads``, the settings of TensorFlow's two pools, where 0
        means one thread for each of the ``cores``; and ``cpu``, its name.
    """
    return {
        "versions": {
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
        },
        "weights_digest": "+".join(backbone.weights_digest for backbone in backbones),
        "folded": all(backbone.folded for backbone in backbones),
        "threads": {
            "intra": tf.config.threading.get_intra_op_parallelism_threads(),
            "inter": tf.config.threading.get_inter_op_parallelism_threads(),
        },
        "cores": os.cpu_count(),
        "cpu": _cpu(),
    }


def _cpu() -> str:
    """The processor's own name; Linux tells it in a file, elsewhere Python knows it."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
