"""How much is read, split and batched: the last that is taken, and the first that is not."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn.data.idx
import nn.data.rows
from autograd.errors import ShapeError
from nn.data import DataError, DataLoader, Standardize, folds, load_csv, load_idx, split
from nn.data.fields import describe_oddity, to_number
from nn.data.mapped import open_safetensors


def written(folder: Path, text: str) -> Path:
    file = folder / "table.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_tables_are_read_up_to_some_lines_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path, "a,b\n1,2\n3,4\n")
    monkeypatch.setattr(nn.data.rows, "MAX_LINES", 3)
    monkeypatch.setattr(nn.data.rows, "MAX_BYTES", 12)
    assert load_csv(file).target.tolist() == [2, 4]
    monkeypatch.setattr(nn.data.rows, "MAX_LINES", 2)
    with pytest.raises(DataError, match="has more than 2 lines"):
        load_csv(file)
    monkeypatch.setattr(nn.data.rows, "MAX_BYTES", 11)
    with pytest.raises(DataError, match="holds more than 11 bytes"):
        load_csv(file)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Empty ones count, and so do those within quotes."""
    file = written(tmp_path, 'a,b\n\n"1\n",2\nx,3\n')
    with pytest.raises(DataError, match="line 5: a is 'x', not a number"):
        load_csv(file)
    (tmp_path / "latin").write_bytes("a,b\n1,2\n\n3,ö\n".encode("latin-1"))
    with pytest.raises(DataError, match="line 4: byte 0xf6"):
        load_csv(tmp_path / "latin")


def test_of_signs_that_the_first_twenty_lines_agree_on_the_one_of_most_fields_parts_them(tmp_path: Path) -> None:
    whole = "a,b;c;d\n" + "x,y;z;w\n" * 18
    assert load_csv(written(tmp_path, whole)).columns[0].name == "a,b"
    # The twentieth line speaks against semicolons; the next one would only be a broken line.
    assert load_csv(written(tmp_path, whole + "x,y;z\n")).columns[0].name == "a"
    with pytest.raises(DataError, match="line 21: 2 fields, where 3 were expected"):
        load_csv(written(tmp_path, whole + "x,y;z;w\nx,y;z\n"))


def test_blanks_at_the_end_of_a_line_are_no_field(tmp_path: Path) -> None:
    table = load_csv(written(tmp_path, "1   2  3 \n4 5   6\n"))
    assert (table.features.tolist(), table.target.tolist()) == ([[1, 2], [4, 5]], [3, 6])
    # Words with blanks between them are no columns.
    assert load_csv(written(tmp_path, "name\nred one\nblue two\n")).classes == ["blue two", "red one"]


@pytest.mark.parametrize(("target", "name"), [(0, "a"), (2, "c"), (-1, "c"), (-3, "a"), (3, None), (-4, None)])
def test_columns_count_from_both_ends(tmp_path: Path, target: int, name: str | None) -> None:
    file = written(tmp_path, "a,b,c\n1,2,3\n")
    if name is None:
        with pytest.raises(DataError, match=f"has 3 columns, and no column number {target}"):
            load_csv(file, target)
    else:
        assert load_csv(file, target).predicted == name


def test_only_some_names_are_told(tmp_path: Path) -> None:
    file = written(tmp_path, ",".join(f"n{k:02}" for k in range(14)) + "\n" + ",".join("1" * 14) + "\n")
    with pytest.raises(DataError, match=r"it has n00, n01, .*, n10, n11$"):
        load_csv(file, "x")
    names = ",".join("abcdefgh")
    with pytest.raises(DataError, match=r"6 values are missing: .*e \(1, first in line 2\), and 1 more columns; fill"):
        load_csv(written(tmp_path, f"{names}\n,,,,,,1,2\n1,1,1,1,1,1,1,2\n"))
    with pytest.raises(DataError, match=r"e \(1, first in line 2\); fill"):
        load_csv(written(tmp_path, f"{names}\n,,,,,1,1,2\n1,1,1,1,1,1,1,2\n"))


def test_columns_may_be_ignored_and_the_target_not(tmp_path: Path) -> None:
    file = written(tmp_path, "a,b,c\n1,x,3\n2,y,4\n")
    table = load_csv(file, "c", ignore=["b", 0])
    assert (table.names, table.features.shape, table.target.tolist()) == ([], (2, 0), [3, 4])
    with pytest.raises(DataError, match="c is to be predicted, and cannot be ignored"):
        load_csv(file, ignore=[-1])
    assert load_csv(written(tmp_path, "a,,c\n1,2,3\n")).names == ["a", "column 1"]


