"""An open scheduler runs anyone's code: it is refused beyond this machine."""

import pytest

from tfcore.engine.cluster import check_address
from tfcore.errors import UserError


@pytest.mark.parametrize(
    "address",
    [
        "tls://scheduler.example:8786",
        "tls://10.0.0.5:8786",
        "tcp://127.0.0.1:8786",
        "tcp://127.1.2.3:8786",
        "tcp://localhost:8786",
        "tcp://[::1]:8786",
    ],
)
def test_what_is_safe_is_taken(address):
    check_address(address, is_tcp_allowed=False)


@pytest.mark.parametrize(
    "address",
    [
        "tcp://10.0.0.5:8786",
        "tcp://scheduler.example:8786",
        "tcp://0.0.0.0:8786",
        "tcp://127.evil.example:8786",
        "tcp://localhost.evil.example:8786",
        "tcp://127.0.0.1@10.0.0.5:8786",
        "tcp://[::]:8786",
    ],
)
def test_an_open_scheduler_elsewhere_needs_the_explicit_switch(address):
    with pytest.raises(UserError, match=r"without encryption.*TRANSFERLAB_ALLOW_TCP"):
        check_address(address, is_tcp_allowed=False)
    check_address(address, is_tcp_allowed=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "scheduler:8786",
        "10.0.0.5:8786",
        "tls://",
        "tls://host",
        "tls://:8786",
        "http://host:80",
        "inproc://1",
        "tls://host:port",
        "tls://host:99999",
        "tls://[::1",
    ],
)
@pytest.mark.parametrize("is_allowed", [True, False])
def test_what_is_no_address_is_refused_in_words(address, is_allowed):
    with pytest.raises(UserError, match="tls://host:port"):
        check_address(address, is_tcp_allowed=is_allowed)
