"""Figures have numbers and captions, and read in light, in dark, in print and on a phone."""

import io
import re

import numpy as np
from bs4 import BeautifulSoup
from PIL import Image
from screens import PHONE

NAME = "book/plmrec/sequences.html"
SIZES = """(e) => [
    e.getBoundingClientRect().width, parseFloat(e.style.getPropertyValue("--least"))
]"""
PICTURE = ".cell_output figure .figure-scroll img"


def contrast(one, other):
    """Contrast of two colours by WCAG 2.1."""

    def luminance(colour):
        c = np.asarray(colour) / 255
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return linear @ (0.2126, 0.7152, 0.0722)

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def looks(page, place):
    """A picture on the page as an array of colours, and the colour of the page around it."""
    picture = page.locator(PICTURE).nth(place)
    shot = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return np.asarray(shot), [int(c) for c in ground[4:-1].split(",")[:3]]


def test_a_figure_has_its_number_its_caption_and_its_words(site):
    soup = BeautifulSoup((site / NAME).read_text(encoding="utf-8"), "html.parser")
    every = soup.select("figure:has(figcaption .caption-number)")  # those under the hand, too
    numbers = [f.select_one("figcaption .caption-number").get_text().strip() for f in every]
    for place, number in enumerate(numbers, start=1):
        assert re.fullmatch(rf"Fig\. \d+\.{place}", number)
    found = soup.select(".cell_output figure")
    assert len(found) >= 3
    for figure in found:
        assert len(figure.select_one(".caption-text").get_text().split()) > 8
        assert len(figure.img["alt"]) > 20
        assert {"width", "height"} <= set(figure.img.attrs)


def test_captions_of_pictures_diagrams_and_figures_under_the_hand_look_alike(reader):
    page = reader().open("book/bert/pretraining.html")
    for kind in ("img", ".diagram", ".hand-board"):
        assert page.locator(f"figure:has(figcaption):has({kind})").count() >= 1
    looks = page.locator("figcaption .caption-text").evaluate_all(
        """all => all.map((e) => {
            const { fontSize, fontWeight, color } = getComputedStyle(e);
            return [fontSize, fontWeight, color].join();
        })"""
    )
    assert len(looks) >= 3
    assert len(set(looks)) == 1


def test_paper_is_the_page_ink_stands_out_and_hues_stay_in_light_and_in_dark(reader):
    page, hues = reader().open(NAME), []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
        shot, ground = looks(page, 1)  # two line plots
        assert np.abs(shot[2, 2].astype(int) - ground).max() <= 4
        assert (np.abs(shot.astype(int) - ground).max(-1) <= 12).mean() > 0.8
        colours = np.unique(shot.reshape(-1, 3), axis=0)
        assert max(contrast(colour, ground) for colour in colours) > 10
        strongest = shot[np.ptp(shot, axis=-1) > 100].argmax(-1)
        hues.append({"blue": (strongest == 2).sum(), "warm": (strongest == 0).sum()})
    light, dark = hues
    for hue, count in light.items():
        assert count > 100
        assert dark[hue] > count / 3


def test_a_dark_page_prints_light_and_a_picture_may_keep_its_colours(reader):
    page = reader(color_scheme="dark").open(NAME)
    picture, turned = page.locator(PICTURE).first, "e => getComputedStyle(e).filter"
    assert "invert" in picture.evaluate(turned)
    page.emulate_media(media="print")
    assert picture.evaluate(turned) == "none"
    page.emulate_media(media="screen")
    picture.evaluate("e => e.classList.add('keep-colours')")
    assert picture.evaluate(turned) == "none"


def test_no_figure_shrinks_below_what_can_be_read(reader):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True).open(NAME)
    for picture in page.locator(PICTURE).all():
        width, least = picture.evaluate(SIZES)
        assert width >= least - 1


def test_a_figure_of_usual_width_fits_a_phone_and_fades_at_no_edge(reader):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True).open(NAME)
    column = page.locator("#the-question > p").first.bounding_box()["width"]
    usual = [
        picture for picture in page.locator(PICTURE).all() if picture.evaluate(SIZES)[1] <= column
    ]
    assert usual
    for picture in usual:
        frame = picture.locator("xpath=..")
        assert frame.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
        assert not frame.get_attribute("data-more")
