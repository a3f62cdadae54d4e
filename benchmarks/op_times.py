"""Where a compiled step spends its time: TensorFlow's own profile, summed by kinds of work."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Set
from pathlib import Path

_OPERATION = re.compile(r"[^\s:]+:[A-Za-z_]\w*")
"""How the profile writes an operation: its name in the graph and its type."""

_NUMBERED = re.compile(r"_\d+$")


def profile(step: Callable[[], object], steps: int) -> tuple[float, dict[str, float]]:
    """Run steps under the profiler.

    Returns:
        Milliseconds a step by the wall clock, the profiler's own cost included, and those of each
        operation, by ``name:type``. Operations that ran at the same time on two threads both count.
    """
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=2, python_tracer_level=0)
    space = xplane_pb2.XSpace()
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, options=options)
        began = time.perf_counter()
        for _ in range(steps):
            step()
        wall = 1000 * (time.perf_counter() - began) / steps
        tf.profiler.experimental.stop()
        (file,) = Path(folder).rglob("*.xplane.pb")
        space.ParseFromString(file.read_bytes())
    total: Counter[str] = Counter()
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name = plane.event_metadata[event.metadata_id].name
                if _OPERATION.fullmatch(name):
                    total[name] += event.duration_ps
    return wall, {name: picoseconds / 1e9 / steps for name, picoseconds in total.items()}


def kind_of_work(operation: str, layers: Set[str]) -> str:
    """What an operation is for, told by its name and type.

    Args:
        operation: ``name:type`` as ``profile`` gives it.
        layers: Names of the network's layers, which its operations carry, numbered if need be.
    """
    name, kind = operation.rsplit(":", 1)
    lowered = name.lower()
    if any(part in layers or _NUMBERED.sub("", part) in layers for part in name.split("/")):
        is_backward = "gradient_tape" in name
        return "network, backward" if is_backward else "network, forward"
    for work, signs in (
        ("views", ("imageprojectivetransform",)),
        ("random draws", ("stateless", "random")),
        ("Fourier transform", ("fft",)),
        ("optimizer", ("adam", "sgd", "momentum", "applygradient", "resourceapply")),
    ):
        if any(sign in lowered or sign in kind.lower() for sign in signs):
            return work
    return "everything else: colours, variation, losses, copies"
