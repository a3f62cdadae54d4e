"""What the verdict card says, for every way an attack can end."""

import pytest

from pages.components import clean_look, verdict


def summary(**changes):
    base = {
        "success_png": True,
        "was_fooled": False,
        "source": "bull mastiff",
        "target": "Siamese cat",
        "target_index": 284,
        "top5": [{"index": 284, "name": "Siamese cat", "probability": 0.97}],
        "psnr": 44.3,
        "linf_255": 2.0,
        "l2_255": 1.56,
        "l2": 2.37,
        "ssim": 0.994,
        "changed_pixels": 0.99,
        "steps": 40,
    }
    return {**base, **changes}


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, ["**Fooled.**", "bull mastiff", "Siamese cat", "97 %", "Hardly anybody"], ["Try"]),
        ({"psnr": 24.0}, ["**Fooled.**"], ["Hardly anybody"]),
        ({"smallest_epsilon_255": 1.0}, ["1/255 is enough"], []),
        ({"success_png": False}, ["**Not fooled.**", "larger budget"], ["Hardly"]),
        ({"was_fooled": True}, ["It said so before"], ["**Fooled.**"]),
        ({"was_fooled": True, "target_index": None}, ["It was wrong before"], ["**Fooled.**"]),
    ],
)
def test_the_headline_tells_success_failure_and_what_was_so_before(changes, said, unsaid):
    text = verdict.headline(summary(**changes))
    assert all(words in text for words in said)
    assert not any(words in text for words in unsaid)


def test_sizes_have_units_and_no_change_is_said_in_words():
    sizes = verdict.sizes(summary())
    assert "2 / 255" in sizes.values()
    assert "44.3 dB" in sizes.values()
    assert "no change" in verdict.sizes(summary(psnr=None)).values()


def cell(method, **changes):
    return {**summary(**changes), "method": method, "caption": method}


def test_the_lessons_cell_is_told_in_two_sentences_only_beside_the_mended_one():
    lesson, mended = cell("lesson", linf_255=229.0, psnr=23.7), cell("pgd")
    said = verdict.lesson_told([lesson, mended])
    assert said.count(". ") == 1
    assert "229" in said
    assert "fools the network" in said
    assert "does not fool" in verdict.lesson_told([lesson, cell("pgd", success_png=False)])
    assert "no change at all" in verdict.lesson_told([lesson, cell("pgd", psnr=None)])
    assert verdict.lesson_told([mended]) == ""
    assert verdict.lesson_told([lesson]) == ""


@pytest.mark.parametrize(
    ("seen", "shows", "target", "said"),
    [
        (243, 243, 284, ""),
        (243, None, 284, ""),
        (243, 243, None, ""),
        (284, None, 284, "sees the target already"),
        (242, 243, 284, "gets this photo wrong already"),
    ],
)
def test_what_makes_an_attack_pointless_is_said_before_it(seen, shows, target, said):
    found = clean_look.trouble("vgg16", seen, shows, target)
    assert said in found
    assert bool(found) is bool(said)
