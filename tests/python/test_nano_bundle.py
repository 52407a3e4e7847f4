"""The bundle for a Jetson Nano, as a file; tests/nano installs it."""

import ast
import gzip
import tarfile

import pytest
from command_line import erythema

from erythema.files import OutputError
from erythema.nano.bundle import NAME, write_bundle
from erythema.segmentation.network import NetworkError, default_network_folder


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The archive's file, with the network enclosed."""
    out = tmp_path_factory.mktemp("bundle") / "nano.tar.gz"
    write_bundle(out)
    return out


@pytest.fixture(scope="module")
def contents(bundle):
    """The bytes of each file by its path in the top folder."""
    return read(bundle)


def read(bundle):
    with tarfile.open(bundle) as tar:
        assert {entry.name.split("/")[0] for entry in tar} == {NAME}
        return {
            entry.name.partition("/")[2]: tar.extractfile(entry).read()
            for entry in tar.getmembers()
        }


def test_it_holds_what_the_device_needs_and_nothing_else(contents):
    outside = {path for path in contents if not path.startswith("python/")}
    assert outside == {
        "Dockerfile",
        "LICENSE",
        "README.md",
        "default-options",
        "erythema.service",
        "install.sh",
        "network/README.md",
        "network/graph.pb",
        "network/manifest.json",
        "requirements-tensorflow.txt",
        "requirements.txt",
        "try_service.py",
    }


def test_its_source_is_that_of_the_rooms_for_python36(contents):
    inside = [path.split("/")[2] for path in contents if path.startswith("python/erythema/")]
    assert sorted(set(inside)) == [
        "__init__.py",
        "datasets",
        "errors.py",
        "files.py",
        "measurement",
        "segmentation",
        "service",
    ]
    assert not [path for path in contents if "__pycache__" in path or path.endswith(".pyc")]


def test_its_source_imports_nothing_that_is_not_in_it(contents):
    modules = {
        path[len("python/") :].replace("/__init__.py", "").replace(".py", "").replace("/", ".")
        for path in contents
        if path.startswith("python/")
    }
    for path in contents:
        if path.endswith(".py"):
            for node in ast.walk(ast.parse(contents[path])):
                if isinstance(node, ast.ImportFrom) and node.module.startswith("erythema."):
                    assert node.module in modules, path


def test_its_network_is_the_one_enclosed(contents):
    for name in ("README.md", "graph.pb", "manifest.json"):
        assert contents[f"network/{name}"] == (default_network_folder() / name).read_bytes()


def test_another_network_may_come_with_it(redness_network, tmp_path):
    write_bundle(tmp_path / "nano.tar.gz", redness_network)

    graph = read(tmp_path / "nano.tar.gz")["network/graph.pb"]
    assert graph == (redness_network / "graph.pb").read_bytes()


def test_a_folder_without_a_network_is_refused(tmp_path):
    with pytest.raises(NetworkError, match="no network here"):
        write_bundle(tmp_path / "nano.tar.gz", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_same_input_gives_the_same_bytes(bundle, tmp_path):
    write_bundle(tmp_path / "again.tar.gz")
    assert (tmp_path / "again.tar.gz").read_bytes() == bundle.read_bytes()


def test_it_tells_nothing_of_when_and_by_whom_it_was_made(bundle):
    assert bundle.read_bytes()[4:8] == b"\0\0\0\0"  # gzip's time
    with tarfile.open(bundle) as tar:
        assert {entry.mtime for entry in tar} == {315532800}  # 1 January 1980
        assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in tar} == {
            (0, 0, "root", "root")
        }


def test_only_the_installer_can_be_run(bundle):
    with tarfile.open(bundle) as tar:
        modes = {entry.name.partition("/")[2]: entry.mode for entry in tar}
    assert modes.pop("install.sh") == 0o755
    assert set(modes.values()) == {0o644}


def test_an_existing_file_is_refused(tmp_path):
    out = tmp_path / "nano.tar.gz"
    out.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists: choose another name"):
        write_bundle(out)
    assert out.read_bytes() == b"precious"


def test_the_command_writes_it_and_says_how_to_install_it(redness_network, tmp_path):
    out = tmp_path / "new" / "nano.tar.gz"

    run = erythema("bundle", "nano", out, "--network", redness_network)

    assert run.returncode == 0, run.stderr
    assert f"tar xzf nano.tar.gz && cd {NAME} && sudo ./install.sh" in run.stdout
    assert gzip.decompress(out.read_bytes())


def test_the_command_refuses_an_existing_file_with_a_message(tmp_path):
    run = erythema("bundle", "nano", tmp_path)
    assert run.returncode == 1
    assert f"{tmp_path} exists: choose another name" in run.stderr
