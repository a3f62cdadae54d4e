"""What the parts hand to the browser, and what they take from it."""

import json
import re
from typing import Any

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from pages.components import bars, curves, filmstrip, identity, picture
from pages.components.quantities import QUANTITIES, quantity

PIXELS = {"light": "#FFFFFF", "dark": "#050609"}


class Recorder:
    """Stands for a mounted part: keeps what it was handed, answers what it is told to."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}

    def __call__(self, *, key: str, data: dict[str, Any], **callbacks: Any) -> dict[str, Any]:
        # As Streamlit does it, where NaN would become text that no browser reads.
        self.data = json.loads(json.dumps(data, allow_nan=False))
        return self.answer


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(st, "session_state", {})
    for part in (curves, filmstrip, bars, picture, identity):
        monkeypatch.setattr(part, "_part", recorder)
    return recorder


def test_a_long_history_is_decimated_with_its_ends(mounted: Recorder):
    steps = list(range(1, 2001))
    curves.show("curves", curves.CurveUpdate("a", 0, steps, {"total": [0.5 * s for s in steps]}))
    sent = mounted.data["steps"]
    assert len(sent) == len(set(sent)) == 500
    assert (sent[0], sent[-1]) == (1, 2000)
    assert mounted.data["series"]["total"] == [0.5 * step for step in sent]


def test_an_increment_is_sent_whole_and_noted(mounted: Recorder):
    for first in (1, 11, 21):
        since = curves.since("curves", "a")
        steps = range(first, first + 10)
        curves.show("curves", curves.CurveUpdate("a", since, steps, {"total": [1.0] * 10}))
    assert mounted.data["since"] == 10
    assert mounted.data["steps"] == list(range(21, 31))


def test_a_value_that_is_not_finite_leaves_a_gap(mounted: Recorder):
    values = [1.0, float("nan"), float("inf"), 1 / 3]
    curves.show("curves", curves.CurveUpdate("a", 0, [1, 2, 3, 4], {"total": values}))
    assert mounted.data["series"]["total"] == [1.0, None, None, 0.333333]


def test_the_strip_leaves_out_what_was_sent(mounted: Recorder):
    frames = [filmstrip.FilmFrame(step, b"GIF8") for step in range(0, 50, 10)]
    for count in (2, 3, 5):
        filmstrip.show("film", frames[:count], run="a")
    assert (mounted.data["since"], mounted.data["steps"]) == (10, [20, 30, 40])
    filmstrip.show("film", frames, run="b")
    assert (mounted.data["since"], len(mounted.data["steps"])) == (0, 5)


@pytest.mark.parametrize(("said", "heard"), [(8, 8), (None, None), ("8", None), (True, None)])
def test_the_strip_takes_only_a_step(mounted: Recorder, said: object, heard: int | None):
    mounted.answer = {"pick": said}
    assert filmstrip.show("film", [], run="a") == heard


def test_bars_stay_between_0_and_1(mounted: Recorder):
    values = [0.25, -1.0, 7.0, float("nan")]
    bars.show("bars", [bars.Bar("x", value) for value in values])
    assert [row[1] for row in mounted.data["rows"]] == [0.25, 0, 1, 0]


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"<svg onload=alert(1)>", "application/x-none"),
        (b"<html>", "application/x-none"),
    ],
)
def test_only_images_are_called_images(image: bytes, kind: str):
    assert picture.source(image).startswith(f"data:{kind};base64,")


@given(some.text())
def test_no_text_but_32_hexadecimal_digits_is_a_token(text: str):
    assert identity.is_token(text) == bool(re.fullmatch("[0123456789abcdef]{32}", text))


@given(some.binary(min_size=16, max_size=16).map(bytes.hex))
def test_every_128_bits_are_a_token(text: str):
    assert identity.is_token(text)
    assert not identity.is_token(text + "\n")


def test_a_session_keeps_its_token_and_adopts_the_browsers(mounted: Recorder):
    first = identity.owner_token()
    assert identity.owner_token() == first
    assert mounted.data["token"] == first
    mounted.answer = {"owner": "not a token"}
    assert identity.owner_token() == first
    mounted.answer = {"owner": "ab" * 16}
    assert identity.owner_token() == "ab" * 16


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", [*QUANTITIES, "something_new"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_curve_stands_out_from_the_page(name: str, scheme: str):
    colour = getattr(quantity(name), scheme)
    if colour:
        low, high = sorted([luminance(colour), luminance(PIXELS[scheme])])
        assert (high + 0.05) / (low + 0.05) >= 3


def test_curves_are_told_apart_by_colour_and_by_dash():
    loss = [row for row in QUANTITIES.values() if row.panel == "loss"]
    # The three objectives share one colour: a run has one of them.
    assert len({row.light for row in loss}) == len({row.dark for row in loss}) == 4
    terms = [QUANTITIES[name] for name in ("cross_entropy", "variation", "l2")]
    assert len({row.dash for row in terms}) == 3
    assert all(row.meaning.endswith(".") and row.unit for row in QUANTITIES.values())
