"""The page of a report: what stands in it, in what order, and that a browser shows it."""

import dataclasses
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from erythema.datasets.folder import read_folder
from erythema.evaluation.confidence import judge
from erythema.evaluation.evaluate import compare, evaluate_reader
from erythema.evaluation.reliability import reliability
from erythema.evaluation.scores import FoundReaction, summarise
from erythema.evaluation.tolerance import Tolerance
from erythema.reports.page import NOT_STATED, write_report
from erythema.segmentation.confidence import Calibration, Evidence
from erythema.segmentation.roi_set import Roi, write_rois

ABOUT = "Made-up photos; <nobody> & no patient drew them."
COMMAND = "erythema evaluate network clinic --out report"
SIDES = {"P1": 30, "P2": 12, "P3": 28, "P4": 26, "P5": 24}  # what reader b draws; reader a: 20

NOTHING, ONE = Evidence(0, 0, 0, 0), Evidence(1, 1, 1, 1)
SURE_TO_THREE_QUARTERS = Calibration(NOTHING, ONE, NOTHING, np.log(3), -0.1, 0.1, 0.8)


def judgement(*log_area_ratios):
    """Of reactions, one a patient, each with a confidence of 0.75 and an interval of +- 0.1."""
    reactions = [FoundReaction(ONE, ratio) for ratio in log_area_ratios]
    patients = [str(number) for number in range(len(reactions))]
    return judge(reactions, patients, [SURE_TO_THREE_QUARTERS] * len(reactions))


def square(side):
    corners = [[10, 10], [10 + side, 10], [10 + side, 10 + side], [10, 10 + side]]
    return [Roi("erythema 1", [np.array(corners, float)], {})]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """Five outlined photos and two without erythema, in one of which reader b drew."""
    folder = tmp_path_factory.mktemp("data") / "clinic"
    photos = [*SIDES, "false", "clean"]
    for reader in ("a", "b"):
        room = folder / f"reader_{reader}"
        room.mkdir(parents=True)
        for photo, side in SIDES.items():
            write_rois(room / f"{photo}.zip", square(20 if reader == "a" else side))
    write_rois(folder / "reader_b" / "false.zip", square(8))
    for photo in photos:
        Image.new("RGB", (64, 48), (200, 150, 140)).save(folder / f"{photo}.png")
    for reader, without in (("a", ["false", "clean"]), ("b", ["clean"])):
        rows = [f"{photo},no erythema," for photo in without]
        table = "\n".join(["photo,state,reason", *rows]) + "\n"
        (folder / f"reader_{reader}" / "readings.csv").write_text(table)
    table = "\n".join(["photo,patient", *(f"{photo},{photo}" for photo in photos)]) + "\n"
    (folder / "photos.csv").write_text(table)
    return read_folder(folder, "a")


@pytest.fixture(scope="module")
def evaluation(clinic):
    found = evaluate_reader("b", [clinic], Tolerance(2.0, "readers a and b"))
    photo = [(1000, 30.0, 10)] + [(100, 10.0 * place + 5, 10 * place) for place in range(1, 10)]
    diagram = reliability([photo] * 5, list(SIDES))
    return dataclasses.replace(found, reliability=diagram)


def write_clinic(
    folder, clinic, evaluations, comparison=None, curves=None, folds=None, about=ABOUT
):
    return write_report(
        folder,
        evaluations,
        comparison,
        [clinic],
        curves=curves,
        folds=folds,
        about=about,
        command=COMMAND,
    )


def results_folder(folder, clinic):
    """A folder with what reader b drew as the outlines found."""
    shutil.copytree(clinic.folder / "reader_b", folder / "outlines" / "clinic")
    return folder


@pytest.fixture
def write(tmp_path, clinic, evaluation):
    """Writes the report of reader b, or a changed one, and returns the page's path."""
    folder = results_folder(tmp_path, clinic)

    def write(about=ABOUT, **changes):
        changed = dataclasses.replace(evaluation, **changes)
        return write_clinic(folder, clinic, [changed], about=about)

    return write


