"""How often a photo is taken for a random class, on what was saved and read back.

All photos of the test bed that the network names rightly count, whatever happens to them. With the
rate come the figures that show whether an attack is any good (Carlini et al., "On Evaluating
Adversarial Robustness", 2019): PGD against FGSM, large budgets against small ones, more steps
against fewer, an attack without bounds, and noise of the same size; differences have paired 95%
intervals. Transfer is what other networks, which were not attacked, see at 8/255.

    TRANSFERLAB_TESTBED=... python -m benchmarks fooling 125
    TRANSFERLAB_TESTBED=... python -m benchmarks fooling 125 checks carlini_wagner
"""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.wilson import share
from tfcore import catalog, images, labels
from tfcore.attacks.attack import Attack
from tfcore.attacks.budget import NORMS, distance, quantized
from tfcore.attacks.carlini_wagner import CarliniWagner
from tfcore.attacks.fgsm import Fgsm
from tfcore.attacks.mifgsm import MiFgsm
from tfcore.attacks.pgd import Pgd
from tfcore.attacks.program import Aim, Program
from tfcore.backbones.loading import cached
from tfcore.backbones.predict import probabilities

NETWORK, ENSEMBLE = "efficientnet-lite0", ("efficientnet-lite0", "efficientnet-lite1")
OTHERS = ("efficientnet-lite2", "mobilenet-v2-1.0")
EPSILONS, SEEDS, STEPS, BATCH = (1.0, 2.0, 4.0), (0, 1, 2), 40, 16
SEARCH = (50, 6)
"""Steps of a round and rounds of Carlini and Wagner's search."""

Rgb8 = npt.NDArray[np.uint8]
Hits = npt.NDArray[np.bool_]


class Photos:
    """The photos that the network names rightly, as it sees them.

    Attributes:
        seen: How many were looked at.
        crops: RGB uint8.
        truth: What each shows.
        names: Of their files.
    """

    def __init__(self, folder: Path, most: int) -> None:
        files = sorted(folder.glob("*.JPEG"))[:most]
        self.seen, self.crops, self.truth, self.names = len(files), [], [], []
        for file in files:
            crop = images.fit_square(images.decode(file.read_bytes()), cached(NETWORK).size)
            index = labels.find(file.stem.partition("_")[2].replace("_", " ")).index
            if int(probabilities(NETWORK, crop).argmax()) == index:
                self.crops.append(crop)
                self.truth.append(index)
                self.names.append(file.name)

    def targets(self, seed: int) -> list[int]:
        """A random class for each photo, never its own."""
        draw = np.random.default_rng(seed)
        return [int((truth + draw.integers(1, 1000)) % 1000) for truth in self.truth]


def measure(photos: int = 125, parts: Sequence[str] = ()) -> dict[str, Any]:
    """The parts, or all of them, for as many photos; about an hour for 125 on two cores."""
    testbed = os.environ.get("TRANSFERLAB_TESTBED")
    if not testbed:
        return {"skipped": "TRANSFERLAB_TESTBED is not set"}
    here = Photos(Path(testbed) / "imagenet_samples", photos)
    found: dict[str, Any] = {"photos": here.seen, "named_rightly": len(here.crops)}
    print(json.dumps(found), flush=True)
    for part in parts or PARTS:
        found |= PARTS[part](here)
    return found


def _note(name: str, figures: Any) -> dict[str, Any]:
    print(json.dumps({name: figures}), flush=True)  # the whole takes an hour
    return {name: figures}


def saved(
    photos: Photos,
    attack: Attack,
    epsilon: float,
    seed: int,
    *,
    steps: int = STEPS,
    norm: str = "linf",
    networks: Sequence[str] = (NETWORK,),
    share_of_budget: float = 0.25,
    targeted: bool = True,
) -> list[Rgb8]:
    """Attack all photos and return the pictures as they would be saved."""
    program = Program(attack, [cached(name) for name in networks], norm)
    classes = np.eye(1000, dtype=np.float32)
    wanted = photos.targets(seed) if targeted else photos.truth
    pictures: list[Rgb8] = []
    for start in range(0, len(photos.crops), BATCH):
        crops = photos.crops[start : start + BATCH]
        # The last batch is filled up, so that nothing is traced anew for it.
        filled = [*crops, *[crops[-1]] * (BATCH - len(crops))]
        rows = [*wanted[start : start + BATCH]]
        rows += [rows[-1]] * (BATCH - len(rows))
        truth = [*photos.truth[start : start + BATCH]]
        truth += [truth[-1]] * (BATCH - len(truth))
        sign = 1 if targeted else -1
        aim = Aim(
            np.stack([images.to_float(crop) for crop in filled]),
            classes[rows],
            classes[truth],
            np.full(BATCH, sign, np.float32),
            seed,
        )
        knobs = {
            "epsilon": np.full(BATCH, epsilon, np.float32),
            "step_size": np.full(BATCH, share_of_budget * epsilon, np.float32),
            "tv_weight": np.zeros(BATCH, np.float32),
        }
        state = program.start(aim, knobs)
        for step in range(steps):
            state, _ = program.step(aim, knobs, step, state)
        radius = epsilon if attack.has_budget else math.inf
        ended = np.array(attack.final(state))
        pictures += [
            quantized(one, crop, NORMS[norm], radius)
            for one, crop in zip(ended, crops, strict=False)
        ]
    return [images.from_png(images.to_png(picture)) for picture in pictures]


def hits(pictures: Sequence[Rgb8], wanted: Sequence[int], network: str = NETWORK) -> Hits:
    """Whether each picture is taken for the class."""
    seen = [int(probabilities(network, picture).argmax()) for picture in pictures]
    return np.array(seen) == np.array(wanted)


