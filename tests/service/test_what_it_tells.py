"""Log, metrics and manual: they tell of the service, and never of a photo or a person."""

import json

import httpx
import pytest
from asking import archive, encoded, rectangle, roi_set, started, two_reactions

from erythema.service.problems import KINDS


def test_the_log_has_a_json_line_a_request_without_names(
    service_program, redness_network, tmp_path
):
    outlines = roi_set(rectangle(0, 0, 4, 3, "Anna Miller"))
    with started(
        service_program, redness_network, tmp_path, "--corrections", tmp_path / "store"
    ) as running:
        with httpx.Client(base_url=running.address, timeout=60) as client:
            client.post("/segment?lines=Miller", content=encoded(two_reactions()))
            client.post("/segment", content=encoded(two_reactions()))
            client.get("/photos/Miller.jpg")
            client.post("/measure", content=outlines)
            client.post(
                "/corrections?reader=miller&reason=Miller",
                content=archive(photo_png=encoded(two_reactions()), outlines_zip=outlines),
            )
        running.process.terminate()
        running.process.wait(60)
        said = running.said()

    lines = [json.loads(line) for line in said]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "/segment", 422),
        ("POST", "/segment", 200),
        ("GET", "-", 404),
        ("POST", "/measure", 200),
        ("POST", "/corrections", 201),
    ]
    segmented = lines[1]
    assert (segmented["pixels"], segmented["reactions"]) == (64 * 48, 2)
    assert set(segmented["stages_ms"]) == {
        "receive",
        "wait",
        "decode",
        "looks",
        "turn",
        "network",
        "outlines",
        "answer",
    }
    assert "miller" not in "".join(said).lower()


def test_metrics_count_requests_and_stages(service):
    before = value(service, "erythema_stage_seconds_count", 'stage="network"')

    service.post("/segment", content=encoded(two_reactions()))

    assert value(service, "erythema_stage_seconds_count", 'stage="network"') == before + 1
    assert value(service, "process_resident_memory_bytes", "") > 1e6


def value(service, name, labels):
    """What the metrics say of a figure, 0 where they do not."""
    answer = service.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    for line in answer.text.splitlines():
        if line.startswith(name) and labels in line:
            return float(line.split()[-1])
    return 0


def test_the_manual_has_every_route_and_every_type_of_problem(service):
    answer = service.get("/docs")

    assert answer.headers["Content-Type"].startswith("text/html")
    for path in service.get("/openapi.json").json()["paths"]:
        assert f" {path}</code>" in answer.text
    for kind in KINDS:
        assert f"erythema:{kind}<" in answer.text
    assert "aids a physician and is not a certified medical device" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/segment", "/networks", "/health", "/ready", "/measure", "/compare", "/corrections"],
)
def test_openapi_describes_every_route(service, path):
    assert path in service.get("/openapi.json").json()["paths"]
