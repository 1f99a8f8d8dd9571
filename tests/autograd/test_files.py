from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from autograd.errors import FileError
from autograd.files import append, write


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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_told():
    with pytest.raises(FileError, match="cannot write /dev/full: No space left on device"):
        append("/dev/full", b"one\n")
    with pytest.raises(FileError, match="cannot write /dev/full: No space left on device"):
        write("/dev/full", b"one")
    assert Path("/dev/full").is_char_device()
