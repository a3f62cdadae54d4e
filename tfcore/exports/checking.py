"""A file asked in a process that knows nothing of this lab, and compared with the lab's answer.

What a format promises and what a fresh process reads are two things: a layer of ours that leaked
into the file, a forgotten preprocessing or classes in another order are found only here.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from tfcore import images
from tfcore.errors import UserError
from tfcore.formats import Format
from tfcore.intervals import wilson

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

TOLERANCE = 1e-4
"""Most by which a probability may differ from the lab's."""
LEAST_AGREEMENT = 0.9
"""Share of photos of which int8 must name the lab's class to be offered at all."""
SECONDS = 600.0
"""Most that the fresh process may take."""
BATCH = 16
_DIGITS = 4  # of the probabilities that predict.py prints

log = logging.getLogger(__name__)

# Runs predict.py as a person would, on one file, and then asks it about all photos.
_CHILD = f"""
import runpy, sys
import numpy as np
first, photos, answers = sys.argv[1:]
sys.argv = ["predict.py", first]
bundle = runpy.run_path("predict.py", run_name="__main__")
values = np.load(photos).astype(np.float32)
parts = [values[at : at + {BATCH}] for at in range(0, len(values), {BATCH})]
np.save(answers, np.concatenate([bundle["probabilities"](part) for part in parts]))
"""


@dataclass(frozen=True)
class Agreement:
    """How a file's answers compare with the lab's.

    Attributes:
        photos: How many were asked about.
        difference: Largest difference of a probability.
        agreement: Share of photos with the same most probable class.
        ci_low, ci_high: 95% interval of that share (Wilson).
        accuracy: Share that the file names rightly; None where the right class is not known.
        accuracy_here: The same of the lab's own answers.
        labelled: Photos whose right class is known.
    """

    photos: int
    difference: float
    agreement: float
    ci_low: float
    ci_high: float
    accuracy: float | None = None
    accuracy_here: float | None = None
    labelled: int = 0


def answers(folder: Path, photos: Pixels, labels: str) -> Floats:
    """What the ``predict.py`` of an unpacked archive says, in a process of its own.

    The process runs isolated (``python -I``): neither this project nor its settings are on its
    way, and it begins in the archive's folder.

    Args:
        folder: The archive, unpacked.
        photos: RGB, ``(n, size, size, 3)``, n at least 1.
        labels: What ``labels.txt`` holds.

    Returns:
        Probabilities, ``(n, classes)``.

    Raises:
        UserError: It did not run, took too long, or what it printed is not what it computed.
    """
    with TemporaryDirectory(prefix="transferlab-") as place:
        first, given, answer = (Path(place) / name for name in ("photo.png", "in.npy", "out.npy"))
        first.write_bytes(images.to_png(photos[0]))
        np.save(given, photos, allow_pickle=False)
        printed = _run(folder, [str(first), str(given), str(answer)])
        found: Floats = np.load(answer, allow_pickle=False)
    classes = labels.split("\n")[:-1]
    if found.shape != (len(photos), len(classes)) or not np.isfinite(found).all():
        raise _not_offered(f"answers of shape {found.shape} or that are no numbers")
    best = int(found[0].argmax())
    if not printed.startswith(f"{found[0, best]:.{_DIGITS}f}\t{classes[best]}\t"):
        raise _not_offered("a predict.py that prints something else than it computes")
    return found


def _run(folder: Path, arguments: list[str]) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TRANSFERLAB_"))}
    environment = {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, "-I", "-c", _CHILD, *arguments]
    try:
        done = subprocess.run(  # noqa: S603  # our own code and paths
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _not_offered(f"no answer within {SECONDS:.0f} seconds") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()
        log.warning("an export did not run in a fresh process:\n%s", told)
        last = told.splitlines()[-1] if told else f"status {done.returncode}"
        raise _not_offered(f"a fresh process that failed with “{last[:200]}”")
    return done.stdout.decode(errors="replace")


def compare(
    form: Format, found: Floats, expected: Floats, truth: Sequence[int | None]
) -> Agreement:
    """Whether a file says what the lab says.

    Args:
        form: The format.
        found: Its probabilities, ``(n, classes)``.
        expected: The lab's.
        truth: The right class of each photo, where it is known.

    Raises:
        UserError: It does not.
    """
    same, n = int((found.argmax(1) == expected.argmax(1)).sum()), len(expected)
    low, high = wilson(same, n)
    known = np.asarray([row for row, index in enumerate(truth) if index is not None], int)
    right = np.asarray([truth[row] for row in known], int)
    result = Agreement(
        photos=n,
        difference=float(np.abs(found - expected).max()),
        agreement=same / n,
        ci_low=low,
        ci_high=high,
        accuracy=float((found[known].argmax(1) == right).mean()) if len(known) else None,
        accuracy_here=float((expected[known].argmax(1) == right).mean()) if len(known) else None,
        labelled=len(known),
    )
    if form.is_rounded and result.agreement < LEAST_AGREEMENT:
        raise _not_offered(f"the lab's class in only {same} of {n} photos")
    if not form.is_rounded and not result.difference <= TOLERANCE:
        raise _not_offered(f"probabilities that differ from the lab's by {result.difference:.1e}")
    return result


def _not_offered(got: str) -> UserError:
    return UserError(got, "what the lab says, in a fresh process", "take another format")
