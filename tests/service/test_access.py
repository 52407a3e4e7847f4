"""Who may ask: host, origin, token, rate; and the certificate of a service for others."""

import hashlib
import os
import re
import ssl
import stat
import subprocess

import httpx
import pytest
from asking import (
    app_of,
    ask_app,
    assert_problem,
    encoded,
    names,
    segment,
    started,
    two_reactions,
)

from erythema.service.access import new_token, read_token_hash
from erythema.service.certificate import make_certificate, pin
from erythema.service.limits import Limits, RateLimiter

HASH = hashlib.sha256(b"secret").hexdigest()
ELSEWHERE = "10.1.2.3"


@pytest.fixture(scope="module")
def app(redness_network):
    """The service on this computer alone."""
    return app_of(redness_network)


@pytest.fixture(scope="module")
def open_app(redness_network):
    """The service on every address, with the token "secret"."""
    return app_of(redness_network, host="0.0.0.0", token_hash=HASH)


def ask_health(app, **headers):
    return ask_app(app, "GET", "/health", headers=headers)


# Host and origin -------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "LOCALHOST:1", "[::1]:8765"])
def test_this_computer_s_own_names_are_answered(app, host):
    assert ask_health(app, Host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.168.0.7", ""])
def test_a_page_that_rebinds_its_name_to_this_computer_is_refused(app, host):
    assert_problem(ask_health(app, Host=host), 403, "host")


def test_a_service_for_others_answers_to_any_numeric_address(open_app):
    assert ask_health(open_app, Host="192.168.0.7:8765").status_code == 200


def test_a_service_for_others_refuses_names_that_are_not_its_own(open_app):
    assert_problem(ask_health(open_app, Host="evil.example"), 403, "host")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://127.0.0.1"])
def test_a_page_of_another_origin_is_refused(app, origin):
    assert_problem(ask_health(app, Origin=origin), 403, "origin")


def test_a_page_of_the_service_itself_is_answered(app):
    assert ask_health(app, Host="127.0.0.1:8765", Origin="http://127.0.0.1:8765").is_success


def test_a_header_that_decides_is_refused_where_it_is_there_twice(app):
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert_problem(ask_app(app, "GET", "/health", headers=headers), 400, "bad-request")


# Token -----------------------------------------------------------------------


def ask_networks(app, authorization=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    return ask_app(app, "GET", "/networks", headers=headers)


def test_on_this_computer_no_token_is_needed(app):
    assert ask_networks(app).status_code == 200


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer Secret", "Bearer secret2", "Basic secret"]
)
def test_without_the_token_others_are_refused(open_app, authorization):
    answer = ask_networks(open_app, authorization)

    assert_problem(answer, 401, "token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_with_the_token_others_are_answered(open_app):
    assert ask_networks(open_app, "Bearer secret").status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/docs", "/openapi.json", "/nothing"])
def test_without_the_token_every_other_route_is_closed_too(open_app, path):
    assert_problem(ask_app(open_app, "GET", path), 401, "token")


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_a_monitor_needs_no_token(open_app, path):
    assert ask_app(open_app, "GET", path).status_code == 200


def test_of_a_token_only_the_hash_is_stored_and_for_its_own_user_alone(tmp_path):
    settings = tmp_path / "settings"
    token = new_token(settings)

    (file,) = settings.iterdir()
    assert token not in file.read_text()
    assert read_token_hash(settings) == hashlib.sha256(token.encode()).hexdigest()
    assert stat.S_IMODE(os.stat(settings).st_mode) == 0o700
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_a_new_token_makes_the_old_one_void(tmp_path):
    old = new_token(tmp_path)
    new = new_token(tmp_path)

    assert old != new
    assert read_token_hash(tmp_path) == hashlib.sha256(new.encode()).hexdigest()


# Rate ------------------------------------------------------------------------


def test_a_client_elsewhere_may_ask_only_so_often(redness_network):
    app = app_of(redness_network, Limits(requests_a_second=3), host="0.0.0.0", token_hash=HASH)

    answers = [ask_app(app, "GET", "/health", client=ELSEWHERE) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_problem(answers[3], 429, "too-many-requests")
    assert answers[3].headers["Retry-After"] == "1"
    assert ask_app(app, "GET", "/health", client="10.1.2.4").status_code == 200


def test_this_computer_may_ask_as_often_as_it_likes(redness_network):
    app = app_of(redness_network, Limits(requests_a_second=1))

    assert [ask_health(app).status_code for _ in range(5)] == [200] * 5


def test_the_rate_comes_back_with_time():
    now = [0.0]
    rates = RateLimiter(2, clock=lambda: now[0])

    assert [rates.seconds_to_wait("a") for _ in range(3)] == [0, 0, 0.5]
    now[0] = 0.25
    assert rates.seconds_to_wait("a") == 0.25
    now[0] = 0.5
    assert rates.seconds_to_wait("a") == 0
    assert rates.seconds_to_wait("a") == 0.5


# A service for others --------------------------------------------------------


def test_on_another_address_it_does_not_start_without_a_token(
    service_program, redness_network, tmp_path
):
    command = [str(service_program), "-m", "erythema.service", "--host", "0.0.0.0", "--port", "0"]
    run = subprocess.run(
        [*command, "--network", str(redness_network), "--settings", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "needs a token. Make one with: erythema serve --new-token" in run.stderr


def test_with_token_and_pin_a_photo_travels_over_tls(service_program, redness_network, tmp_path):
    settings = ("--settings", tmp_path / "settings")
    make = [str(service_program), "-m", "erythema.service", "--new-token", *map(str, settings)]
    said = subprocess.run(make, capture_output=True, text=True, check=True).stdout
    token = re.search(r"^    (\S+)$", said, re.MULTILINE)[1]
    assert "█" in said  # the QR code

    arguments = ("--host", "0.0.0.0", *settings)
    with started(service_program, redness_network, tmp_path, *arguments) as running:
        assert running.address.startswith("https://0.0.0.0:")
        pinned = running.process.stdout.readline().strip()
        address = running.address.replace("0.0.0.0", "localhost")
        certificate = tmp_path / "settings" / "certificate.pem"
        assert pinned == "certificate pin " + pin(certificate)
        trust = ssl.create_default_context(cafile=str(certificate))
        with httpx.Client(base_url=address, verify=trust, timeout=60) as client:
            assert_problem(segment(client), 401, "token")
            client.headers["Authorization"] = "Bearer " + token
            assert names(segment(client)) == ["erythema 1", "erythema 2"]
        command = ["curl", "-s", "--insecure", "--pinnedpubkey", pinned.split()[-1]]
        bearer = ["-H", "Authorization: Bearer " + token, address + "/networks"]
        assert (
            b"redness"
            in subprocess.run([*command, *bearer], check=True, capture_output=True).stdout
        )
        command[-1] = "sha256//" + 43 * "A" + "="  # another pin: curl's exit code 90
        assert (
            subprocess.run([*command, *bearer], check=False, capture_output=True).returncode == 90
        )
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(address.replace("https", "http") + "/health", timeout=60)
        assert not any(token in line for line in running.said())

        subprocess.run(make, check=True, capture_output=True)  # while the service runs
        with httpx.Client(base_url=address, verify=trust, timeout=60) as client:
            client.headers["Authorization"] = "Bearer " + token
            assert_problem(segment(client), 401, "token")


def test_the_pin_stays_when_the_certificate_is_made_anew(tmp_path):
    first, key = make_certificate(tmp_path, ["localhost"])
    before = first.read_bytes(), pin(first)
    second, _ = make_certificate(tmp_path, ["localhost"])

    assert second.read_bytes() != before[0]
    assert pin(second) == before[1]
    assert re.fullmatch(r"sha256//[A-Za-z0-9+/]{43}=", before[1])
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600


def test_a_given_certificate_is_used(service_program, redness_network, tmp_path):
    certificate, key = make_certificate(tmp_path / "given", ["127.0.0.1"])

    arguments = ("--certificate", certificate, "--key", key)
    with started(service_program, redness_network, tmp_path, *arguments) as running:
        trust = ssl.create_default_context(cafile=str(certificate))
        answer = httpx.post(
            running.address + "/segment",
            content=encoded(two_reactions()),
            verify=trust,
            timeout=60,
        )

    assert running.address.startswith("https://127.0.0.1:")
    assert names(answer) == ["erythema 1", "erythema 2"]


def test_a_certificate_that_is_none_gets_a_message(service_program, redness_network, tmp_path):
    (tmp_path / "a.pem").write_text("not a certificate")

    command = [str(service_program), "-m", "erythema.service", "--port", "0"]
    files = ["--certificate", str(tmp_path / "a.pem"), "--key", str(tmp_path / "a.pem")]
    run = subprocess.run(
        [*command, *files, "--network", str(redness_network)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "no certificate or key in PEM" in run.stderr
    assert "Traceback" not in run.stderr


# Every answer ----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/health", "/docs", "/networks", "/metrics", "/nothing"])
def test_every_answer_has_the_security_headers(service, path):
    headers = service.get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors")
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Server" not in headers
    assert "Access-Control-Allow-Origin" not in headers
