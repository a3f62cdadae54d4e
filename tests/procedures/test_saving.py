import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfcore.procedures import saving

ARRAYS = {
    "value": np.arange(6, dtype=np.float32).reshape(2, 3),
    "clock": np.array([1, 2**40], np.int64),
    "iteration": np.array(3, np.int64),
}
STATE = saving.pack(ARRAYS, "mine")


def test_what_was_packed_comes_back_exactly():
    back = saving.unpack(STATE, "mine", ARRAYS)
    assert back.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert back[name].dtype == array.dtype
        assert np.array_equal(back[name], array)


@given(st.integers(0, len(STATE) - 1))
def test_a_state_cut_short_anywhere_is_refused(length):
    with pytest.raises(ValueError, match="state"):
        saving.unpack(STATE[:length], "mine", ARRAYS)


@given(st.integers(0, len(STATE) - 1), st.integers(1, 255))
def test_a_state_with_a_wrong_byte_anywhere_is_refused(position, change):
    wrong = bytearray(STATE)
    wrong[position] ^= change
    with pytest.raises(ValueError, match="state"):
        saving.unpack(bytes(wrong), "mine", ARRAYS)


@given(st.binary())
def test_any_other_bytes_are_refused(data):
    with pytest.raises(ValueError, match="state"):
        saving.unpack(data, "mine", ARRAYS)


def test_anothers_state_is_refused():
    with pytest.raises(ValueError, match="other settings"):
        saving.unpack(STATE, "yours", ARRAYS)


@pytest.mark.parametrize(
    "changed",
    [
        {"value": np.zeros((3, 2), np.float32)},
        {"value": np.zeros((2, 3), np.float64)},
        {"more": np.zeros(1)},
    ],
)
def test_a_state_of_other_variables_is_refused(changed):
    with pytest.raises(ValueError, match="other variables"):
        saving.unpack(saving.pack({**ARRAYS, **changed}, "mine"), "mine", ARRAYS)


def test_arrays_that_would_need_pickle_are_not_written():
    with pytest.raises(ValueError, match="pickle"):
        saving.pack({"value": np.array([{}], object)}, "mine")
