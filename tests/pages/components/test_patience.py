"""A tick must not push aside what the last run of a page had still to say."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests, ScriptRequestType

from pages.components import patience

TICK = SimpleNamespace(fragment_id="tick")
PRESS = SimpleNamespace(fragment_id="")


@pytest.fixture
def handed_in(monkeypatch):
    """What reaches Streamlit, in order."""
    arrived = []
    monkeypatch.setattr(patience, "_original", lambda _, wanted: arrived.append(wanted))
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
        patience.request_rerun(visitor, TICK)
        await rest(5 * patience.AGAIN_SECONDS)
        assert handed_in == []
        visitor._scriptrunner = None  # its end was heard of
        await rest(5 * patience.AGAIN_SECONDS)
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
        patience.request_rerun(session(state), wanted)

    asyncio.run(visit())
    assert handed_in == [wanted]


def test_patience_has_an_end(handed_in, monkeypatch):
    monkeypatch.setattr(patience, "MOST_TRIES", 2)

    async def visit():
        patience.request_rerun(session(ScriptRequestType.STOP), TICK)
        await rest(10 * patience.AGAIN_SECONDS)

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
        patience.install()
        patience.install()
        assert AppSession.request_rerun is patience.request_rerun
        assert patience._original is not patience.request_rerun
    finally:
        AppSession.request_rerun = before
