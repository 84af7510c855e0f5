"""Statuses stay apart whatever colours a person can tell apart, and in grey print; letters can be read."""

from __future__ import annotations

import pytest
from colour_vision import Lab, apart, closest

from qmsbook.methods.method import LEVELS, WORDS
from qmsbook.pages.palette import MARKS, SEVERITIES, SOFT, WHITE, Mark, contrast, level_of, marked
from qmsbook.templates import look

#: Pairs of colours in CIE Lab and their difference (Sharma, Wu and Dalal 2005, table 1).
PUBLISHED: list[tuple[Lab, Lab, float]] = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 3.1571, -77.2803), (50.0, 0.0, -82.7485), 2.8615),
    ((50.0, 2.8361, -74.0200), (50.0, 0.0, -82.7485), 3.4412),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -1.1848, -84.8006), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, -0.9009, -85.5211), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0010), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0012), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0010, -2.49), 4.8045),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((50.0, 2.5, 0.0), (58.0, 24.0, 15.0), 19.4535),
    ((50.0, 2.5, 0.0), (50.0, 3.1736, 0.5854), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2972, 0.0), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 1.8634, 0.5757), 1.0000),
    ((50.0, 2.5, 0.0), (50.0, 3.2592, 0.3350), 1.0000),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "difference"), PUBLISHED)
def test_differences_are_the_published_ones(one: Lab, other: Lab, difference: float) -> None:
    assert apart(one, other) == pytest.approx(difference, abs=5e-5)
    assert apart(other, one) == pytest.approx(difference, abs=5e-5)


TEMPLATE = {name: Mark("", f"#{ink}", f"#{fill}") for name, (fill, ink) in
            {"good": look.BLUE, "warn": look.AMBER, "bad": look.RED, "none": look.GREY}.items()}  # fmt: skip
PALETTES = {"marks": MARKS, "soft": SOFT, "template": TEMPLATE}


@pytest.mark.parametrize("sight", ["all colours", "deuteranopia", "protanopia", "tritanopia"])
@pytest.mark.parametrize("palette", PALETTES)
def test_any_two_statuses_are_apart_in_everybodys_eyes(palette: str, sight: str) -> None:
    assert closest((mark.fill for mark in PALETTES[palette].values()), sight) >= 15


@pytest.mark.parametrize("palette", PALETTES)
def test_letters_can_be_read_on_every_status(palette: str) -> None:
    assert all(contrast(mark.ink, mark.fill) >= 4.5 for mark in PALETTES[palette].values())


@pytest.mark.parametrize("word", [word for word in WORDS if word not in LEVELS])
def test_what_is_no_judgement_has_no_colour(word: str) -> None:
    for palette in (MARKS, SOFT):
        assert palette[level_of(word)].fill == WHITE
    assert look.WORDS[word] == look.GREY


def test_only_three_words_are_a_judgement() -> None:
    assert {word for word in WORDS if level_of(word) != "none"} == {"On track", "At risk", "Off track"}


def test_severities_are_apart_too() -> None:
    for sight in ("all colours", "deuteranopia", "protanopia"):
        assert closest((mark.fill for mark in SEVERITIES.values()), sight) >= 15


def test_in_grey_print_a_symbol_tells_and_the_worst_is_the_darkest() -> None:
    said = {marked(word)[0] for word in ("On track", "At risk", "Off track", "No data", "Overdue")}
    assert len(said) == 5
    for palette in (MARKS, SOFT):
        darkness = {level: contrast(mark.fill, WHITE) for level, mark in palette.items()}
        assert max(darkness, key=lambda level: darkness[level]) == "bad"
