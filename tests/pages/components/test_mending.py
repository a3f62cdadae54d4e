"""A tick must neither push aside nor cut in pieces what the last run of a page had to say."""

import asyncio
from types import SimpleNamespace

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
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
    before = AppSession.request_rerun, ForwardMsgQueue.clear
    try:
        mending.install()
        mending.install()
        assert AppSession.request_rerun is mending.request_rerun
        assert ForwardMsgQueue.clear is mending.clear
        assert mending._request_rerun is before[0]
        assert mending._clear is before[1]
    finally:
        AppSession.request_rerun, ForwardMsgQueue.clear = before


def block(path, fragment=""):
    made = ForwardMsg()
    made.metadata.delta_path.extend(path)
    made.delta.add_block.SetInParent()
    made.delta.fragment_id = fragment
    return made


def text(path, fragment=""):
    made = ForwardMsg()
    made.metadata.delta_path.extend(path)
    made.delta.new_element.markdown.body = str(path)
    made.delta.fragment_id = fragment
    return made


def reference(path):
    made = ForwardMsg(ref_hash="what the browser has")
    made.metadata.delta_path.extend(path)
    return made


PAGE = [
    block([0, 1]),
    reference([0, 1, 0]),
    block([0, 1, 1], "view"),
    reference([0, 1, 1, 0]),
    block([0, 1, 1, 1], "view"),
    reference([0, 1, 1, 1, 0]),
    text([0, 1, 1, 2], "view"),
    block([0, 2], "heartbeat"),
    reference([0, 2, 0]),
]


def left_of(fragments, retained, clear):
    queue = ForwardMsgQueue()
    for message in PAGE:
        queue.enqueue(message)
    clear(queue, retained, fragments)
    return [tuple(message.metadata.delta_path) for message in queue.flush()]


def test_no_reference_outlives_the_block_of_its_fragment():
    kept = [(0, 1), (0, 1, 0), (0, 2), (0, 2, 0)]
    assert left_of(["view"], True, mending.clear) == kept
    # Where this fails, Streamlit has been mended itself.
    assert set(left_of(["view"], True, ForwardMsgQueue.clear)) > set(kept)


def test_all_else_is_as_it_was():
    for fragments, retained in ((None, False), (None, True), (["other"], True), ([], True)):
        expected = left_of(fragments, retained, ForwardMsgQueue.clear)
        assert left_of(fragments, retained, mending.clear) == expected
    assert left_of(["other"], True, mending.clear) == [tuple(m.metadata.delta_path) for m in PAGE]
