"""The curl lines of python/README.md do what it says, in its order."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from asking import encoded, service_of, two_reactions

from erythema.segmentation.roi_set import read_rois
from erythema.service.problems import KINDS, PREFIX

MANUAL = (Path(__file__).parents[2] / "python" / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8765"


@pytest.fixture(scope="module")
def done(service_program, redness_network, tmp_path_factory):
    """The folder in which every line of the manual for this computer was run."""
    if shutil.which("curl") is None or shutil.which("zip") is None:
        pytest.skip("there is no curl or no zip on this machine")
    folder = tmp_path_factory.mktemp("manual")
    (folder / "arm.jpg").write_bytes(encoded(two_reactions(), "JPEG"))
    corrections = ("--corrections", str(folder / "corrections"))
    with service_of(redness_network, *corrections, program=service_program) as client:
        for line in re.findall(r"^    ((?:curl -o|cp|zip) .*)$", MANUAL, re.MULTILINE):
            line = line.replace(ADDRESS, str(client.base_url).rstrip("/"))
            run = subprocess.run(
                ["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, f"{line}\n{run.stderr}"
    return folder


def test_the_roi_set_holds_both_reactions(done):
    assert [roi.name for roi in read_rois(done / "outlines.zip")] == ["erythema 1", "erythema 2"]


@pytest.mark.parametrize(
    ("file", "start"),
    [
        ("outlines.json", b'{"network": "redness"'),
        ("outlines.geojson", b'{"type": "FeatureCollection"'),
        ("mask.png", b"\x89PNG"),
        ("probability.tif", b"II*\0"),
        ("sure.json", b'{"network": "redness"'),
        ("sizes.csv", b"reaction,name,area_px,longest_diameter_px"),
        ("sizes.json", b'{"reactions": [{"reaction": 1'),
        ("agreement.csv", b"dice,iou"),
        ("networks.json", b'[{"name":"redness"'),
        ("health.json", b'{"service":"erythema"'),
        ("ready.json", b'{"status":"ready"'),
        ("metrics.txt", b"# HELP "),
        ("manual.html", b"<!DOCTYPE html>"),
        ("openapi.json", b'{"openapi":"3.'),
        ("problem.json", b'{"type":"erythema:not-a-photo"'),
    ],
)
def test_every_form_is_what_it_says(done, file, start):
    assert (done / file).read_bytes().startswith(start)


def test_outlines_agree_with_themselves(done):
    assert json.loads((done / "agreement.json").read_text())["dice"] == 1


def test_the_correction_is_in_the_data_set(done):
    photo = json.loads((done / "stored.json").read_text())["photo"]

    assert (done / "corrections" / f"{photo}.png").is_file()
    assert len(read_rois(done / "corrections" / "reader_anna" / f"{photo}.zip")) == 2


def test_the_manual_explains_every_type_of_problem():
    for kind, (status, meaning) in KINDS.items():
        assert f"| `{PREFIX}{kind}` | {status} | {meaning} |" in MANUAL
