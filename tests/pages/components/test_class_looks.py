"""Classes on a map can be told apart."""

from pages.components.class_looks import look


def test_forty_two_classes_differ_in_colour_or_sign_on_both_grounds():
    looks = [look(number) for number in range(42)]
    for ground in ("light", "dark"):
        assert len({(getattr(one, ground), one.symbol) for one in looks}) == 42
    assert len({one.symbol for one in looks[:6]}) == 1, "few classes differ by colour alone"


def test_a_sign_and_its_letter_belong_together():
    pairs = {(one.symbol, one.sign) for one in map(look, range(60))}
    assert len(pairs) == len({symbol for symbol, _ in pairs}) == len({sign for _, sign in pairs})
