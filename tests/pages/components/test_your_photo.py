"""A person's photo on its way to the networks; hostile bytes on their way to a sentence."""

from types import SimpleNamespace

import pytest

from pages.components import your_photo
from tests.store.making import picture
from tfcore import catalog, images
from tfcore.errors import BadImage


class Link:
    """Takes what would go to the engine."""

    def __init__(self):
        self.asked = []

    def predict(self, network, png):
        self.asked.append((network, images.decode(png)))
        return [(284, 0.9), (285, 0.05)]


@pytest.mark.parametrize("network", ["efficientnet-lite0", "efficientnet-lite2"])
def test_each_network_is_sent_the_square_it_was_made_for(network):
    link = Link()
    wide = images.to_png(picture(side=300)[:, :200])
    seen = your_photo.look(link, network, wide)
    [(asked, square)] = link.asked
    side = catalog.get(network).input_size
    assert (asked, square.shape) == (network, (side, side, 3))
    assert seen.top5 == ((284, 0.9), (285, 0.05))
    assert (images.decode(seen.png) == square).all()


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>cat</html>", images.to_png(picture())[:60]],
    ids=["none", "html", "cut"],
)
def test_what_is_no_picture_never_reaches_the_engine(content):
    link = Link()
    with pytest.raises(BadImage, match="expected"):
        your_photo.look(link, "efficientnet-lite0", content)
    assert link.asked == []


def test_what_nobody_foresaw_is_logged_and_told_without_a_traceback(monkeypatch, caplog):
    told = []
    monkeypatch.setattr(
        your_photo, "st", SimpleNamespace(error=lambda text, **_: told.append(text))
    )
    your_photo.complain(RuntimeError("secret detail"))
    your_photo.complain(BadImage("an empty file", "a picture", "choose another"))
    assert told == [
        "The network could not be asked; the server's log tells why. Try again.",
        "An empty file — expected a picture. Choose another.",
    ]
    assert "secret detail" in caplog.text
