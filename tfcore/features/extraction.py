"""A whole data set: what is missing is computed, shard after shard, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tfcore.features.ahead import THREADS, Ahead
from tfcore.features.planning import Shard, Source, plan
from tfcore.features.reading import SetAside
from tfcore.features.shard import Features, Progress, ShardExtraction
from tfcore.store.features import FeatureStore

OnProgress = Callable[[Progress], object]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Outcome:
    """What came of some shards.

    Attributes:
        progress: All steps together.
        set_aside: Photos that could not be used.
        stopped: Whether it was told to stop before its end.
    """

    progress: Progress
    set_aside: tuple[SetAside, ...]
    stopped: bool


@dataclass(frozen=True)
class Summary:
    """What came of a data set.

    Attributes:
        photos: Different photos that were asked for.
        cache_hits: Those whose features were in the store before.
        outcome: What came of the others.
    """

    photos: int
    cache_hits: int
    outcome: Outcome


def extract(
    store: FeatureStore,
    features: Features,
    wanted: Iterable[Source],
    *,
    threads: int = THREADS,
    on_progress: OnProgress = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Summary:
    """Compute the features that are missing, and keep them.

    Args:
        store: Where they are kept.
        features: The network, mostly ``program.program_for(...)``.
        wanted: Photos in the order of the listing, see ``planning.sources``.
        threads: Photos decoded at a time, beside the network.
        on_progress: Told after every batch what was done so far.
        should_stop: Asked before every batch. What is computed until then is kept.

    Raises:
        TooLarge: The features are too large.
        OSError: The store cannot be written to.

    Example:
        >>> summary = extract(FeatureStore("features"), program_for("efficientnet-lite0"),
        ...                   sources(root, listing.photos))     # doctest: +SKIP
        >>> summary.cache_hits                                   # doctest: +SKIP
        0
    """
    todo = plan(store, features.space, wanted)
    outcome = run_shards(
        store,
        features,
        todo.shards,
        threads=threads,
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return Summary(todo.photos, todo.cache_hits, outcome)


def run_shards(
    store: FeatureStore,
    features: Features,
    shards: Iterable[Shard],
    *,
    threads: int = THREADS,
    on_progress: OnProgress = lambda _: None,
    should_stop: ShouldStop = lambda: False,
) -> Outcome:
    """Compute and keep some shards one after the other: what a worker does of a plan.

    The first photos of a shard are decoded while the one before it is still in the network, so that
    several in one call are quicker than as many calls.

    Args:
        store: Where they are kept.
        features: The network.
        shards: Some of a ``Plan``.
        threads: Photos decoded at a time, beside the network.
        on_progress: Told after every batch what was done so far.
        should_stop: Asked before every batch. What is computed until then is kept.

    Raises:
        UserError: A shard was planned for another space.
        OSError: The store cannot be written to.
    """
    work = list(shards)
    done, aside, stopped = Progress(), list[SetAside](), False
    with Ahead(work, threads=threads) as ahead:
        for shard in work:
            extraction = ShardExtraction(features, shard, ahead)
            while not extraction.finished and not stopped:
                stopped = should_stop()
                if not stopped:
                    done += extraction.step()
                    on_progress(done)
            aside += extraction.save(store).set_aside
            if stopped:
                break
    return Outcome(done, tuple(aside), stopped)
