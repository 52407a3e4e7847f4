"""How the service's process starts, listens and ends."""

import signal
import socket
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from asking import RED, encoded, segment, service_of, skin, started, two_reactions

from erythema.service.access import new_token
from erythema.service.process import running_service
from erythema.service.server import ServiceError


def test_two_requests_at_once_get_the_answers_to_their_own_photos(service):
    other = skin()
    other[5:25, 5:25] = RED

    def ask(photo):
        return segment(service, encoded(photo), "application/zip").content

    alone = [ask(two_reactions()), ask(other)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(ask, [two_reactions(), other] * 8))

    assert together == alone * 8


def test_it_listens_on_this_computer_only(service):
    address = httpx.URL(service.base_url)

    assert address.host == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", address.port), timeout=60)


def test_a_port_in_use_gets_a_message(service, service_program, redness_network):
    port = httpx.URL(service.base_url).port

    command = [str(service_program), "-m", "erythema.service", "--port", str(port)]
    run = subprocess.run(
        [*command, "--network", str(redness_network)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert run.stdout == ""
    assert f"The service cannot listen on 127.0.0.1:{port}" in run.stderr
    assert "choose another port with --port" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_command_line_s_serve_is_the_same_service(service, redness_network):
    port = httpx.URL(service.base_url).port

    command = [sys.executable, "-m", "erythema", "serve", "--port", str(port)]
    run = subprocess.run(
        [*command, "--network", str(redness_network)], capture_output=True, text=True, check=False
    )

    assert run.returncode == 1
    assert f"The service cannot listen on 127.0.0.1:{port}" in run.stderr


def test_a_service_that_does_not_start_says_why(tmp_path):
    with (
        pytest.raises(ServiceError, match="no network here"),
        running_service(tmp_path),
    ):
        pass


def test_a_graph_that_no_engine_computes_ends_it_with_a_message(redness_network, tmp_path):
    manifest = (redness_network / "manifest.json").read_text("utf-8")
    (tmp_path / "manifest.json").write_text(manifest.replace("probability:0", "nothing:0"))
    (tmp_path / "graph.pb").write_bytes((redness_network / "graph.pb").read_bytes())

    with (
        pytest.raises(ServiceError, match="cannot compute it as the manifest beside it says"),
        running_service(tmp_path),
    ):
        pass


def test_the_service_ends_with_its_block(redness_network):
    with service_of(redness_network) as client:
        assert client.get("/health").status_code == 200
        address = str(client.base_url)

    with pytest.raises(httpx.ConnectError):
        httpx.get(address + "/health")


def test_asked_to_end_it_answers_what_it_had_begun_and_takes_nothing_new(
    service_program, redness_network, tmp_path
):
    photo = encoded(two_reactions())
    with started(service_program, redness_network, tmp_path) as running:
        address = httpx.URL(running.address)
        with socket.create_connection((address.host, address.port), timeout=60) as connection:
            head = f"POST /segment HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(photo)}\r\n"
            connection.sendall(head.encode() + b"\r\n" + photo[:100])
            assert httpx.get(running.address + "/health").status_code == 200  # it has begun
            running.process.send_signal(signal.SIGTERM)
            while listens(address):
                pass
            connection.sendall(photo[100:])
            answer = connection.makefile("rb").readline()

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert running.process.wait(60) in (0, -signal.SIGTERM)


def test_a_client_that_is_refused_over_tls_does_not_keep_it_from_ending(
    service_program, redness_network, tmp_path
):
    new_token(tmp_path / "settings")
    arguments = ("--host", "0.0.0.0", "--settings", tmp_path / "settings")
    with started(service_program, redness_network, tmp_path, *arguments) as running:
        address = running.address.replace("0.0.0.0", "localhost")
        certificate = str(tmp_path / "settings" / "certificate.pem")
        answer = httpx.post(
            address + "/segment",
            content=bytes(2**20),  # more than is received before the refusal
            headers={"Connection": "close"},
            verify=ssl.create_default_context(cafile=certificate),
            timeout=60,
        )
        running.process.terminate()

        assert answer.status_code == 401
        assert running.process.wait(60) in (0, -signal.SIGTERM)


def test_interrupted_at_the_keyboard_it_ends_without_a_stack_trace(
    service_program, redness_network, tmp_path
):
    with started(service_program, redness_network, tmp_path) as running:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(60)

        assert running.said() == []


def listens(address):
    try:
        socket.create_connection((address.host, address.port), timeout=60).close()
    except ConnectionError:
        return False
    return True
