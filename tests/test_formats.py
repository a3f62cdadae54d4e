"""The table of formats, and the settings that choose from it."""

import pytest

from tfcore import formats
from tfcore.errors import UnknownName, UserError
from tfcore.parsing import parse

HEAD = "0" * 12


def test_formats_are_chosen_once_and_in_the_order_of_the_table():
    settings = parse({"kind": "export", "head": HEAD, "formats": " ONNX,keras ,onnx"})
    assert settings.formats == "keras,onnx"
    assert settings.needed_networks == (f"head-{HEAD}",)
    assert parse({"kind": "export", "head": HEAD}).formats == formats.ALL


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"formats": "onx"}, "try onnx"),
        ({"formats": " , "}, "no format"),
        ({"formats": "k" * 201}, "formats"),
        ({"photos": 7}, "8 to 500"),
        ({"photos": 501}, "8 to 500"),
        ({"head": "x"}, "head"),
        ({"network": "vgg16"}, "network"),
    ],
)
def test_what_no_export_can_be_is_refused(changes, words):
    with pytest.raises(UserError, match=words):
        parse({"kind": "export", "head": HEAD, **changes})


def test_the_nearest_format_is_offered():
    with pytest.raises(UnknownName, match="litert-int8"):
        formats.chosen("int8")


def test_everything_is_installed_where_the_tests_run():
    assert {name: form.missing for name, form in formats.FORMATS.items()} == dict.fromkeys(
        formats.FORMATS, ()
    )


def test_a_package_that_is_not_here_is_named(monkeypatch):
    monkeypatch.setattr(formats, "_is_here", lambda name: name not in ("tf2onnx", "onnxruntime"))
    assert formats.FORMATS["onnx"].missing == ("tf2onnx", "onnxruntime")
    assert formats.FORMATS["keras"].missing == ()


def test_int8_is_the_small_one():
    keras, int8 = formats.chosen("keras,litert-int8")
    assert formats.megabytes((int8,), 100) < formats.megabytes((keras,), 100) / 3
    assert int8.is_rounded
    assert not keras.is_rounded