@pytest.mark.parametrize(("words", "taken"), [(50, True), (51, False)])
def test_up_to_fifty_words_become_columns(tmp_path: Path, words: int, taken: bool) -> None:
    file = written(tmp_path, "a,b\n" + "".join(f"word{k},{k}\n" for k in range(words)))
    if taken:
        assert load_csv(file).features.shape == (50, 50)
    else:
        with pytest.raises(DataError, match="a has 51 different words"):
            load_csv(file)


@pytest.mark.parametrize(
    ("field", "number"), [("+5", 5.0), ("5.", 5.0), (".", None), ("1e400", None), ("1e", None), ("0x1", None)]
)
def test_numbers_in_fields(field: str, number: float | None) -> None:
    assert to_number(field) == number


@pytest.mark.parametrize(
    ("field", "oddity"),
    [
        ("12:30:05", "a date"),
        ("1 Jan 2024", "a date"),
        ("January 1, 2024", "a date"),
        ("5 kg", "a number with a unit"),
        ("1e400", "not a finite number"),
        ("nan", "not a finite number"),
        ("5 apples", None),
    ],
)
def test_what_a_field_holds_that_is_no_number(field: str, oddity: str | None) -> None:
    assert describe_oddity(field) == oddity


def idx(*shape: int, code: int = 0x08, data: bytes | None = None) -> bytes:
    content = bytes(int(np.prod(shape))) if data is None else data
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content


def test_idx_files_are_read_up_to_some_bytes_and_axes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "data"
    file.write_bytes(idx(2, 3))
    monkeypatch.setattr(nn.data.idx, "MAX_BYTES", 6)
    assert load_idx(file).shape == (2, 3)
    monkeypatch.setattr(nn.data.idx, "MAX_BYTES", 5)
    with pytest.raises(DataError, match="says that it has 6 bytes of data; up to 5 are read"):
        load_idx(file)
    monkeypatch.setattr(nn.data.idx, "MAX_AXES", 2)
    file.write_bytes(idx(1, 2))
    assert load_idx(file).shape == (1, 2)
    file.write_bytes(idx(1, 1, 1))
    with pytest.raises(DataError, match="3 axes; up to 2 are read"):
        load_idx(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (idx(3, data=b"ab"), r"should have 3 bytes of data, shape \(3,\); it has 2"),
        (idx(3, data=b"abcd"), r"should have 3 bytes of data, shape \(3,\); it has more"),
        (idx(2, 3)[:11], "ends within its header"),
        (b"\0\0\x08", "it begins with 00 00 08"),
        (b"", "it begins with nothing"),
        (b"\0\1\x08\1\0\0\0\0", "is not an IDX file"),
        (b"\0\0\x0a\1\0\0\0\0", "is not an IDX file"),
        (b"\0\0\x08\0", "is not an IDX file"),
    ],
)
def test_what_is_wrong_with_an_idx_file_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    for form in (content, gzip.compress(content)):
        (tmp_path / "data").write_bytes(form)
        with pytest.raises(DataError, match=told):
            load_idx(tmp_path / "data")


