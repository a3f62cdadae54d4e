"""A tick must neither push aside nor cut in pieces what the last run of a page had to say."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

from pages.components import mending

TICK = SimpleNamespace(fragment_id="tick")
PRESS = SimpleNamespace(fragment_id="")


@pytest.fixture
def handed_in(monkeypatch):
    """What reaches Streamlit, in order."""
    arrived = []
    monkeypatch.setattr(mending, "_request_rerun", lambda _, wanted: arrived.append(wanted))
    return arrived


def session(state):
    runner = SimpleNamespace(_requests=SimpleNamespace(_state=state))
    return SimpleNamespace(_scriptrunner=runner, _event_loop=asyncio.get_running_loop())


async def rest(seconds):
    """Let the loop go on."""
    await asyncio.sleep(seconds)


def test_a_tick_waits_until_the_ended_run_has_said_everything(handed_in):
    async def visit():
        visitor = session(ScriptRequestType.STOP)
        mending.request_rerun(visitor, TICK)
        await rest(5 * mending.AGAIN_SECONDS)
        assert handed_in == []
        visitor._scriptrunner = None  # its end was heard of
        await rest(5 * mending.AGAIN_SECONDS)
        assert handed_in == [TICK]

    asyncio.run(visit())


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (ScriptRequestType.STOP, PRESS),
        (ScriptRequestType.STOP, None),
        (ScriptRequestType.CONTINUE, TICK),
        (ScriptRequestType.RERUN, TICK),
    ],
)
def test_everything_else_is_handed_in_at_once(handed_in, state, wanted):
    async def visit():
        mending.request_rerun(session(state), wanted)

    asyncio.run(visit())
    assert handed_in == [wanted]


def test_mending_has_an_end(handed_in, monkeypatch):
    monkeypatch.setattr(mending, "MOST_TRIES", 2)

    async def visit():
        mending.request_rerun(session(ScriptRequestType.STOP), TICK)
        await rest(10 * mending.AGAIN_SECONDS)

    asyncio.run(visit())
    assert handed_in == [TICK]


def test_streamlit_still_is_what_this_relies_on():
    """Where it is not, the cure may no longer be needed: see the module's first lines."""
    assert "_scriptrunner" in AppSession.__init__.__code__.co_names
    assert "_event_loop" in AppSession.__init__.__code__.co_names
    assert "_requests" in ScriptRunner.__init__.__code__.co_names
    requests = ScriptRequests()
    assert requests._state is ScriptRequestType.CONTINUE
    requests.request_stop()
    assert requests._state is ScriptRequestType.STOP


def test_the_app_installs_it_once():
    before = AppSession.request_rerun
    try:
        mending.install()
        mending.install()
        assert AppSession.request_rerun is mending.request_rerun
        assert mending._request_rerun is before
    finally:
        AppSession.request_rerun = before


def test_every_message_carries_its_content_whatever_the_browser_has_seen():
    large = ForwardMsg()
    large.delta.new_element.markdown.body = "x" * 1_000_000
    populate_hash_if_needed(large)
    assert not large.metadata.cacheable
    # Where this fails, the option in .streamlit/config.toml has no effect any more.
    config.set_option("global.minCachedMessageSize", 1e4)
    try:
        large.hash = ""
        populate_hash_if_needed(large)
        assert large.metadata.cacheable
    finally:
        config.set_option("global.minCachedMessageSize", 1e9)
