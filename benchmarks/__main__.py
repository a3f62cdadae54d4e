"""Run benchmarks by name and print one JSON object a line.

``python -m benchmarks`` does the short ones; ``python -m benchmarks kills 20 classroom`` those two,
the first with 20 of what it counts.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence

SHORT = ("tick", "step", "startup", "floor", "grid", "peers", "attackers", "extraction")
LONG = (
    "kills",
    "classroom",
    "memory",
    "recognised",
    "fooling",
    "agreement",
    "growth",
    "knn",
    "engine_cost",
)
"""Minutes each: they run when they are asked for by name."""

COUNTED = ("floor", "grid", "peers", "attackers", "extraction", *LONG)
"""Take a number behind their name: rounds, kills, visitors, runs, classes, photos."""


class UnknownRequestError(ValueError):
    """What was asked for cannot be measured; the message says how to mend it."""


def requested(words: Sequence[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Names and their numbers, in the order of the command line; nothing asks for all of SHORT.

    Raises:
        UnknownRequestError: A name that does not exist, or a number where none belongs.
    """
    found: list[tuple[str, tuple[int, ...]]] = []
    for word in words or SHORT:
        name, taken = found[-1] if found else ("", ())
        if word in SHORT + LONG:
            found.append((word, ()))
        elif word.isdecimal() and int(word) > 0 and name in COUNTED and not taken:
            found[-1] = (name, (int(word),))
        else:
            raise UnknownRequestError(
                f"got {word}, expected {', '.join(SHORT + LONG)}, and a number behind one of "
                f"{', '.join(COUNTED)}, fix: choose one of them"
            )
    return found


def main() -> int:
    """Run what was asked for; 2 when there is no such benchmark."""
    try:
        wanted = requested(sys.argv[1:])
    except UnknownRequestError as error:
        print(f"error: {error}")
        return 2
    for name, numbers in wanted:
        figures = importlib.import_module(f"benchmarks.{name}").measure(*numbers)
        print(json.dumps({"benchmark": name, **figures}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
