"""Run benchmarks by name and print one JSON object a line.

``python -m benchmarks`` does the short ones; ``python -m benchmarks kills 20 classroom`` those two,
the first with 20 of what it counts; ``python -m benchmarks fooling 125 checks`` a part of one.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    "training",
    "heads",
    "finetuning",
    "journey",
)
"""Minutes each: they run when they are asked for by name."""

COUNTED = ("floor", "grid", "peers", "attackers", "extraction", *LONG)
"""Take a number behind their name: rounds, kills, visitors, runs, classes, photos."""

PARTS = {
    "fooling": ("pgd", "checks", "transfer", "carlini_wagner"),
    "agreement": ("equal", "pgd", "deepfool", "carlini_wagner"),
}
"""What can be asked for alone behind the name; nothing asks for all parts."""


class UnknownRequestError(ValueError):
    """What was asked for cannot be measured; the message says how to mend it."""


@dataclass(frozen=True)
class Request:
    """A benchmark, how many of what it counts, and which of its parts; empty for its own choice."""

    name: str
    numbers: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()

    def measure(self) -> dict[str, object]:
        """Its figures."""
        module = importlib.import_module(f"benchmarks.{self.name}")
        options = {"parts": self.parts} if self.parts else {}
        figures: dict[str, object] = module.measure(*self.numbers, **options)
        return figures


def requested(words: Sequence[str]) -> list[Request]:
    """Names with their numbers and parts, in the order of the command line; nothing asks for SHORT.

    Raises:
        UnknownRequestError: A name that does not exist, or a number or part where none belongs.
    """
    found: list[Request] = []
    for word in words or SHORT:
        last = found[-1] if found else Request("")
        if word in SHORT + LONG:
            found.append(Request(word))
        elif word.isdecimal() and int(word) > 0 and last.name in COUNTED and not last.numbers:
            found[-1] = replace(last, numbers=(int(word),))
        elif word in PARTS.get(last.name, ()) and word not in last.parts:
            found[-1] = replace(last, parts=(*last.parts, word))
        else:
            parts = [f"{name} has the parts {', '.join(one)}" for name, one in PARTS.items()]
            raise UnknownRequestError(
                f"got {word}, expected {', '.join(SHORT + LONG)}, and a number behind one of "
                f"{', '.join(COUNTED)} ({'; '.join(parts)}), fix: choose one of them"
            )
    return found


def main() -> int:
    """Run what was asked for; 2 when there is no such benchmark."""
    try:
        wanted = requested(sys.argv[1:])
    except UnknownRequestError as error:
        print(f"error: {error}")
        return 2
    for one in wanted:
        print(json.dumps({"benchmark": one.name, **one.measure()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
