"""Orders reach the run they are meant for, once."""

import threading

from tests.engine.tiny import order
from tfcore.engine.mailbox import Mailbox, deliver, is_busy


def test_orders_come_out_in_the_order_in_which_they_came_in():
    mailbox = Mailbox("r")
    assert mailbox.poll() is None
    given = [order("pause"), order("steer"), order("resume")]
    for one in given:
        mailbox.post(one)
    assert [mailbox.poll() for _ in given] == given
    assert mailbox.poll() is None


def test_an_order_is_taken_once_even_after_it_was_taken():
    mailbox = Mailbox("r")
    one = order("stop")
    mailbox.post(one)
    assert mailbox.poll() == one
    mailbox.post(one)
    assert mailbox.poll() is None


def test_an_attempt_hears_its_own_orders_and_those_for_whichever_runs():
    mailbox = Mailbox("r", attempt=2)
    for attempt in (1, 3):
        mailbox.post(order("stop", attempt=attempt))
    assert mailbox.poll() is None
    for attempt in (0, 2):
        mailbox.post(order("stop", attempt=attempt))
    assert [mailbox.poll().attempt, mailbox.poll().attempt] == [0, 2]


def test_the_first_order_of_a_kind_can_be_seen_and_stays():
    mailbox = Mailbox("r")
    given = [order("pause"), order("stop"), order("stop")]
    for one in given:
        mailbox.post(one)
    assert mailbox.first("stop") == given[1]
    assert mailbox.first("resume") is None
    assert [mailbox.poll() for _ in given] == given


def test_wait_returns_when_an_order_comes():
    mailbox, got = Mailbox("r"), []
    waiting = threading.Thread(target=lambda: got.append(mailbox.wait()), daemon=True)
    waiting.start()
    one = order("resume")
    mailbox.post(one)
    waiting.join(timeout=10)
    assert got == [one]


def test_orders_are_delivered_to_the_open_mailbox_of_their_run_alone():
    with Mailbox("r") as mine, Mailbox("other") as other:
        one = order("stop")
        deliver(one)
        assert other.poll() is None
        assert mine.poll() == one
    deliver(order("stop"))
    assert mine.poll() is None


def test_all_shards_of_a_run_hear_its_orders():
    with Mailbox("r") as one:
        with Mailbox("r") as other:
            deliver(order("stop"))
            assert other.first("stop") == one.first("stop") is not None
        deliver(order("pause"))
        assert one.first("pause") is not None


def test_an_older_attempt_that_leaves_late_does_not_close_the_new_one():
    old, new = Mailbox("r", 1), Mailbox("r", 2)
    old.__enter__()
    with new:
        old.__exit__(None, None, None)
        one = order("stop")
        deliver(one)
        assert new.poll() == one


def test_a_process_is_busy_while_a_run_has_a_mailbox():
    assert not is_busy()
    with Mailbox("r"):
        assert is_busy()
    assert not is_busy()
