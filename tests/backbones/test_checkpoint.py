"""The packaged weights are read right, and a hostile or broken file runs and breaks nothing."""

import collections
import os
import pickle
import struct
import sys
import types

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfcore import catalog
from tfcore.backbones import checkpoint
from tfcore.errors import UserError


class FloatStorage:
    """Stands for torch.FloatStorage while a file is written."""


class LongStorage:
    """Stands for torch.LongStorage while a file is written."""


def _rebuild_tensor_v2(*arguments):
    raise NotImplementedError(arguments)


class Tensor:
    """What the writer pickles in the way PyTorch does."""

    def __init__(self, kind, key, offset, shape, stride):
        self.storage = Storage(kind, key)
        self.rest = (offset, shape, stride, False, collections.OrderedDict())

    def __reduce__(self):
        return _rebuild_tensor_v2, (self.storage, *self.rest)


class Storage:
    def __init__(self, kind, key):
        self.kind, self.key = kind, key


class Writer(pickle.Pickler):
    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            return ("storage", obj.kind, obj.key, "cpu", 0, None)
        return None


@pytest.fixture(scope="module", autouse=True)
def torch():
    """The names that a checkpoint refers to, so that Python's own pickler can write one."""
    modules = {"torch": types.ModuleType("torch"), "torch._utils": types.ModuleType("torch._utils")}
    with pytest.MonkeyPatch.context() as patch:
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        for kind in (FloatStorage, LongStorage):
            patch.setattr(kind, "__module__", "torch")
            patch.setattr(modules["torch"], kind.__name__, kind, raising=False)
        patch.setattr(_rebuild_tensor_v2, "__module__", "torch._utils")
        patch.setattr(
            modules["torch._utils"], "_rebuild_tensor_v2", _rebuild_tensor_v2, raising=False
        )
        yield


FLOATS, LONGS = np.arange(12, dtype="<f4"), np.arange(3, dtype="<i8")


def write(path, state, magic=checkpoint.MAGIC, facts=None, keys=("a", "b")):
    storages = {"a": FLOATS, "b": LONGS}
    with path.open("wb") as file:
        for part in (magic, checkpoint.PROTOCOL, facts or {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        Writer(file, protocol=2).dump(state)
        pickle.dump(list(keys), file, protocol=2)
        for key in keys:
            file.write(struct.pack("<q", storages[key].size) + storages[key].tobytes())
    return path


def good_state():
    return collections.OrderedDict(
        plain=Tensor(FloatStorage, "a", 0, (3, 4), (4, 1)),
        turned=Tensor(FloatStorage, "a", 1, (2, 2), (1, 4)),
        scalar=Tensor(LongStorage, "b", 2, (), ()),
    )


@pytest.fixture
def good(tmp_path):
    return write(tmp_path / "good.pth", good_state())


def test_tensors_are_read_with_shape_stride_and_offset(good):
    arrays = checkpoint.read(good)
    np.testing.assert_array_equal(arrays["plain"], FLOATS.reshape(3, 4))
    np.testing.assert_array_equal(arrays["turned"], [[1, 5], [2, 6]])
    assert arrays["scalar"] == 2
    assert [arrays[name].dtype for name in arrays] == ["<f4", "<f4", "<i8"]


def test_the_packaged_file_is_read():
    arrays = checkpoint.read(catalog.weights_path(catalog.get("efficientnet-lite0")))
    assert arrays["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert arrays["_fc.weight"].shape == (1000, 1280)
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_a_file_cut_anywhere_is_refused(good):
    data = good.read_bytes()
    for end in range(len(data)):
        good.write_bytes(data[:end])
        with pytest.raises(UserError, match=r"good\.pth"):
            checkpoint.read(good)


def test_values_that_no_tensor_reads_must_be_whole_too(tmp_path):
    state = {"x": Tensor(FloatStorage, "a", 0, (2,), (1,))}
    path = write(tmp_path / "bad.pth", state, keys=("a",))
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(UserError, match="too early"):
        checkpoint.read(path)


class Hostile:
    """Runs a command when an ordinary unpickler reads it."""

    def __init__(self, flag):
        self.flag = flag

    def __reduce__(self):
        return os.mkdir, (str(self.flag),)


@pytest.mark.parametrize("place", ["magic", "facts", "state", "keys"])
def test_a_hostile_file_runs_nothing(tmp_path, place):
    flag, path = tmp_path / "was-here", tmp_path / "bad.pth"
    bad = Hostile(flag)
    if place == "state":
        write(path, {"x": bad})
    elif place == "keys":
        with write(path, good_state(), keys=()).open("rb+") as file:
            file.seek(-len(pickle.dumps([], protocol=2)), os.SEEK_END)
            file.truncate()
            pickle.dump([bad], file, protocol=2)
    else:
        write(path, good_state(), **{place: bad})
    with pytest.raises(UserError, match="mkdir"):
        checkpoint.read(path)
    assert not flag.exists()


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [(0, (3, 5), (5, 1)), (9, (4,), (1,)), (0, (2,), (-1,)), (-1, (2,), (1,)), (0, (0,), (1,)),
     (0, (2, 2), (1,)), (0, (2**40,), (1,))],
)  # fmt: skip
def test_a_tensor_beyond_its_values_is_refused(tmp_path, offset, shape, stride):
    state = {"x": Tensor(FloatStorage, "a", offset, shape, stride)}
    with pytest.raises(UserError, match=r"a tensor|zip"):
        checkpoint.read(write(tmp_path / "bad.pth", state, keys=("a",)))


@pytest.mark.parametrize(
    "state", [[1, 2], {"x": 3}, {"x": Tensor(FloatStorage, "absent", 0, (1,), (1,))}]
)
def test_a_file_without_named_tensors_is_refused(tmp_path, state):
    with pytest.raises(UserError):
        checkpoint.read(write(tmp_path / "bad.pth", state, keys=()))


def test_what_is_no_checkpoint_is_refused(tmp_path):
    with pytest.raises(UserError):
        checkpoint.read(write(tmp_path / "bad.pth", good_state(), magic=7))
    with pytest.raises(UserError):
        checkpoint.read(tmp_path / "absent.pth")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(good, data):
    content = bytearray(good.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = good.with_name("damaged.pth")
    path.write_bytes(content)
    try:
        arrays = checkpoint.read(path)
    except UserError:
        return
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
