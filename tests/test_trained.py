"""Networks that were trained here: their files, their folder, their row in the catalog."""

import numpy as np
import pytest

from tests.trained_making import NAME, made, numbers
from tfcore import catalog, head_file, trained
from tfcore.errors import UnknownName, UserError


def test_a_head_is_read_as_it_was_written():
    head = made(hidden=5, backbone={3: np.ones((2, 2), np.float32)})
    again = head_file.from_bytes(head.to_bytes())
    assert again.about == head.about
    assert again.to_bytes() == head.to_bytes() == made(hidden=5, backbone=head.backbone).to_bytes()
    values = numbers((4, head.about.dim))
    np.testing.assert_array_equal(again.logits(values), head.logits(values))
    np.testing.assert_array_equal(again.backbone[3], np.ones((2, 2)))


def test_the_logits_are_those_of_dense_layers_with_relu_between():
    head = made(hidden=5)
    first, last = head.layers
    values = numbers((4, head.about.dim))
    inner = np.clip(values @ first.kernel + first.bias, 0, None)
    np.testing.assert_allclose(head.logits(values), inner @ last.kernel + last.bias, rtol=1e-6)
    assert (inner == 0).any()


@pytest.mark.parametrize("place", [0, 9, 60, -1])
def test_a_byte_that_changed_is_found(place):
    content = bytearray(made().to_bytes())
    content[place] ^= 1
    with pytest.raises(UserError, match="train it again"):
        head_file.from_bytes(bytes(content))


@pytest.mark.parametrize("length", [0, 5, 40, 100])
def test_a_file_that_was_cut_off_is_found(length):
    with pytest.raises(UserError, match="train it again"):
        head_file.from_bytes(made().to_bytes()[:length])


def test_layers_that_do_not_fit_are_refused():
    head = made()
    narrow = head_file.Dense(np.ones((3, 2), np.float32), np.zeros(2, np.float32))
    with pytest.raises(UserError):
        head_file.Trained(head.about, [narrow])


def test_numbers_that_are_none_are_refused():
    head = made()
    broken = head_file.Dense(np.full_like(head.layers[0].kernel, np.nan), head.layers[0].bias)
    with pytest.raises(UserError):
        head_file.Trained(head.about, [broken])


def test_an_installed_head_is_a_network_of_the_catalog(installed):
    row, base = catalog.get(NAME), catalog.get("efficientnet-lite0")
    assert (row.family, row.title) == ("head", "My pets")
    assert (row.input_size, row.preprocessing) == (base.input_size, base.preprocessing)
    assert catalog.is_available(row)
    assert catalog.layers(NAME) == catalog.layers(base.name)
    assert catalog.base_of(row) == catalog.base_of(base) == base
    assert NAME not in catalog.names()  # whose it is, the store knows


def test_a_head_on_a_layer_knows_no_layer_behind_it(tmp_path, monkeypatch):
    layers = list(catalog.layers("efficientnet-lite0"))
    head = made(layer=layers[3], pooling="mean")
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    trained.install(NAME, head.to_bytes())
    assert list(catalog.layers(NAME)) == layers[:4]


def test_a_head_that_is_gone_is_a_network_that_does_not_exist(installed):
    trained.remove(NAME)
    trained.remove(NAME)
    with pytest.raises(UnknownName, match="train it again"):
        catalog.get(NAME)


@pytest.mark.parametrize("name", ["head-", "head-../../etc/x", "head-0123456789AB", "head-0123"])
def test_no_path_is_built_from_another_name(name):
    with pytest.raises(UnknownName):
        trained.path_of(name)
    with pytest.raises(UnknownName):
        catalog.get(name)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "config", lambda: type("Config", (), {"data": tmp_path}))
    trained.install(NAME, made().to_bytes())
    return NAME
