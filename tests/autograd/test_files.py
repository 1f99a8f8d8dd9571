"""Files are written whole or not at all, alone and several together, with the mode and owner of what was there."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograd.errors import FileError
from autograd.files import append, check_writable, write, write_together


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def failing(function: Callable[..., Any], at: int, error: BaseException) -> Callable[..., Any]:
    """A function whose call number `at` fails, before anything is done."""
    calls = [0]

    def called(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            raise error
        return function(*args, **kwargs)

    return called


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path):
    target = tmp_path / "picture.svg"
    target.write_bytes(b"old and long")
    assert write(target, b"new") == target
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["picture.svg"]


def test_a_link_stays_a_link_and_the_file_behind_it_is_written(tmp_path: Path):
    (tmp_path / "disk").mkdir()
    link = tmp_path / "run.safetensors"
    link.symlink_to(tmp_path / "disk" / "run.safetensors")
    write(link, b"state")
    assert link.is_symlink()
    assert (tmp_path / "disk" / "run.safetensors").read_bytes() == b"state"


@pytest.mark.parametrize("closed", [0o600, 0o640, 0o444, 0o755])
def test_a_file_keeps_its_mode_behind_a_link_too(closed: int, tmp_path: Path):
    target, link = tmp_path / "key", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    for path in (target, link):
        os.chmod(target, closed | stat.S_IWUSR)
        write(path, b"new")
        assert mode(target) == closed | stat.S_IWUSR
    assert target.read_bytes() == b"new"


def test_a_new_file_is_as_open_as_any_other_and_the_mask_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = os.umask(0o027)
    try:
        monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("other threads have the same mask"))
        assert mode(write(tmp_path / "new", b"")) == 0o640
    finally:
        monkeypatch.undo()
        assert os.umask(before) == 0o027


def test_nobody_reads_what_is_closed_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "key"
    target.write_bytes(b"old")
    os.chmod(target, 0o600)
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append(stat.S_IMODE(os.fstat(handle).st_mode)))
    write(target, b"new")
    assert seen[0] == 0o600


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only the superuser gives files away")
def test_a_file_keeps_its_owner_where_the_system_lets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "shared"
    target.write_bytes(b"old")
    os.chown(target, 1234, 5678)
    os.chmod(target, 0o664)
    write(target, b"new")
    assert (target.stat().st_uid, target.stat().st_gid, mode(target)) == (1234, 5678, 0o664)
    monkeypatch.setattr(os, "chown", failing(os.chown, 1, PermissionError()))
    write(target, b"newer")
    assert (target.stat().st_gid, mode(target)) == (os.getgid(), 0o604), "another group has no right to it"


def test_a_file_that_is_write_protected_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "kept"
    target.write_bytes(b"old")
    os.chmod(target, 0o444)
    monkeypatch.setattr(os, "access", lambda path, way: bool(os.stat(path).st_mode & stat.S_IWUSR))
    with pytest.raises(FileError, match="it is write-protected"):
        write(target, b"new")
    assert contents(tmp_path) == {"kept": b"old"}


def test_a_link_to_itself_stays(tmp_path: Path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(FileError, match="it is not a regular file"):
        write(tmp_path / "a", b"")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt(), MemoryError()])
@pytest.mark.parametrize("function", ["fsync", "replace", "chmod"])
def test_what_fails_leaves_the_old_file_and_no_other(
    function: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "run").write_bytes(b"old")
    monkeypatch.setattr(os, function, failing(getattr(os, function), 1, error))
    with pytest.raises(FileError if error is FULL else type(error)):
        write(tmp_path / "run", b"new")
    assert contents(tmp_path) == {"run": b"old"}


def test_files_of_others_are_left_alone(tmp_path: Path):
    others = {".run.abcd1234": b"the user's", ".run.x7_k2p9q": b"of a run beside this one", ".0123.tmp": b""}
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    write(tmp_path / "run", b"new")
    write_together(tmp_path, {"run": b"newer"})
    assert contents(tmp_path) == {**others, "run": b"newer"}


def test_content_is_on_the_disk_before_it_has_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    calls: list[str] = []

    def told(name: str) -> Callable[..., None]:
        function = getattr(os, name)

        def called(*args: Any) -> None:
            folder = name == "fsync" and stat.S_ISDIR(os.fstat(args[0]).st_mode)
            calls.append(f"{name} folder" if folder else name)
            function(*args)

        return called

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, told(name))
    write(tmp_path / "one", b"")
    assert calls == ["fsync", "replace", "fsync folder"]
    calls.clear()
    write_together(tmp_path, {"one": b"", "two": b""})
    assert calls == ["fsync", "fsync", "replace", "replace", "fsync folder"]


def test_many_writers_of_one_file(tmp_path: Path):
    path, errors = tmp_path / "run", []

    def work(letter: bytes) -> None:
        try:
            for _ in range(10):
                write(path, letter * 100_000)
                assert len(set(path.read_bytes())) == 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert os.listdir(tmp_path) == ["run"]


@pytest.mark.parametrize("function", ["fsync", "replace"])
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()])
def test_several_files_are_all_written_or_none(
    function: str, at: int, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    there, new = tmp_path / "there", tmp_path / "new" / "below"
    there.mkdir()
    (there / "a").write_bytes(b"old")
    (there / "c").write_bytes(b"old")
    os.chmod(there / "a", 0o600)
    files = {"a": b"A", "b": b"B", "c": b"C"}
    for folder in (there, new):
        with monkeypatch.context() as patched:
            patched.setattr(os, function, failing(getattr(os, function), at, error))
            with pytest.raises(FileError if error is FULL else KeyboardInterrupt):
                write_together(folder, files)
    assert contents(there) == {"a": b"old", "c": b"old"}
    assert mode(there / "a") == 0o600
    assert os.listdir(tmp_path) == ["there"]
    for folder in (there, new):
        write_together(folder, files)
        assert contents(folder) == files


def test_several_files_are_put_back_also_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "link", failing(os.link, 1, OSError(errno.EPERM, "no links here")))
    monkeypatch.setattr(os, "replace", failing(os.replace, 2, FULL))
    with pytest.raises(FileError, match=r"cannot write .*b: No space left on device"):
        write_together(tmp_path, {"a": b"A", "b": b"B"})
    assert contents(tmp_path) == {"a": b"old"}


def test_a_folder_in_the_place_of_a_file_is_told_before_any_is_written(tmp_path: Path):
    (tmp_path / "b").mkdir()
    with pytest.raises(FileError, match=r"cannot write .*b: it is not a regular file"):
        write_together(tmp_path, {"a": b"A", "b": b"B"})
    assert os.listdir(tmp_path) == ["b"]
    (tmp_path / "file").write_bytes(b"")
    for use in (check_writable, lambda folder: write_together(folder, {"a": b""})):
        with pytest.raises(FileError, match="cannot write"):
            use(tmp_path / "file")
    check_writable(tmp_path / "new" / "below")
    assert not (tmp_path / "new").exists()


def test_what_is_no_regular_file_is_written_to_and_not_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe, b"picture")
    reader.join(10.0)
    assert read == [b"picture"]
    assert pipe.is_fifo()


def test_a_directory_cannot_be_written(tmp_path: Path):
    with pytest.raises(FileError, match="cannot write"):
        write(tmp_path, b"")
    assert os.listdir(tmp_path) == []


def test_lines_are_added_to_the_end(tmp_path: Path):
    append(tmp_path / "log", b"one\n")
    append(tmp_path / "log", b"two\n")
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"
    with pytest.raises(FileError, match=r"cannot write .*: No such file or directory"):
        append(tmp_path / "no" / "log", b"")


def test_a_line_that_does_not_fit_is_not_left_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    resource = pytest.importorskip("resource")
    append(tmp_path / "log", b"one\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(FileError, match="6 of 100 bytes were taken"):
            append(tmp_path / "log", b"2" * 100)
        with pytest.raises(FileError, match="File too large"):
            write(tmp_path / "other", b"2" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert contents(tmp_path) == {"log": b"one\n"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_told():
    with pytest.raises(FileError, match="cannot write /dev/full: No space left on device"):
        append("/dev/full", b"one\n")
    with pytest.raises(FileError, match="cannot write /dev/full: No space left on device"):
        write("/dev/full", b"one")
    assert Path("/dev/full").is_char_device()
