"""``erythema agreement`` as a person meets it."""

import csv
import functools
import json

import command_line
import pytest
from tiny_data_sets import save_outlines, save_photo, save_table

pytest.importorskip("scipy", reason="evaluation needs the extra 'evaluate'")

PATCH, UPPER_HALF = (20, 10, 50, 30), (20, 10, 50, 20)

erythema = functools.partial(command_line.erythema, columns=200)


@pytest.fixture
def folder(tmp_path):
    """Two readers, who differ on P1 and on whether P2 has any erythema."""
    folder = tmp_path / "photos"
    save_photo(folder / "P1.png", PATCH)
    save_photo(folder / "P2.png")
    save_table(folder / "photos.csv", "photo,patient", "P1,anna", "P2,ben")
    save_outlines(folder / "reader_a/P1.zip", PATCH)
    save_outlines(folder / "reader_a/P2.zip", PATCH)
    save_outlines(folder / "reader_b/P1.zip", UPPER_HALF)
    save_table(folder / "reader_b/readings.csv", "photo,state", "P2,no erythema")
    return folder


def test_it_prints_tables_and_writes_nothing(folder):
    before = sorted(folder.rglob("*"))
    run = erythema("agreement", folder)
    assert run.returncode == 0, run.stderr
    assert "reader a and reader b │ 2 (2)" in run.stdout
    assert "0.333, median 0.333, worst 0.000" in run.stdout
    assert "outlined: a; no erythema: b" in run.stdout
    assert sorted(folder.rglob("*")) == before


def test_it_writes_a_report_and_a_consensus(folder, tmp_path):
    pytest.importorskip("jinja2", reason="reports need the extra 'evaluate'")
    out = tmp_path / "out"
    run = erythema("agreement", folder, "--out", out, "--consensus", "majority")
    assert run.stdout.endswith(f"The report is {out / 'report.html'}.\n")
    assert "P2: no consensus, no majority: outlined: a; no erythema: b" in run.stdout
    assert (folder / "reader_consensus/P1.zip").exists()
    assert "How the readers of photos agree" in (out / "report.html").read_text("utf-8")
    assert json.loads((out / "agreement.json").read_text("utf-8"))["pairs"][0]["photos"] == 2
    with (out / "third_look.csv").open(encoding="utf-8", newline="") as file:
        assert [row["photo"] for row in csv.DictReader(file)] == ["P2", "P1"]
    with (out / "photos.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["area_other_px"] for row in rows] == ["300", "0"]


def test_a_method_that_is_none_is_refused_before_anything_is_read(folder):
    run = erythema("agreement", folder, "--consensus", "average")
    assert run.returncode == 1
    assert "--consensus average: is one of staple, majority." in run.stderr
