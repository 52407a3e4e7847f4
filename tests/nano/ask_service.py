"""Starts the installed service as its unit file says, asks it as a client does, and ends it.

    python3 ask_service.py TOKEN PHOTO

Prints what came, as JSON. Runs on the device's Python 3.6.
"""

import json
import re
import shlex
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

UNIT = Path("/opt/erythema/current/erythema.service")
OPTIONS = Path("/etc/default/erythema")
CERTIFICATE = "/var/lib/erythema/settings/certificate.pem"


def command():
    """The line that systemd would run, as the user that it would run as."""
    unit = UNIT.read_text()
    environment = shlex.split(" ".join(re.findall("^Environment=(.*)$", unit, re.M)))
    [line] = re.findall("^ExecStart=(.*)$", unit, re.M)
    [options] = re.findall('^ERYTHEMA_OPTIONS="(.*)"$', OPTIONS.read_text(), re.M)
    [user] = re.findall("^User=(.*)$", unit, re.M)
    as_user = ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
    service = shlex.split(line.replace("$ERYTHEMA_OPTIONS", options))
    return [*as_user, "env", "--ignore-environment", *environment, *service]


def ask(path, token=None, body=None):
    """The status and the body of an answer over TLS, checked against the service's certificate."""
    request = urllib.request.Request("https://localhost:8765" + path, data=body)
    request.add_header("Accept", "application/json")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    tls = ssl.create_default_context(cafile=CERTIFICATE)
    try:
        with urllib.request.urlopen(request, timeout=60, context=tls) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def main(token, photo):
    service = subprocess.Popen(command(), stdout=subprocess.PIPE, universal_newlines=True)
    announced = service.stdout.readline()
    assert announced.startswith("erythema service on https://0.0.0.0:8765"), announced
    body = Path(photo).read_bytes()
    came = {
        "ready": ask("/ready")[0],
        "without a token": ask("/networks")[0],
        "segmented": json.loads(ask("/segment", token, body)[1]),
    }
    service.terminate()
    came["ended"] = service.wait(60)
    print(json.dumps(came))


if __name__ == "__main__":
    main(*sys.argv[1:])