@pytest.fixture(scope="module")
def full_report(tmp_path_factory, clinic, evaluation):
    """A report with everything that one can hold."""
    scores = [
        dataclasses.replace(score, fold=place % 2) for place, score in enumerate(evaluation.scores)
    ]
    network = dataclasses.replace(
        evaluation,
        subject="the networks of 2 folds",
        scores=scores,
        trained_on=["P1"],
        confidence=judgement(0.0, 0.0, 0.5, None, None),
        network={
            "name": "default",
            "version": "1",
            "sha256": "ab" * 32,
            "threshold": 0.5,
            "smallest_area": 0.001,
        },
    )
    rows = [
        {"epoch": epoch, "loss": 1 / epoch, "validation_loss": 0.5, "validation_dice": 0.6}
        for epoch in range(1, 9)
    ]
    return write_clinic(
        results_folder(tmp_path_factory.mktemp("full"), clinic),
        clinic,
        [network, evaluation],
        comparison=compare(network, evaluation),
        curves={"Fold 1": rows, "Fold 2": rows},
        folds=[summarise([one for one in scores if one.fold == fold]) for fold in range(2)],
    )


def text(path):
    return path.read_text(encoding="utf-8")


def table(page, caption):
    """The table whose caption starts so."""
    return next(
        one for one in re.findall("<table.*?</table>", page, re.S) if f"<caption>{caption}" in one
    )


def test_what_the_data_are_and_who_drew_stands_before_any_figure(full_report):
    page = text(full_report)
    about = page.index("Made-up photos; &lt;nobody&gt; &amp; no patient drew them.")
    assert about < page.index("<svg")
    assert about < page.index("<img")
    assert about < page.index("mean Dice")
    assert page.index(COMMAND) < page.index("mean Dice")


def test_data_of_which_nothing_is_said_are_called_so(write):
    assert NOT_STATED[:11] == "Not stated."
    assert "Not stated. Whoever shows these figures" in text(write(about=""))


def test_the_worst_dice_stands_first(write):
    ids = re.findall(r'<h3 id="photo-\d+">(\w+)', text(write()))
    # 20 against 12, 30, 28, 26, 24 pixels: Dice 0.53, 0.62, 0.68, 0.74, 0.82
    assert ids == ["P2", "P1", "P3", "P4", "P5", "false"]


def test_a_photo_without_erythema_is_shown_where_something_was_found_in_it(write):
    page = text(write())
    assert ">false<" in page[page.index("False reactions: photos without erythema") :]
    assert ">clean<" not in page


def test_false_reactions_are_counted_with_an_exact_interval(write):
    false = table(text(write()), "Photos without erythema")
    assert "1 of 2" in false
    assert re.search(r"50\.0\s%.*1\.3\s% to 98\.7\s%", false)


def test_every_table_says_that_a_network_was_trained_on_the_photos(full_report):
    captions = re.findall("<caption>.*?</caption>", text(full_report), re.S)
    assert len(captions) == 10
    for caption in captions:
        assert "the networks of 2 folds: trained on these (1 of 7 photos)" in caption


def test_nothing_says_trained_on_these_where_nothing_was(write):
    assert "rained on these" not in text(write())


def test_a_fold_is_counted_in_four_ways_that_differ(full_report):
    page = text(full_report)
    first_rows = [
        re.findall(r"<td[^>]*>([^<]*)</td>", table(page, title))[:2]
        for title in ("Outlines, mean of", "Outlines, all pixels", "Probabilities, mean of")
    ]
    # Fold 1 has squares of 30, 28 and 24 against 20: 2 * 1200 / (2260 + 1200) pixels together.
    assert first_rows == [["3", "0.704"], ["3", "0.694"], ["3", "\N{EN DASH}"]]
    assert page.count("What it hides:") == 4


def test_agreement_is_given_with_interval_and_number_of_photos(write, evaluation):
    row = table(text(write()), "Mean of the photos").replace("\n", "")
    # The mean Dice of a square of 20 and of 30, 12, 28, 26, 24 pixels: 2 min(a, b)^2 / (a^2 + b^2)
    interval = evaluation.summary.per_photo["dice"].interval
    ends = f"{interval.low:.3f} to {interval.high:.3f}"
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", row)[:6]
    assert cells == ["0.677", ends, "0.112", "0.676", "0.529", "5"]


