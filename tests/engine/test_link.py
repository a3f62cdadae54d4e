"""Short calls that cannot be answered are told in one sentence."""

from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
from distributed import KilledWorker

from tfcore.config import Config
from tfcore.engine.link import EngineLink
from tfcore.errors import UserError


@pytest.fixture
def link(tmp_path):
    made = EngineLink(Config(data=tmp_path))
    yield made
    made.close()


def test_without_an_engine_nobody_is_asked(link):
    with pytest.raises(UserError, match=r"no engine.*wait a moment"):
        link.predict("efficientnet-lite0", b"")


@pytest.mark.parametrize(
    "trouble",
    [
        KilledWorker("predict", SimpleNamespace(address="w"), 0),
        CancelledError(),
        TimeoutError(),
        OSError("gone"),
    ],
    ids=lambda trouble: type(trouble).__name__,
)
def test_whatever_ends_the_call_the_caller_may_try_again(link, monkeypatch, trouble):
    def result(timeout):
        raise trouble

    client = SimpleNamespace(submit=lambda *_, **__: SimpleNamespace(result=result))
    monkeypatch.setattr(link, "_connect", lambda: client)
    with pytest.raises(UserError, match=r"no answer.*try again in a moment"):
        link.predict("efficientnet-lite0", b"")
    monkeypatch.undo()
