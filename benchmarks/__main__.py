"""Run benchmarks by name, or all of them, and print one JSON object a line."""

from __future__ import annotations

import importlib
import json
import sys

NAMES = ("tick", "step", "startup")


def main() -> int:
    """Run what was asked for; 2 when there is no benchmark of that name."""
    asked = sys.argv[1:] or list(NAMES)
    unknown = [name for name in asked if name not in NAMES]
    if unknown:
        print(f"error: got {unknown[0]}, expected {', '.join(NAMES)}, fix: choose one of them")
        return 2
    for name in asked:
        figures = importlib.import_module(f"benchmarks.{name}").measure()
        print(json.dumps({"benchmark": name, **figures}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
