"""The JSON objects that verbs end with; their keys are stable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfcore.store.records import Run

Answer = tuple[dict[str, Any], int]
STOPPED = 130


def synthesis_answer(run: Run, files: dict[str, str]) -> dict[str, Any]:
    """The stable keys of a synthesis."""
    summary = dict(run.summary)
    opinions = summary.get("second_opinion", {})
    return {
        "run_id": run.id,
        "state": str(run.state),
        "network": run.settings["network"],
        "target": summary.get("target", run.settings["target"]),
        "target_index": summary.get("target_index"),
        "recipe": run.settings["recipe"],
        "steps": run.step,
        "seconds": round(run.seconds, 3),
        "steps_per_second": round(run.step / run.seconds, 2) if run.seconds else None,
        "probability": summary.get("probability"),
        "probability_png": summary.get("probability_png"),
        "top5": summary.get("top5", []),
        **cells(summary, files),
        "second_opinion": {name: opinion(verdict) for name, verdict in opinions.items()},
        "total_variation": summary.get("total_variation"),
        "image": files.get("image"),
        "growth": files.get("growth"),
        "metrics": files.get("metrics"),
        "recipe_file": files.get("recipe_file"),
    }


def cells(summary: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    """The pictures of a what-if run, each with its file; nothing for a plain run."""
    if "cells" not in summary:
        return {}
    found = [
        {**cell, "image": files.get(f"cell-{index}")} for index, cell in enumerate(summary["cells"])
    ]
    return {"vary": summary["vary"], "cells": found}


def opinion(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """Another network's verdict, and for a what-if run that on each cell."""
    said: dict[str, Any] = {"rank": verdict["rank"], "probability": verdict["probability"]}
    if "cells" in verdict:
        said["cells"] = [opinion(cell) for cell in verdict["cells"]]
    return said
