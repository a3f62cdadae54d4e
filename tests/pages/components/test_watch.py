"""The engine is looked after while a page says that somebody is there, and not longer."""

import threading

import pytest

from pages.components.watch import Watch
from tests.browser.waiting import until


class Link:
    """Counts how often it was looked after."""

    def __init__(self):
        self.looks, self.leases = 0, 0
        self.looked = threading.Event()
        self.trouble, self.failures = None, 0

    def ensure(self):
        if self.trouble is not None:
            self.failures += 1
            raise self.trouble
        self.looks += 1
        self.looked.set()

    def renew_lease(self):
        self.leases += 1


@pytest.fixture
def watched():
    watches = []

    def make(patience):
        link = Link()
        watches.append(Watch(link, look_seconds=0.01, patience_seconds=patience))
        return link, watches[-1]

    yield make
    for watch in watches:
        watch.close()


def test_nobody_is_there_and_no_engine_is_started(watched):
    link, watch = watched(60.0)
    assert not link.looked.wait(0.1)
    watch.close()
    assert link.looks == 0


def test_the_first_sign_acts_at_once_and_the_thread_goes_on(watched):
    link, watch = watched(60.0)
    watch.somebody_is_here()
    assert (link.looks, link.leases) >= (1, 1)
    until(lambda: link.leases > 5, seconds=10, what="the thread's looks")


def test_a_look_that_fails_is_not_the_last(watched):
    link, watch = watched(60.0)
    watch.somebody_is_here()
    link.trouble = OSError("the disk is full")
    until(lambda: link.failures > 1, seconds=10, what="looks that fail")
    link.trouble = None
    leases = link.leases
    until(lambda: link.leases > leases, seconds=10, what="a look that does not")


def test_who_has_gone_is_looked_after_no_longer(watched):
    link, watch = watched(0.05)
    watch.somebody_is_here()
    until(lambda: not _looks_again(link), seconds=10, what="the end of the looks")
    looks = link.looks
    watch.somebody_is_here()
    assert link.looks > looks, "who comes back is heard at once"


def _looks_again(link):
    link.looked.clear()
    return link.looked.wait(0.1)
