"""Files for the next process: trusted only where nobody else can have written them, and whole; else there are none."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any, NoReturn

import pytest

from autograd import cache

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such owners")
CONTENT = bytes(range(100))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEPGRAD_CACHE", str(tmp_path / "mine" / "kept"))
    return tmp_path / "mine" / "kept"


def belongs_to_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lstat = Path.lstat

    def of_another(self: Path) -> Any:
        found = lstat(self)
        if self != path:
            return found
        fields = list(found)
        fields[4] = os.geteuid() + 1
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "lstat", of_another)


def nothing_is_kept(folder: Path) -> None:
    cache.write("name", CONTENT)
    assert cache.read("name") is None
    assert not folder.exists() or not list(folder.iterdir())


def test_what_was_written_is_read_and_is_closed_to_others(folder: Path) -> None:
    assert cache.read("name") is None
    cache.write("name", CONTENT)
    cache.write("empty", b"")
    assert (cache.read("name"), cache.read("empty"), cache.read("other")) == (CONTENT, b"", None)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder, folder / "name")]
    assert modes == [0o700, 0o700, 0o600]


def test_what_is_damaged_is_not_there_until_it_is_written_anew(folder: Path) -> None:
    cache.write("name", CONTENT)
    path, whole = folder / "name", (folder / "name").read_bytes()
    damaged = [whole[:k] for k in range(len(whole))] + [whole + b"\0", b"\0" * len(whole)]
    damaged += [whole[:k] + bytes([whole[k] ^ 1 << k % 8]) + whole[k + 1 :] for k in range(len(whole))]
    for content in damaged:
        path.write_bytes(content)
        assert cache.read("name") is None
    cache.write("name", CONTENT)
    assert cache.read("name") == CONTENT
    path.rename(folder / "other")
    assert cache.read("other") is None, "a file belongs to its name"


# who may have written it


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_used(folder: Path, mode: int) -> None:
    cache.write("planted", CONTENT)
    folder.chmod(mode)
    with pytest.warns(
        UserWarning, match=rf"is not kept for the next process: .*{folder.name}.* Close it \(chmod go-w\)"
    ):
        assert cache.read("planted") is None
    (folder / "planted").unlink()
    with pytest.warns(UserWarning, match="others can write to"):
        nothing_is_kept(folder)
    folder.chmod(0o755)
    cache.write("name", CONTENT)
    assert cache.read("name") == CONTENT, "that others can read it does no harm"


def test_others_must_not_be_able_to_put_another_folder_in_its_place(folder: Path) -> None:
    folder.parent.mkdir(mode=0o777)
    folder.parent.chmod(0o777)
    with pytest.warns(UserWarning, match=f"others can write to {folder.parent}"):
        nothing_is_kept(folder)
    # As /tmp has it: there everybody can take away their own only.
    folder.parent.chmod(0o1777)
    cache.write("name", CONTENT)
    assert cache.read("name") == CONTENT


@pytest.mark.parametrize("which", ["parent", "folder"])
def test_a_folder_of_somebody_else_is_not_used(folder: Path, which: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(parents=True)
    belongs_to_another(folder if which == "folder" else folder.parent, monkeypatch)
    with pytest.warns(UserWarning, match="belongs to another user"):
        nothing_is_kept(folder)


def test_nor_is_one_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPGRAD_CACHE", "/")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.warns(UserWarning, match="belongs to the system"):
        cache.write("stepgrad-test", CONTENT)
    assert not Path("/stepgrad-test").exists()


def test_links_are_followed_where_nobody_else_can_change_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True, mode=0o755)
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "kept").symlink_to("deep/../new")
    cache.write("name", CONTENT)
    assert cache.read("name") == CONTENT
    assert (tmp_path / "elsewhere" / "new" / "name").is_file()
    with monkeypatch.context() as patch:
        belongs_to_another(tmp_path / "elsewhere" / "kept", patch)
        with pytest.warns(UserWarning, match="kept belongs to another user"):
            assert cache.read("name") is None
    (tmp_path / "elsewhere").chmod(0o777)
    with pytest.warns(UserWarning, match="others can write to .*elsewhere"):
        assert cache.read("name") is None


def test_a_ring_of_links_leads_nowhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "yours")
    (tmp_path / "yours").symlink_to(tmp_path / "mine")
    nothing_is_kept(tmp_path / "nowhere")


def test_a_file_that_others_can_write_to_or_that_is_none_is_not_read(folder: Path, tmp_path: Path) -> None:
    cache.write("name", CONTENT)
    path = folder / "name"
    path.chmod(0o620)
    assert cache.read("name") is None
    path.chmod(0o644)
    assert cache.read("name") == CONTENT
    path.rename(tmp_path / "name")
    path.symlink_to(tmp_path / "name")
    assert cache.read("name") is None, "a link may lead to what others write"
    cache.write("name", CONTENT)
    assert not path.is_symlink()
    path.unlink()
    os.mkfifo(path)
    assert cache.read("name") is None
    path.unlink()
    path.mkdir()
    cache.write("name", CONTENT)
    assert cache.read("name") is None
    assert [p.name for p in folder.iterdir()] == ["name"]


# where there is no place for it


@pytest.mark.parametrize("place", ["/proc/stepgrad", "/dev/null", "/dev/null/below", "\x7f" * 5000])
def test_where_there_is_no_place_there_is_no_file(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPGRAD_CACHE", place)
    nothing_is_kept(Path("/proc/stepgrad"))


def test_places_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPGRAD_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "base"))
    cache.write("name", CONTENT)
    assert (tmp_path / "base" / "stepgrad" / "name").is_file()
    # The specification has it that what is not a whole path is left out of account.
    for base in ("", "base"):
        monkeypatch.setenv("XDG_CACHE_HOME", base)
        cache.write(f"name{base}", CONTENT)
        assert (tmp_path / "home" / ".cache" / "stepgrad" / f"name{base}").is_file()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEPGRAD_CACHE", "here")
    cache.write("name", CONTENT)
    assert (tmp_path / "here" / "name").is_file()


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("STEPGRAD_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    # What it gives for a user whom the system does not know.
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    nothing_is_kept(tmp_path)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_what_cannot_be_written_whole_leaves_nothing_behind(
    folder: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write("name", CONTENT)

    def full(*_: Any) -> NoReturn:
        raise error

    monkeypatch.setattr(os, "replace", full)
    if isinstance(error, OSError):
        cache.write("name", b"other")
    else:
        with pytest.raises(KeyboardInterrupt):
            cache.write("name", b"other")
    assert cache.read("name") == CONTENT
    assert [p.name for p in folder.iterdir()] == ["name"]


def test_several_may_write_and_read_at_once(folder: Path) -> None:
    contents = [bytes([k]) * 100_000 for k in range(4)]
    cache.write("name", contents[0])
    wrong: list[Any] = []

    def work(content: bytes) -> None:
        for _ in range(50):
            cache.write("name", content)
            found = cache.read("name")
            if found not in contents:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [p.name for p in folder.iterdir()] == ["name"]
