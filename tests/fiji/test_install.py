"""What `install_plugin` puts into a Fiji or ImageJ, and what it leaves alone."""

import zipfile

import pytest

from erythema.fiji import FijiError, install_plugin


def write_jar(path, *entries):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as jar:
        for entry in entries:
            jar.writestr(entry, "")
    return path


def write_older_copy(path):
    return write_jar(path, "plugins.config", "erythema/SegmentErythema.class")


@pytest.fixture(params=["Fiji", "ImageJ"])
def folder(request, tmp_path):
    """A folder laid out as Fiji's or plain ImageJ's."""
    (tmp_path / "plugins").mkdir()
    if request.param == "Fiji":
        (tmp_path / "jars").mkdir()
    else:
        (tmp_path / "ij.jar").touch()
    return tmp_path


def test_the_jar_is_copied_into_plugins(folder, plugin):
    copy = install_plugin(folder)
    assert copy == folder / "plugins" / "Erythema_.jar"
    assert copy.read_bytes() == plugin.read_bytes()
    assert list((folder / "plugins").iterdir()) == [copy]


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("older", ["Erythema_.jar", "Erythema_-0.0.9.jar", "mine/renamed_.jar"])
def test_older_copies_are_removed_whatever_their_name(folder, older):
    write_older_copy(folder / "plugins" / older)
    copy = install_plugin(folder)
    assert list(folder.rglob("*_*.jar")) == [copy]


@pytest.mark.usefixtures("plugin")
def test_other_files_stay(folder):
    others = [
        write_jar(folder / "plugins" / "Erythema_other.jar", "other/Erythema.class"),
        folder / "plugins" / "damaged_.jar",
        folder / "plugins" / "macro_.ijm",
    ]
    others[1].write_text("no archive")
    others[2].touch()
    install_plugin(folder)
    assert all(other.exists() for other in others)


@pytest.mark.usefixtures("plugin")
def test_the_plugins_folder_itself_may_be_named(folder):
    copy = install_plugin(folder / "plugins")
    assert copy == folder / "plugins" / "Erythema_.jar"


def test_plugins_beside_a_bundle_on_macos_are_found(tmp_path, plugin):
    (tmp_path / "ImageJ.app" / "Contents").mkdir(parents=True)
    (tmp_path / "plugins").mkdir()
    copy = install_plugin(tmp_path / "ImageJ.app")
    assert copy == tmp_path / "plugins" / "Erythema_.jar"
    assert copy.read_bytes() == plugin.read_bytes()


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(FijiError, match=r"no folder .*nowhere"):
        install_plugin(tmp_path / "nowhere")


def test_a_folder_that_is_no_imagej_is_refused(tmp_path):
    (tmp_path / "plugins").mkdir()
    with pytest.raises(FijiError, match="no Fiji or ImageJ"):
        install_plugin(tmp_path)
    assert list((tmp_path / "plugins").iterdir()) == []


@pytest.mark.usefixtures("plugin")
def test_a_copy_that_fails_leaves_nothing_behind(folder):
    (folder / "plugins" / "Erythema_.jar").mkdir()
    with pytest.raises(FijiError, match="could not be copied"):
        install_plugin(folder)
    assert [path.name for path in (folder / "plugins").iterdir()] == ["Erythema_.jar"]
