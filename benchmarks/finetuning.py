"""What is fine-tuning worth, and does the guard do its work? Five seeds, photos it never sees.

A fifth of each data set's photos is put aside for the test by each seed (one that leaves a class no
photo to learn from is passed over); a head is trained on the others as the product does it, then
the last two blocks of EfficientNet-Lite0 learn with the defaults. Told is the mean change of
accuracy on the test photos with the 95 % interval of Student's t over the seeds. Then the lesson's
accident: the same with Adam's default rate, no warm-up and no variation, with the guard off and on.

    python -m benchmarks finetuning        # five seeds
    python -m benchmarks finetuning 2      # two
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfcore.datasets.labelling import Labelling
from tfcore.datasets.listing import Listing
from tfcore.datasets.scanning import Scan
from tfcore.datasets.splitting import split
from tfcore.errors import UserError

SETS = ("pets", "other_domain/brain_mri")
NETWORK = "efficientnet-lite0"
CARELESS = {
    "learning_rate": 0.001,
    "warm_up": 0.0,
    "schedule": "constant",
    "flip": False,
    "crop": 0.0,
    "rotation": 0.0,
    "colour": 0.0,
    "smoothing": 0.0,
    "weight_decay": 0.0,
    "patience": 0,
    "steps": 3,
}
_TRIES = 4
"""Seeds tried for each that is asked for; where most leave a class nothing, rows are fewer."""
_T = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
"""Student's t for 95 %, by the number of seeds."""


def measure(seeds: int = 5, sets: str = "", only: str = "") -> dict[str, Any]:
    """Every data set with every seed: with care, careless, careless and guarded.

    Args:
        seeds: How many.
        sets: Names separated by commas; empty for all.
        only: One of ``careful``, ``careless``, ``guarded``; empty for all.
    """
    ways = {
        "careful": {},
        "careless": {**CARELESS, "guard": False},
        "guarded": {**CARELESS, "guard": True},
    }
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in sets.split(",") if sets else SETS:
            root = Path(os.environ["TRANSFERLAB_TESTBED"], name)
            found = _scanned(root)
            tried = ((n, _head(Path(folder), root, found, n)) for n in range(_TRIES * seeds))
            usable = ((seed, known) for seed, known in tried if known is not None)
            for seed, known in itertools.islice(usable, seeds):
                for way, settings in ways.items():
                    if only in ("", way):
                        row = {"data": name, "seed": seed, "way": way}
                        row |= _tuned(root, *known, seed, settings)
                        print(json.dumps(row), flush=True)
                        rows.append(row)
    return {"seeds": seeds, **figures(rows)}


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Means over the seeds, by data set and way.

    Args:
        rows: What each run has come to.

    Example:
        >>> rows = [
        ...     {"data": "x", "way": "careful", "before": 0.8, "after": after, "rollbacks": [],
        ...      "val_loss_before": 0.5, "val_loss": 0.4}
        ...     for after in (0.82, 0.84)
        ... ]
        >>> figures(rows)["x careful"]["mean_change"]
        0.03
    """
    told: dict[str, Any] = {}
    for key in dict.fromkeys((row["data"], row["way"]) for row in rows):
        own = [row for row in rows if (row["data"], row["way"]) == key]
        changes = [row["after"] - row["before"] for row in own]
        low, high = interval(changes)
        told[" ".join(key)] = {
            "mean_before": round(statistics.mean(row["before"] for row in own), 4),
            "mean_after": round(statistics.mean(row["after"] for row in own), 4),
            "mean_change": round(statistics.mean(changes), 4),
            "interval95": [round(low, 4), round(high, 4)],
            "val_loss": [[row["val_loss_before"], row["val_loss"]] for row in own],
            "worse": sum(row["val_loss"] > row["val_loss_before"] for row in own),
            "rolled_back": sum(bool(row["rollbacks"]) for row in own),
        }
    return told


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of a mean, after Student.

    Example:
        >>> low, high = interval([0.0, 0.02, 0.04])
        >>> low < 0 < 0.02 < high
        True
    """
    mean = statistics.mean(values)
    if len(values) < 2:
        return float("-inf"), float("inf")
    reach = _T[min(len(values), max(_T))] * statistics.stdev(values) / len(values) ** 0.5
    return mean - reach, mean + reach


def _scanned(root: Path) -> Listing:
    scan = Scan(root, labelling=Labelling.FOLDERS)
    while not scan.finished:
        scan.step()
    return scan.listing()


def _head(folder: Path, root: Path, found: Listing, seed: int) -> tuple[Any, Any, Any] | None:
    """A head trained on what is not put aside, and both parts of the photos.

    None where the seed leaves a class of few photos none to learn from.
    """
    from dataclasses import replace

    from tfcore import head_file, trained
    from tfcore.features.extraction import extract
    from tfcore.features.planning import sources
    from tfcore.features.program import program_for
    from tfcore.heads.material import load
    from tfcore.heads.procedure import TrainProcedure
    from tfcore.settings import TrainSettings
    from tfcore.store.features import FeatureStore

    program, store = program_for(NETWORK), FeatureStore(folder)
    extract(store, program, sources(root, found.photos))
    whole = load(store, program.space, found, root.name)
    parts = split(whole.photos, validation=0.0, test=0.2, seed=1000 + seed)
    kept, aside = ({photo.digest for photo in part} for part in (parts.train, parts.test))
    material, test = (
        replace(
            whole,
            photos=[photo for photo in whole.photos if photo.digest in some],
            values=whole.values[[photo.digest in some for photo in whole.photos]],
        )
        for some in (kept, aside)
    )
    try:
        job = TrainProcedure(TrainSettings(extract="0" * 12, seed=seed), material, test)
    except UserError:
        return None
    while job.step_number < job.steps:
        job.step()
    head = head_file.from_bytes(job.result().files[trained.FILE])
    return head, material, test


def _tuned(
    root: Path, head: Any, material: Any, test: Any, seed: int, settings: dict[str, Any]
) -> dict[str, Any]:
    from tfcore.heads.finetuning import FineTuneProcedure
    from tfcore.heads.finetuning_sides import sides_of
    from tfcore.settings import FineTuneSettings

    asked = FineTuneSettings.model_validate({"head": "0" * 12, "seed": seed, **settings})
    sides = sides_of(material, root, validation=0.2, seed=seed, test=(test, root))
    job = FineTuneProcedure(asked, head, sides)
    while job.step_number < job.steps:
        job.step()
    said = job.result().summary
    sides.close()
    return {
        "before": said["before"]["test_accuracy"],
        "after": said["test_accuracy"],
        "val_loss_before": round(said["before"]["val_loss"], 4),
        "val_loss": round(said["val_loss"], 4),
        "val_accuracy_before": said["before"]["val_accuracy"],
        "val_accuracy": said["val_accuracy"],
        "best_epoch": said["best_epoch"],
        "rollbacks": [one["text"] for one in said["rollbacks"]],
        "test_images": said["test_images"],
        "seconds": said["seconds"],
    }
