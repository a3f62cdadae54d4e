"""What is kept of an evaluation comes back; what is damaged is refused in a sentence."""

import pytest

from tests.evaluation_making import evaluation
from tfcore import evaluation as evaluations
from tfcore.errors import UserError


def test_what_was_kept_comes_back() -> None:
    made = evaluation(("cat", "dog"), with_test=True)
    assert evaluations.from_bytes(made.to_bytes()) == made


@pytest.mark.parametrize("content", [b"", b"{}", b'{"version": 2}', b"\xff\xfe"])
def test_what_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match="evaluation that cannot be read"):
        evaluations.from_bytes(content)
