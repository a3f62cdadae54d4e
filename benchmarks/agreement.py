"""Our attacks beside Foolbox's and ART's: the same pictures, as often fooled, changes as small.

All attack one unfolded network with its preprocessing inside, from the photos themselves, with the
same numbers; all pictures are judged by the same unfolded network in this process, one by one, as
they were made (float) and rounded to the nearest of 256 levels (8 bits). Only photos that the
network names rightly count. The peers have the network compiled: speed is ``attackers``'s matter.

* FGSM and one step of PGD: the share of equal values, as in ``attackers``; aim 99.99%.
* PGD, 40 steps to random classes at 1/255, where some photos withstand (from 2/255 on hardly any
  does, and all sides would look alike): successes; aim within 2 points of both peers.
* DeepFool, away from what is shown, and Carlini and Wagner's search, to ``TARGET``, both on some
  photos drawn by a seed: the median L2 change (root of the sum of squares of values in [0, 1]) of
  those on which all succeed; aim at most 1.05 of the better peer's.

What is made equal, because the peers see it differently:

* DeepFool has 50 steps, an overshoot of 0.02 and 10 candidates on all sides. Foolbox (and ours)
  goes that much too far in each step, ART at the end alone. ART is mended: see ``using_art``. The
  peers lead away from the likeliest class, ours from what the photo shows: the same, as only photos
  named rightly count.
* Carlini and Wagner's search has ``ROUNDS`` rounds of ``CW_STEPS`` steps, ``FIRST_CONSTANT`` and
  a learning rate of 0.01, everybody's default, on all sides. Foolbox's is asked not to leave a
  round early. ART goes down the plain gradient with a line search, of up to ten more looks a step,
  in place of Adam; none of these count as steps. A picture that it returns for a failure is the
  photo itself, Foolbox's is black, ours the last: the judge calls all of them failures.
* Ours searches on floats here, as the papers do. ``ours_on_grid`` is what the app does by default:
  it looks at the rounded picture all along. It is told beside the others and takes no part.

All go four photos at a time, which costs a processor least (see ``program.AT_ONCE``).

    TRANSFERLAB_TESTBED=... python -m benchmarks agreement 125
    TRANSFERLAB_TESTBED=... python -m benchmarks agreement 125 deepfool carlini_wagner
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from benchmarks.attackers import NETWORK, equal
from benchmarks.fooling import Photos
from benchmarks.peers.answering import TARGET
from benchmarks.peers.arena import OURS, Arena
from benchmarks.peers.attacking import Order
from benchmarks.wilson import share
from tfcore import catalog, images
from tfcore.attacks.program import AT_ONCE
from tfcore.backbones.backbone import Backbone
from tfcore.backbones.loading import load

NETWORKS = (NETWORK, "mobilenet-0.75")
EPSILONS, PGD_STEPS = (1.0,), 40
DEEPFOOL_STEPS, DEEPFOOL_PHOTOS = 50, 32
ROUNDS, CW_STEPS, CW_PHOTOS = 4, 25, 24
FIRST_CONSTANT = 0.1
SEED = 0
ON_GRID = "ours_on_grid"

Hits = npt.NDArray[np.bool_]
Sizes = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """What the judge says of one side's pictures.

    Attributes:
        hits, hits_8_bit: Whether each fools, as it was made and rounded.
        sizes, sizes_8_bit: The change's L2 norm, likewise.
    """

    hits: Hits
    hits_8_bit: Hits
    sizes: Sizes
    sizes_8_bit: Sizes


class Judge:
    """Looks at pictures of all sides in the same way: one by one, with the unfolded network.

    Args:
        backbone: That network.
        order: What was asked for.
        targeted: Whether the target must be seen, or anything but what the photo shows.
    """

    def __init__(self, backbone: Backbone, order: Order, *, targeted: bool) -> None:
        self._see = tf.function(lambda one: tf.argmax(backbone.logits(one), axis=-1))
        self._order, self._targeted = order, targeted

    def outcome(self, pictures: Any) -> Outcome:
        """Judge one picture a photo."""
        rounded = np.stack([images.to_float(images.to_uint8(one)) for one in pictures])
        return Outcome(
            self._hits(pictures), self._hits(rounded), self._sizes(pictures), self._sizes(rounded)
        )

    def _hits(self, pictures: Any) -> Hits:
        seen = np.array([int(self._see(tf.constant(one[None]))[0]) for one in pictures])
        found: Hits = seen == self._order.wanted if self._targeted else seen != self._order.truth
        return found

    def _sizes(self, pictures: Any) -> Sizes:
        change = np.asarray(pictures, np.float64) - self._order.photos
        found: Sizes = np.sqrt(np.square(change).sum(axis=(1, 2, 3)))
        return found


@dataclass(frozen=True)
class Bench:
    """All sides with their network, the network of the judge, and all photos to random classes."""

    arena: Arena
    backbone: Backbone
    order: Order


def measure(photos: int = 125, parts: Sequence[str] = ()) -> dict[str, Any]:
    """The parts, or all of them, for as many photos; about an hour for 125 on two cores."""
    testbed = os.environ.get("TRANSFERLAB_TESTBED")
    if not testbed:
        return {"skipped": "TRANSFERLAB_TESTBED is not set"}
    asked = parts or tuple(PARTS)
    found: dict[str, Any] = {}
    if "equal" in asked:
        found |= _equal()
    if set(asked) == {"equal"}:
        return found
    here = Photos(Path(testbed) / "imagenet_samples", photos)
    found |= _note("photos", {"seen": here.seen, "named_rightly": len(here.crops)})
    order = Order(
        np.stack([images.to_float(crop) for crop in here.crops]),
        np.array(here.truth),
        np.array(here.targets(SEED)),
    )
    with Arena(NETWORK, "compiled") as arena:
        found |= _note("peers", {"skipped": arena.skipped})
        bench = Bench(arena, load(NETWORK, fast=False), order)
        for part in asked:
            found |= PARTS[part](bench)
    return found


def _note(name: str, figures: Any) -> dict[str, Any]:
    print(json.dumps({name: figures, "at": f"{datetime.now():%H:%M:%S}"}), flush=True)
    return {name: figures}


def _equal() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for network in NETWORKS:
        if not catalog.is_available(catalog.get(network)):
            found |= _note(f"equal_{network}", {"skipped": "its weights are not here"})
            continue
        with Arena(network) as arena:
            same = equal(arena, network)
            found |= _note(f"equal_{network}", {**same, "skipped": arena.skipped})
    return found


def _pgd(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = {}
    judge = Judge(bench.backbone, bench.order, targeted=True)
    for epsilon in EPSILONS:
        order = replace(bench.order, epsilon=epsilon / 255, step_size=0.25 * epsilon / 255)
        sides = _sides(bench.arena, "pgd", grid=False)
        outcomes = _outcomes(bench.arena, judge, sides, PGD_STEPS, order)
        found |= _note(f"pgd_{epsilon:g}_255", successes(outcomes))
    return found


def _deepfool(bench: Bench) -> dict[str, Any]:
    order = _some(bench.order, DEEPFOOL_PHOTOS)
    judge = Judge(bench.backbone, order, targeted=False)
    sides = _sides(bench.arena, "deepfool")
    found = _outcomes(bench.arena, judge, sides, DEEPFOOL_STEPS, order)
    return _note("deepfool", {**successes(found), **smallest(found)})


def _carlini_wagner(bench: Bench) -> dict[str, Any]:
    order = _some(bench.order, CW_PHOTOS)
    wanted = np.full_like(order.truth, TARGET)
    order = replace(order, wanted=wanted, rounds=ROUNDS, first_constant=FIRST_CONSTANT)
    judge = Judge(bench.backbone, order, targeted=True)
    found = _outcomes(bench.arena, judge, _sides(bench.arena, "cw"), CW_STEPS, order)
    return _note("carlini_wagner", {**successes(found), **smallest(found)})


PARTS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "equal": lambda _: {},  # asks each network in an arena of its own, before all others
    "pgd": _pgd,
    "deepfool": _deepfool,
    "carlini_wagner": _carlini_wagner,
}


def _some(order: Order, count: int) -> Order:
    """The same photos every time, none of which shows ``TARGET``."""
    (rows,) = np.nonzero(order.truth != TARGET)
    return order.only(np.random.default_rng(SEED).permutation(rows)[:count])


def _sides(arena: Arena, word: str, *, grid: bool = True) -> dict[str, tuple[str, str]]:
    """For each side who attacks, and what that task is called there."""
    sides = {OURS: (OURS, f"{word}-plain"), **{peer: (peer, word) for peer in arena.peers}}
    return {**sides, ON_GRID: (OURS, f"{word}-grid")} if grid else sides


def _outcomes(
    arena: Arena,
    judge: Judge,
    sides: Mapping[str, tuple[str, str]],
    steps: int,
    order: Order,
) -> dict[str, Outcome]:
    found = {}
    for side, (who, task) in sides.items():
        found[side] = judge.outcome(arena.batches(who, task, steps, order, AT_ONCE))
        # A side takes minutes: what is done must not be lost with what is not.
        _note(f"{side} {task}", share(found[side].hits.tolist()))
    return found


def successes(found: Mapping[str, Outcome]) -> dict[str, Any]:
    """How often each side succeeds, and by how many points of a hundred ours is ahead."""
    told: dict[str, Any] = {
        side: {"float": share(one.hits.tolist()), "8_bit": share(one.hits_8_bit.tolist())}
        for side, one in found.items()
    }
    ours = found[OURS]
    told["points_ahead_of"] = {
        peer: {
            "float": _points(ours.hits, found[peer].hits),
            "8_bit": _points(ours.hits_8_bit, found[peer].hits_8_bit),
        }
        for peer in _peers(found)
    }
    return told


def smallest(found: Mapping[str, Outcome]) -> dict[str, Any]:
    """Median changes where ours and all peers succeed, and ours by the better peer's."""
    taking_part = [OURS, *_peers(found)]
    both = np.all([found[side].hits for side in taking_part], axis=0)
    told: dict[str, Any] = {"where_all_succeed": int(both.sum())}
    if not both.any():
        return told
    medians = {side: float(np.median(found[side].sizes[both])) for side in taking_part}
    told["median_l2"] = {side: round(value, 4) for side, value in medians.items()}
    if ON_GRID in found:
        saved = both & found[ON_GRID].hits_8_bit
        told["median_l2_on_grid"] = {
            "where": int(saved.sum()),
            ON_GRID: round(float(np.median(found[ON_GRID].sizes_8_bit[saved])), 4),
        }
    if len(medians) > 1:
        better = min(value for side, value in medians.items() if side != OURS)
        told["ratio_to_the_better_peer"] = round(medians[OURS] / better, 4)
    return told


def _peers(found: Mapping[str, Outcome]) -> list[str]:
    return [side for side in found if side not in (OURS, ON_GRID)]


def _points(ours: Hits, theirs: Hits) -> float:
    return round(100 * float(ours.mean() - theirs.mean()), 2)
