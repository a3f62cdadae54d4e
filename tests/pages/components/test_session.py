"""One press is one command, however often Streamlit calls its callback."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import session
from tfcore.config import Config
from tfcore.engine.link import EngineLink


@pytest.fixture
def link(tmp_path, monkeypatch):
    """The way to an engine that nobody started."""
    made = EngineLink(Config(data=tmp_path))
    monkeypatch.setattr(session, "link", lambda: made)
    monkeypatch.setattr(session, "owner", lambda: "0" * 32)
    yield made
    made.close()


def press(times, draw_between):
    def script(times, draw_between):
        from pages.components import session
        from tfcore.events import Verb

        session.drawn()
        for _ in range(times):
            session.command("run", Verb.STEP)
            if draw_between:
                session.drawn()
        session.command("run", Verb.PAUSE)
        session.command("other", Verb.STEP)

    app = AppTest.from_function(script, args=(times, draw_between), default_timeout=20).run()
    assert not app.exception


@pytest.mark.parametrize(("draw_between", "steps"), [(False, 1), (True, 3)])
def test_a_callback_called_again_before_anything_is_drawn_is_the_same_press(
    link, draw_between, steps
):
    press(3, draw_between)
    asked = [(command.run, str(command.verb)) for command in link.store.open_commands()]
    assert asked == [("run", "step")] * steps + [("run", "pause"), ("other", "step")]
