"""Files and folders that are there as a whole or not at all."""

import errno

import pytest

from erythema.files import OutputError, new_folder, sync_folder, write_beside, write_through


def test_a_new_folder_is_there_as_a_whole_or_not_at_all(tmp_path):
    with pytest.raises(IsADirectoryError), new_folder(tmp_path / "out") as folder:
        folder.write_text("a folder cannot be written as a file")
    assert list(tmp_path.iterdir()) == []
    with new_folder(tmp_path / "out") as folder:
        (folder / "all").write_text("all")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "all"]


def test_a_folder_that_holds_something_is_no_new_folder(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(OutputError, match="exists: choose another folder"), new_folder(tmp_path):
        pass
    assert (tmp_path / "mine").read_text() == "mine"


def test_text_and_bytes_are_written_and_nothing_lies_beside(tmp_path):
    write_beside(tmp_path / "a.txt", "\u00e9\n")
    write_beside(tmp_path / "a.txt", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.txt": b"new"}


def test_what_cannot_be_renamed_is_not_left_behind(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match=r"a\.txt"):
        write_beside(tmp_path / "a.txt", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_a_killed_program_left_is_removed(tmp_path):
    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part/old.txt").write_text("old")
    with new_folder(tmp_path / "out") as folder:
        (folder / "new.txt").write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new.txt"]


def test_text_and_bytes_are_written_through(tmp_path):
    write_through(tmp_path / "a.txt", "\u00e9\n")
    write_through(tmp_path / "b.bin", b"\0\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc3\xa9\n"
    assert (tmp_path / "b.bin").read_bytes() == b"\0\n"


def test_a_drive_that_cannot_tell_of_its_folders_is_no_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", failing(errno.EINVAL))
    sync_folder(tmp_path)


@pytest.mark.skipif("os.name == 'nt'", reason="Windows opens no folders")
def test_a_drive_that_fails_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", failing(errno.EIO))
    with pytest.raises(OSError, match="failed"):
        sync_folder(tmp_path)


def failing(number):
    def fsync(descriptor):
        raise OSError(number, "failed")

    return fsync
