"""The part of a contestant that lives in its own process: it does what it is asked, and times it.

Standard library alone, because peers import it in environments of their own.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping

TARGET = 284
"""Siamese cat, for everybody."""

Task = Callable[[int], dict[str, float]]


def answer(tasks: Mapping[str, Task]) -> None:
    """Say that everything is loaded, then answer lines ``TASK COUNT`` until there are no more.

    Answers are JSON, a line each; whatever else the process prints goes to stderr.
    """
    with os.fdopen(os.dup(1), "w") as channel:
        os.dup2(2, 1)
        channel.write('{"ready": true}\n')
        channel.flush()
        for line in sys.stdin:
            name, count = line.split()
            channel.write(json.dumps(tasks[name](int(count))) + "\n")
            channel.flush()