def test_too_few_patients_for_limits_of_agreement_are_told_so(write):
    page = text(write(bland_altman_log=None, bland_altman_raw=None))
    assert "need outlines found in photos of at least three patients" in page


def test_confidences_are_shown_beside_the_share_of_right_outlines(write):
    page = text(write(confidence=judgement(0.0, 0.0, 0.5, None, None)))
    row = re.findall(r"<t[dh][^>]*>([^<]*)</t", table(page, "Reactions by their confidence"))[5:]
    assert row == ["0.6 to 0.8", "5", "0.750", "0.600", "0.147 to 0.947"]
    # Three times 0.25^2 and twice 0.75^2, over 5; the share of 0.6 alone has 0.6 * 0.4.
    assert "is 0.263; it is 0.240 for who says 60.0" in page
    assert "these confidences say no more than that share" in page


def test_areas_inside_of_their_interval_are_counted_with_an_exact_interval(write):
    page = text(write(confidence=judgement(0.0, 0.0, 0.5, None, None)))
    assert re.search(r"<strong>2 of 3</strong>, 66\.7\s% \(95 % interval 9\.4\s% to 99\.2\s%", page)


def test_without_a_right_outline_nothing_is_said_of_areas(write):
    assert "No outline here is right" in text(write(confidence=judgement(None)))


def test_without_confidences_the_page_is_silent_of_them(write):
    assert "onfidence mean what it says" not in text(write())


def test_the_page_needs_nothing_from_elsewhere(full_report):
    page = text(full_report)
    targets = re.findall(r'(?:src|href)="([^"]*)"', page) + re.findall(r"url\(([^)]*)\)", page)
    assert targets
    assert all(target.startswith(("data:", "#")) for target in targets)
    assert "<script" not in page


def test_no_two_elements_share_an_id(full_report):
    ids = re.findall(r'\bid="([^"]+)"', text(full_report))
    assert len(ids) == len(set(ids))


def test_every_picture_has_a_description(full_report):
    pictures = re.findall("<(?:img|svg)[^>]*>", text(full_report))
    assert len(pictures) == 6 * 3 + 2 + 1 + 1 + 2
    assert all(re.search('(?:alt|aria-label)="[^"]{8,}"', picture) for picture in pictures)


def test_the_same_results_give_the_same_bytes(write):
    path = write()
    names = ("report.html", "scores.csv", "summary.json")
    before = [path.with_name(name).read_bytes() for name in names]
    write()
    assert [path.with_name(name).read_bytes() for name in names] == before


@pytest.fixture(scope="module")
def chromium():
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, full_report):
    """The report on a phone, and what the browser said and asked for while it opened."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(full_report.as_uri())
    yield page
    page.close()


def test_a_browser_opens_it_without_complaint_and_asks_for_nothing_else(phone, full_report):
    assert phone.said == []
    others = [url for url in phone.asked if not url.startswith("data:")]
    assert others == [full_report.as_uri()]


def test_a_phone_never_scrolls_sideways(phone):
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_all_pictures_are_shown(phone):
    assert phone.evaluate("[...document.images].every(one => one.naturalWidth > 0)")


def test_figures_follow_a_dark_screen(phone):
    colour = "getComputedStyle(document.querySelector('svg text')).fill"
    light = phone.evaluate(colour)
    phone.emulate_media(color_scheme="dark")
    assert (light, phone.evaluate(colour)) == ("rgb(27, 31, 36)", "rgb(230, 234, 239)")


def test_it_prints_on_a4_in_full_width(phone):
    phone.emulate_media(media="print")
    phone.set_viewport_size({"width": 680, "height": 1000})  # 180 mm: A4 without its margins
    assert phone.evaluate("document.documentElement.scrollWidth") == 680
    assert phone.pdf(prefer_css_page_size=True).startswith(b"%PDF")