@pytest.mark.parametrize(
    ("code", "form"), [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")]
)
def test_elements_of_idx_files_are_big_endian(tmp_path: Path, code: int, form: str) -> None:
    values = np.array([1, 2], form)
    (tmp_path / "data").write_bytes(idx(2, code=code, data=values.astype(values.dtype.newbyteorder(">")).tobytes()))
    found = load_idx(tmp_path / "data")
    assert found.dtype == values.dtype
    assert found.tolist() == [1, 2]


def test_splits_take_every_row_once_and_round_their_shares() -> None:
    parts = split(np.arange(10), shares=(0.55, 0.25, 0.2), seed=3)
    assert [len(part) for (part,) in parts] == [6, 2, 2]
    assert sorted(np.concatenate([part for (part,) in parts]).tolist()) == list(range(10))
    first, again, other = (split(np.arange(10), seed=seed)[0][0].tolist() for seed in (0, 0, 1))
    assert first == again != other
    assert first != sorted(first)
    for shares in ((0.5, 0.4), (1.0, 0.0), (1.5, -0.5)):
        with pytest.raises(ValueError, match="shares are above 0 and add up to 1"):
            split(np.arange(10), shares=shares)


def test_a_split_needs_a_row_for_each_part() -> None:
    assert [len(part) for (part,) in split(np.arange(2), shares=(0.5, 0.5))] == [1, 1]
    with pytest.raises(ValueError, match="split: 1 rows are too few"):
        split(np.arange(1), shares=(0.5, 0.5))
    with pytest.raises(ShapeError, match=r"the arrays have \[2, 3\] rows"):
        split(np.arange(2), np.arange(3))
    with pytest.raises(ShapeError, match="needs a label for each of 4 rows, got shape"):
        split(np.arange(4), stratify=[0, 1, 0])
    with pytest.raises(ValueError, match="has NaN among its labels"):
        split(np.arange(4), stratify=[0.0, 1.0, np.nan, 1.0])


@pytest.mark.parametrize("count", [2, 3, 7])
def test_folds_differ_by_a_row_at_most_and_hold_every_row_once(count: int) -> None:
    targets = np.array([0] * 4 + [1] * 3)
    parts = folds(targets, count)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(parts).tolist()) == list(range(7))
    assert all((np.diff(part) > 0).all() for part in parts)
    of_one = [int(targets[part].sum()) for part in parts]
    assert max(of_one) - min(of_one) <= 1


def test_folds_are_drawn_by_their_seed_and_stratified_where_targets_are_classes() -> None:
    def shares(targets: Any, **options: Any) -> list[int]:
        return [int(np.sum(np.asarray(targets)[part])) for part in folds(np.asarray(targets), 4, **options)]

    classes = [0] * 12 + [1] * 4
    assert shares(classes) == [1, 1, 1, 1] == shares(np.array(classes, bool))
    assert shares(classes, stratify=False) != [1, 1, 1, 1] == shares(np.array(classes, float), stratify=True)
    assert shares(np.array(classes, float)) != [1, 1, 1, 1] != shares(np.array(classes)[:, None])
    first, again, other = (folds(np.arange(16.0), 4, seed=seed)[0].tolist() for seed in (0, 0, 1))
    assert first == again != other
    with pytest.raises(ShapeError, match="5 folds need as many rows"):
        folds(np.arange(4))
    assert len(folds(np.arange(5))) == 5
    with pytest.raises(ValueError, match="count"):
        folds(np.arange(4), 1)


@pytest.mark.parametrize(("rows", "whole", "left"), [(0, 0, 0), (1, 0, 1), (3, 1, 0), (4, 1, 1), (6, 2, 0)])
def test_batches_of_so_many_rows(rows: int, whole: int, left: int) -> None:
    for source in (np.arange(rows), range(rows)):
        kept, dropped = (DataLoader(source, batch_size=3, drop_last=drop) for drop in (False, True))  # type: ignore[arg-type]
        assert [len(x) for (x,) in kept] == [3] * whole + [left] * bool(left)
        assert [len(x) for (x,) in dropped] == [3] * whole
    arrays = [DataLoader(np.arange(rows), batch_size=3, drop_last=drop) for drop in (False, True)]
    assert [len(loader) for loader in arrays] == [whole + bool(left), whole]


def test_rows_drawn_with_replacement_may_come_twice() -> None:
    loader = DataLoader(np.arange(50), batch_size=20, replacement=True, seed=0)
    first, second = ([*np.concatenate([x for (x,) in loader])] for _ in range(2))
    assert len(first) == 50 > len(set(first))
    assert first != second
    (again,) = DataLoader(np.arange(50), batch_size=50, replacement=True, seed=0)
    assert again[0].tolist() == first


def test_features_that_do_not_vary_are_shifted_alone() -> None:
    x = np.array([[1.0, 5.0], [3.0, 5.0]])
    scale = Standardize().fit(x)
    assert scale(x).tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    assert scale(np.array([[2.0, 7.0]])).tolist() == [[0.0, 2.0]]


def test_tensors_that_are_cut_off_are_told(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    head = b'{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
    file.write_bytes(struct.pack("<Q", len(head)) + head + np.array([1.0, 2.0], "<f4").tobytes())
    assert open_safetensors(file)["x"].tolist() == [1.0, 2.0]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DataError):
        open_safetensors(file)
