"""A part of a page must neither push aside what its page has to say, nor bring back a page left."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_cache import populate_hash_if_needed
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

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


NEXT, OLD = "next page", "page that is left"


def fragment(page):
    return RerunData(page_script_hash=page, fragment_id="part")


def both(way, *wanted):
    """What becomes of requests that meet before the runner has a turn."""
    requests = ScriptRequests()
    for one in wanted:
        assert way(requests, one)
    return requests._rerun_data


def test_a_part_of_a_page_that_is_being_left_does_not_turn_back():
    leaving = RerunData(page_script_hash=NEXT, query_string="run=1")
    found = both(mending.add, leaving, fragment(OLD))
    assert (found.page_script_hash, found.query_string) == (NEXT, "run=1")
    # Where this fails, Streamlit no longer turns back, and the cure is not needed any more.
    assert (
        both(ScriptRequests._request_rerun_locked, leaving, fragment(OLD)).page_script_hash == OLD
    )


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (RerunData(page_script_hash=OLD, query_string="a=1"), fragment(OLD)),
        (RerunData(query_string="a=1"), fragment(OLD)),
        (fragment(OLD), RerunData(page_script_hash=NEXT)),
        (fragment(OLD), fragment(OLD)),
        (RerunData(page_script_hash=OLD), RerunData(page_script_hash=NEXT)),
    ],
)
def test_all_other_requests_meet_as_ever(first, then):
    assert both(mending.add, first, then) == both(ScriptRequests._request_rerun_locked, first, then)


@pytest.mark.parametrize(
    ("wanted", "is_drawn"),
    [
        (fragment(OLD), False),
        (RerunData(page_script_hash=OLD, fragment_id_queue=["part"]), False),
        (fragment(NEXT), True),
        (fragment(""), True),
        (RerunData(page_script_hash=OLD), True),
    ],
)
def test_no_part_is_drawn_of_a_page_that_was_left(monkeypatch, wanted, is_drawn):
    drawn = []
    monkeypatch.setattr(mending, "_run_script", lambda _, data: drawn.append(data))
    mending.run_script(
        SimpleNamespace(_pages_manager=SimpleNamespace(current_page_script_hash=NEXT)), wanted
    )
    assert drawn == [wanted] * is_drawn


def test_streamlit_still_is_what_this_relies_on():
    """Where it is not, the cure may no longer be needed: see the module's first lines."""
    assert "_scriptrunner" in AppSession.__init__.__code__.co_names
    assert "_event_loop" in AppSession.__init__.__code__.co_names
    assert "_requests" in ScriptRunner.__init__.__code__.co_names
    assert "_pages_manager" in ScriptRunner.__init__.__code__.co_names
    assert isinstance(PagesManager.current_page_script_hash, property)
    requests = ScriptRequests()
    assert requests._state is ScriptRequestType.CONTINUE
    requests.request_stop()
    assert requests._state is ScriptRequestType.STOP


def test_the_app_installs_it_once():
    mended = {
        (AppSession, "request_rerun"): (mending._request_rerun, mending.request_rerun),
        (ScriptRequests, "_request_rerun_locked"): (mending._add, mending.add),
        (ScriptRunner, "_run_script"): (mending._run_script, mending.run_script),
    }
    with pytest.MonkeyPatch.context() as patch:
        for (owner, name), (before, _) in mended.items():
            patch.setattr(owner, name, before)  # and put back afterwards
        mending.install()
        mending.install()
        for (owner, name), (before, after) in mended.items():
            assert getattr(owner, name) is after
            assert before is not after


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
