"""Every answer is one that /openapi.json promises, whatever is asked (schemathesis)."""

import sys
from collections import Counter

import httpx
import pytest
import schemathesis
from asking import archive, encoded, rectangle, roi_set, skin, started, two_reactions
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from erythema.service.access import access_at
from erythema.service.app import create_app
from erythema.service.limits import Limits
from erythema.service.state import Service

SET = roi_set(rectangle(10, 10, 16, 18))
PHOTOS = [skin(), two_reactions()]
schemathesis.openapi.media_type("image/jpeg", st.sampled_from([encoded(p, "JPEG") for p in PHOTOS]))
schemathesis.openapi.media_type("image/png", st.sampled_from([encoded(p, "PNG") for p in PHOTOS]))
schemathesis.openapi.media_type("image/tiff", st.sampled_from([encoded(p, "TIFF") for p in PHOTOS]))
schemathesis.openapi.media_type("image/bmp", st.sampled_from([encoded(p, "BMP") for p in PHOTOS]))
# Of the routes that take a ZIP, each takes another one.
ZIPS = [
    SET,
    archive(found_zip=SET, drawn_zip=SET),
    archive(photo_png=encoded(skin()), outlines_zip=SET),
]
schemathesis.openapi.media_type("application/zip", st.sampled_from(ZIPS))

DOCUMENT = create_app(
    Service(None, None, Limits(), None, None), access_at("127.0.0.1", None)
).openapi()
schema = schemathesis.openapi.from_dict(DOCUMENT)
answered = Counter()


@pytest.fixture(scope="module")
def address(redness_network, tmp_path_factory):
    """Where a service that keeps corrections listens."""
    folder = tmp_path_factory.mktemp("promised")
    arguments = ("--corrections", folder / "store")
    with started(sys.executable, redness_network, folder, *arguments) as service:
        yield service.address


def test_the_service_promises_it(address):
    assert httpx.get(address + "/openapi.json").json() == DOCUMENT


@schema.hook("map_query")
def many_are_anna(context, query):
    """By chance alone hardly a reader would have a name that one may have."""
    if query and "reader" in query and len(str(query["reader"])) < 5:
        query["reader"] = "anna"
    return query


def no_fault(context, response, case):
    """A full queue or disk is nobody's fault."""
    assert response.status_code < 500 or response.status_code in (503, 507), response.text


def promised(path):
    """The test of one route: pytest-xdist runs Schemathesis's tests of all as if they were one."""

    @schema.include(path=path).parametrize()
    @settings(
        max_examples=100,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def test(case, address):
        response = case.call(base_url=address)

        answered[case.path, response.status_code] += 1
        checks = [no_fault, status_code_conformance, content_type_conformance]
        case.validate_response(response, checks=[*checks, response_schema_conformance])

    return test


test_every_answer_to_compare_was_promised = promised("/compare")
test_every_answer_to_corrections_was_promised = promised("/corrections")
test_every_answer_to_docs_was_promised = promised("/docs")
test_every_answer_to_health_was_promised = promised("/health")
test_every_answer_to_measure_was_promised = promised("/measure")
test_every_answer_to_metrics_was_promised = promised("/metrics")
test_every_answer_to_networks_was_promised = promised("/networks")
test_every_answer_to_ready_was_promised = promised("/ready")
test_every_answer_to_segment_was_promised = promised("/segment")


def test_good_requests_were_among_them():
    if not answered:
        pytest.skip("nothing was asked")
    for path in DOCUMENT["paths"]:
        assert answered[path, 200] + answered[path, 201] > 0, path