def paired(stronger: Hits, weaker: Hits) -> dict[str, Any]:
    """How much more often one attack succeeds than another on the same photos, with 95%.

    ``not_weaker`` is false only when the whole interval lies below zero.
    """
    count = len(stronger)
    more, less = int((stronger & ~weaker).sum()), int((weaker & ~stronger).sum())
    difference = (more - less) / count
    spread = 1.96 * math.sqrt(max(more + less - (more - less) ** 2 / count, 0.0)) / count
    interval = [round(difference - spread, 3), round(difference + spread, 3)]
    return {
        "difference": round(difference, 3),
        "paired95": interval,
        "not_weaker": difference + spread >= 0,
    }


def _told(hit: Hits) -> dict[str, Any]:
    return share(hit.tolist())


def _pgd(here: Photos) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for epsilon in EPSILONS:
        for seed in SEEDS:
            hit = _pgd_hits(here, epsilon, seed)
            found |= _note(f"pgd_40_at_{epsilon:g}_255_seed_{seed}", _told(hit))
        whole = np.concatenate([_pgd_hits(here, epsilon, seed) for seed in SEEDS])
        found |= _note(f"pgd_40_targeted_at_{epsilon:g}_255", _told(whole))
    return found


@functools.cache  # the checks compare with what the part before them did
def _pgd_hits(here: Photos, epsilon: float, seed: int) -> Hits:
    found: Hits = hits(saved(here, Pgd(), epsilon, seed), here.targets(seed))
    return found


def _checks(here: Photos) -> dict[str, Any]:
    """What must hold for any attack that is worth its name; seed 0."""
    targets = here.targets(0)
    pgd = {epsilon: _pgd_hits(here, epsilon, 0) for epsilon in EPSILONS}
    fgsm = hits(saved(here, Fgsm(), 2.0, 0, steps=1, share_of_budget=1.0), targets)
    few = hits(saved(here, Pgd(), 1.0, 0, steps=10), targets)
    # The whole range is no bound. From the photo and in whole levels: from noise over the whole
    # range most steps would go into finding back to anything that a network can read.
    free = saved(here, Pgd(random_start=False), 255.0, 0, steps=60, share_of_budget=1 / 255)
    noise = ~hits(_noisy(here, 4.0), here.truth)
    figures = {
        "pgd_against_fgsm_at_2": paired(pgd[2.0], fgsm),
        "epsilon_2_against_1": paired(pgd[2.0], pgd[1.0]),
        "epsilon_4_against_2": paired(pgd[4.0], pgd[2.0]),
        "steps_40_against_10_at_1": paired(pgd[1.0], few),
        "without_bounds": _told(hits(free, targets)),
        "noise_of_4_changes_the_class": _told(noise),
    }
    return _note("checks", figures)


def _noisy(here: Photos, epsilon: float) -> list[Rgb8]:
    draw = np.random.default_rng(0)
    level = int(epsilon)
    return [
        np.clip(crop + draw.integers(-level, level + 1, crop.shape), 0, 255).astype(np.uint8)
        for crop in here.crops
    ]


def _least(here: Photos) -> dict[str, Any]:
    """Carlini and Wagner's least change beside PGD's in L2, where both succeed."""
    targets = here.targets(0)
    steps, rounds = SEARCH
    attack = CarliniWagner(steps, rounds, first_constant=1.0)
    found = saved(here, attack, 1.0, 0, steps=steps * rounds, norm="l2")
    hit = hits(found, targets)
    rough = saved(here, Pgd(), 1.0, 0, norm="l2")
    both = hit & hits(rough, targets)
    sizes = [distance(p, c, NORMS["l2"]) for p, c in zip(found, here.crops, strict=True)]
    others = [distance(p, c, NORMS["l2"]) for p, c in zip(rough, here.crops, strict=True)]
    figures = {
        "success": _told(hit),
        "missed": [here.names[row] for row in np.flatnonzero(~hit)],
        "pgd_l2_success": _told(hits(rough, targets)),
        "where_both_succeed": int(both.sum()),
        "median_l2_255": round(float(np.median(np.array(sizes)[both])), 4),
        "median_l2_255_of_pgd": round(float(np.median(np.array(others)[both])), 4),
    }
    return _note("carlini_wagner", figures)


def _transfer(here: Photos) -> dict[str, Any]:
    """What networks that were not attacked see: the target, or anything but the truth."""
    targets = here.targets(0)
    ways: dict[str, tuple[Attack, Sequence[str], float]] = {
        "pgd": (Pgd(), (NETWORK,), 0.25),
        "mifgsm": (MiFgsm(), (NETWORK,), 0.1),
        "mifgsm_of_two": (MiFgsm(), ENSEMBLE, 0.1),
    }
    judges = [name for name in OTHERS if catalog.is_available(catalog.get(name))]
    clean = {name: hits(here.crops, here.truth, name) for name in judges}
    found: dict[str, Any] = {name: {"named_rightly": _told(clean[name])} for name in judges}
    for way, (attack, networks, step) in ways.items():
        options: dict[str, Any] = {"networks": networks, "share_of_budget": step, "steps": 20}
        aimed = saved(here, attack, 8.0, 0, **options)
        away = saved(here, attack, 8.0, 0, targeted=False, **options)
        for name in judges:
            right = clean[name]
            found[name][way] = {
                "target_seen": _told(hits(aimed, targets, name)),
                "no_longer_named_rightly": _told(~hits(away, here.truth, name)[right]),
            }
    return _note("transfer_8_255", found)


PARTS: dict[str, Callable[[Photos], dict[str, Any]]] = {
    "pgd": _pgd,
    "checks": _checks,
    "transfer": _transfer,
    "carlini_wagner": _least,
}
