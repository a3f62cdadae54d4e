"""Heads that were taught, in a store: made without an engine and without training."""

from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from pages.components import asking, report_card, scanned, session, spaces
from tests import evaluation_making, trained_making
from tests.datasets import making
from tests.pages.components.spaces_made import add_extraction, add_scan
from tests.store.making import add_run, open_store
from tfcore import evaluation, images, trained
from tfcore.engine import calls
from tfcore.events import RunState


def answer(question, *details):
    """What a worker would say to a page's question."""
    if question is calls.class_activation:
        heat = images.to_heat(np.full((7, 7), 90, np.uint8))
        return {"layer": "top", "map": heat, "evidence": 2.0, "probability": 0.7}
    return [(0, 0.9), (1, 0.1)]


def open_page(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """A store that the page reads, and an engine that is said to live but answers nothing."""
    monkeypatch.setenv("TRANSFERLAB_DATA", str(tmp_path / "data"))
    made = open_store(tmp_path)
    alive = SimpleNamespace(is_alive=True, is_ready=True, stage="")
    submitted = []
    link = SimpleNamespace(
        store=made,
        status=lambda: alive,
        ask=answer,
        submit=lambda settings, **_: submitted.append(settings) or "0123456789ab",
        submitted=submitted,
    )
    monkeypatch.setattr(session, "link", lambda: link)
    monkeypatch.setattr(session, "owner", lambda: "secret")
    monkeypatch.setattr(st, "page_link", lambda page, label, **_: st.text(f"{page}: {label}"))
    book = asking.Book()
    monkeypatch.setattr(asking, "_book", lambda: book)
    for cached in (spaces._read, scanned.listing_of, report_card._read):
        cached.clear()
    return made


def data_set(store, place, labels):
    """A folder of photos that was looked through, and its extraction."""
    files = {
        f"{label}/{number}.png": making.png(1000 * len(place.name) + number)
        for number, label in enumerate(labels)
    }
    listing = making.scanned(making.folder(place, files))
    scan = add_scan(store, place, listing)
    return add_extraction(store, scan, listing.photos), listing.photos


def add_head(
    store, extract, photos, *, state=RunState.FINISHED, summary=None, wrong=0.2, **settings
):
    """A head that was taught on these photos; about a fifth of them it names wrong."""
    names = tuple(sorted({photo.label for photo in photos}))
    said = evaluation_making.photos_of(
        [names.index(photo.label) for photo in photos],
        len(names),
        [photo.digest for photo in photos],
        [photo.file for photo in photos],
        wrong=wrong,
    )
    found = evaluation_making.evaluation(names, photos=said)
    side = found.sides["validation"]
    figures = {
        "classes": list(names),
        "train_images": 80,
        "val_images": side.n,
        "val_accuracy": side.accuracy,
        "val_ci_low": side.ci_low,
        "val_ci_high": side.ci_high,
        "val_loss": 0.31,
        "epochs": 20,
        "best_epoch": 12,
        "notes": ["One photo was odd."],
        **(summary or {}),
    }
    run = add_run(
        store,
        state=state,
        kind="train",
        extract=extract,
        fields={"summary": figures, "step": 20, "steps": 20},
        **settings,
    )
    store.add_artifact(run, evaluation.FILE, found.to_bytes())
    trained.install(trained.name_of(run), trained_making.made(names).to_bytes())
    return run


def add_curves(store, run, *, epochs=20, cells=0):
    """Curves that fall and rise."""
    names = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
    rows = []
    for epoch in range(1, epochs + 1):
        values = dict(zip(names, (1 / epoch, 1.2 / epoch, 0.9, 0.8 + epoch / 200), strict=True))
        if cells:
            values = {f"{n}@{i}": v + i / 10 for n, v in values.items() for i in range(cells)}
        rows.append((epoch, values))
    store.add_metrics(run, rows)
