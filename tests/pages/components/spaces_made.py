"""Analysed extractions in a store, made without an engine or a network."""

from tests.store.making import add_run
from tfcore.datasets.listing import to_bytes
from tfcore.datasets.procedure import LISTING
from tfcore.events import RunState
from tfcore.similarity.analysis import ANALYSIS, Analysis
from tfcore.similarity.knn import Separability
from tfcore.similarity.maps import MAP, DrawnMap


def add_scan(store, root, listing):
    """A data set that was looked through."""
    counts = listing.report.classes
    summary = {"digest": listing.digest, "report": {"classes": dict(counts)}}
    run = add_run(
        store, state=RunState.FINISHED, kind="scan", data=str(root), fields={"summary": summary}
    )
    store.add_artifact(run, LISTING, to_bytes(listing))
    return run


def analysis_of(photos, *, accuracy=0.9):
    """A made-up space: photos lie in a row, and those beside each other are neighbours."""
    count = len(photos)
    labels = [photo.label for photo in photos]
    near = [sorted(set(range(count)) - {row}, key=lambda r: abs(r - row)) for row in range(count)]
    knn = Separability(
        k=5,
        n=count,
        correct=round(accuracy * count),
        accuracy=accuracy,
        ci_low=round(accuracy - 0.1, 4),
        ci_high=round(accuracy + 0.05, 4),
        chance=round(max(map(labels.count, labels)) / count, 4),
        by_class=dict.fromkeys(labels, accuracy),
    )
    return Analysis(
        digests=[photo.digest for photo in photos],
        labels=labels,
        files=[photo.file for photo in photos],
        classes=sorted(set(labels)),
        of=count,
        pca=[[float(row), float(row % 3)] for row in range(count)],
        explained=[0.7, 0.2],
        neighbours=[rows[:12] for rows in near],
        similarity=[
            [round(1 - 0.05 * place, 2) for place in range(len(rows[:12]))] for rows in near
        ],
        knn=knn,
        spread={"within": 0.6, "between": 0.3},
    )


def add_extraction(store, scan, photos, *, accuracy=0.9, **settings):
    """Features of it, as the engine would have left them."""
    found = analysis_of(photos, accuracy=accuracy)
    summary = {"separability": found.summary, "dim": 2, "images": len(photos)}
    run = add_run(
        store,
        state=RunState.FINISHED,
        kind="extract",
        scan=scan,
        fields={"summary": summary, "step": len(photos), "steps": len(photos)},
        **settings,
    )
    store.add_artifact(run, ANALYSIS, found.to_bytes())
    return run


def add_map(store, extract, count):
    """Its map by t-SNE: a line that rises, so that nobody takes it for the plain map."""
    run = add_run(store, state=RunState.FINISHED, kind="map", extract=extract)
    xy = [[float(row), float(row)] for row in range(count)]
    drawn = DrawnMap(list(range(count)), xy, kl=0.5, perplexity=5.0, seed=0, iterations=750)
    store.add_artifact(run, MAP, drawn.to_bytes())
    return run
