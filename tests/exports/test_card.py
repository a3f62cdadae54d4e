"""What is written about a file: no word of a person's becomes code, a link or a second line."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from tests.trained_making import made
from tfcore import catalog, evaluation, formats, trained
from tfcore.exports.card import Told, card
from tfcore.exports.checking import Agreement
from tfcore.exports.script import labels_txt, one_line, predict_py

HOSTILE = (
    "two\nlines",
    "# heading\r\n\n| a | b |",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "http://evil.example",
    '"""\nimport os\n"""',
    "{braces} \\ `code` **bold** $math$",
    "\u202egnp.exe",
    "\ud800 lone",
    "кошка",
    "猫",
    "قطة",
    "🐈\u200d⬛",
    "",
    "  ",
)
KEPT = ("кошка", "猫", "قطة", "🐈\u200d⬛")


def told(form="keras", **changes):
    about = made(classes=HOSTILE).about.model_copy(
        update={"title": HOSTILE[1], "data": HOSTILE[3], "classes": HOSTILE, **changes}
    )
    agreement = Agreement(200, 3e-7, 0.99, 0.964, 0.997, 0.98, 0.985, 200)
    return Told(about, None, agreement, are_own=True, calibrated=100), formats.FORMATS[form]


@pytest.mark.parametrize("name", formats.FORMATS)
def test_no_name_of_a_class_does_anything_in_a_card(name):
    what, form = told(name)
    text = card(form, what)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert (html.count("<h1>"), html.count("<h2>")) == (1, 6)
    assert html.count("<li>") == len(HOSTILE) + 4
    for power in ("<script", "<a ", "<img", "<strong>", "\u202e", "\r"):
        assert power not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    for kept in KEPT:
        assert kept in text
    text.encode()


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_class_has_a_line_of_its_own_in_its_place(name):
    lines = labels_txt(HOSTILE).split("\n")[:-1]
    assert len(lines) == len(HOSTILE)
    assert lines[0] == "two\\u000alines"
    assert [lines[HOSTILE.index(kept)] for kept in KEPT] == list(KEPT)
    labels_txt(HOSTILE).encode()
    script = predict_py(formats.FORMATS[name], 224)
    compile(script, "predict.py", "exec")
    assert "224" in script


@given(some.lists(some.text(max_size=20), max_size=8))
def test_any_names_make_as_many_lines(names):
    written = labels_txt(names)
    assert written.split("\n")[:-1] == [one_line(name) for name in names]
    assert len(written.splitlines()) == len(names)


def test_only_int8_tells_a_loss():
    exact, form = told("litert")
    assert "loss of" not in card(form, exact)
    rounded, form = told("litert-int8")
    text = card(form, rounded)
    assert "98.0 % rightly, and the network before rounding 98.5 %: a loss of 0.5 points" in text
    assert "99.0 % (95 % interval 96.4 to 99.7 %)" in text


def test_what_is_not_known_is_said():
    what, form = told(data="", figures={})
    text = card(form, what)
    assert "a data set whose name was not kept" in text
    assert "Measure it before you rely on it" in text
    counted, form = told(figures={"train_images": 320, "val_images": 80, "val_accuracy": 0.975})
    text = card(form, counted)
    assert "320 to learn from and 80 to choose by" in text
    assert "0.975" in text


def test_the_licence_of_every_pretrained_network_is_named():
    for name in catalog.names():
        what, form = told(network=name)
        assert "Keras Applications, names" not in card(form, what), name


def test_random_weights_have_no_licence_of_others():
    what, form = told(weights_seed=3, is_fine_tuned=True)
    text = card(form, what)
    assert "random weights" in text
    assert "fine-tuning" in text
    assert "Apache" not in text


def test_the_figures_of_an_untouched_test_folder_stand_beside():
    side = evaluation.Side(
        n=50,
        accuracy=0.9,
        ci_low=0.786,
        ci_high=0.957,
        balanced_accuracy=0.89,
        top3=1.0,
        macro_f1=0.88,
        log_loss=0.3,
        ece=0.02,
        ece_before=0.07,
        photos=evaluation.Photos(digest=(), file=(), truth=(), guess=(), confidence=(), second=()),
    )
    both = evaluation.Evaluation(
        classes=("cat", "dog"),
        network="efficientnet-lite0",
        temperature=1.5,
        sides={"validation": side, "test": side},
    )
    what, form = told()
    text = card(form, Told(what.about, both, what.agreement, are_own=False, calibrated=5))
    assert "| an untouched test folder | 50 | 0.900 (0.786 to 0.957) | 0.890 | 0.880 |" in text
    assert "installed photos of other things" in text
    assert trained.is_head("head-0123456789ab")
