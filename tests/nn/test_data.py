"""Data: batches, parts, scales, and files that are what they say, or are refused."""

from __future__ import annotations

import gzip
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import ShapeError, Tensor
from nn.data import (
    DataError,
    DataLoader,
    Standardize,
    jitter,
    load,
    load_csv,
    load_idx,
    load_mnist,
    split,
)


def test_batches_of_arrays() -> None:
    x = np.arange(10)
    loader = DataLoader(x, x * 2, batch_size=4, shuffle=True, seed=0)
    first, second = ([b.tolist() for b, _ in loader] for _ in range(2))
    assert first != second
    assert sorted(k for batch in first for k in batch) == list(range(10))
    assert [b.tolist() for b, _ in DataLoader(x, x, batch_size=4, shuffle=True, seed=0)] == first
    assert [len(b) for (b,) in DataLoader(x, batch_size=4, drop_last=True)] == [4, 4]
    assert len(DataLoader(x, batch_size=4, drop_last=True)) == 2
    drawn = np.concatenate([b for (b,) in DataLoader(np.arange(1000), replacement=True, seed=1)])
    assert len(drawn) == 1000
    assert 580 < len(np.unique(drawn)) < 680, "about 63 % of all rows"


def test_batches_of_iterables() -> None:
    class Squares:
        def __iter__(self) -> Any:
            return ((np.full(2, k), k * k) for k in range(5))

    loader = DataLoader(Squares(), batch_size=2)
    for _ in range(2):
        assert [(x.shape, y.tolist()) for x, y in loader] == [((2, 2), [0, 1]), ((2, 2), [4, 9]), ((1, 2), [16])]
    with pytest.raises(ShapeError, match="do not stack"):
        list(DataLoader(iter([np.ones(2), np.ones(3)])))
    with pytest.raises(ValueError, match="shuffle and replacement need arrays"):
        DataLoader(iter([1]), shuffle=True)
    with pytest.raises(ShapeError, match="an axis of samples"):
        DataLoader(np.array(1.0), np.ones(3))


def test_parts_keep_the_shares_of_the_classes() -> None:
    labels = np.repeat([0, 1, 2], [60, 30, 10])
    parts = split(np.arange(100), labels, shares=(0.6, 0.2, 0.2), stratify=labels, seed=3)
    assert [Counter(y.tolist()) for _, y in parts] == [{0: 36, 1: 18, 2: 6}, {0: 12, 1: 6, 2: 2}, {0: 12, 1: 6, 2: 2}]
    assert sorted(np.concatenate([x for x, _ in parts])) == list(range(100))
    for make, message in (
        (lambda: split(np.ones(3), np.ones(2)), "same number"),
        (lambda: split(np.ones(3), shares=(0.5, 0.6)), "add up to 1"),
        (lambda: split(np.ones(1)), "too few"),
        (lambda: split(np.ones(3), stratify=[1, 2]), "a label for each of 3 rows"),
    ):
        with pytest.raises(ValueError, match=message):
            make()


def test_scales_come_from_the_training_part() -> None:
    rng = np.random.default_rng(0)
    train, test = rng.normal(5.0, 3.0, (200, 4)), rng.normal(5.0, 3.0, (50, 4))
    train[:, 2] = 7.0
    scale = Standardize().fit(train)
    np.testing.assert_allclose(scale(train).mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(scale(train).std(axis=0), [1, 1, 0, 1])
    np.testing.assert_allclose(scale.inverse(scale(test)), test)
    with pytest.raises(ShapeError, match="fitted to 4 features"):
        scale(test[:, :3])
    with pytest.raises(ValueError, match="call fit"):
        Standardize()(test)
    noisy = jitter(np.zeros(10_000, np.float32), 0.1, rng=0)
    assert noisy.dtype == np.float32
    assert noisy.std() == pytest.approx(0.1, rel=0.03)


HOSTILE: list[tuple[Callable[[], Any], str]] = [
    (lambda: DataLoader(np.ones(3), batch_size=2.5), r"batch_size must be a whole number from 1 on, got 2\.5"),
    (lambda: DataLoader(np.ones(3), batch_size=-1), "batch_size must be a whole number from 1 on, got -1"),
    (lambda: DataLoader(None), "give arrays or an iterable of samples, not NoneType"),
    (lambda: DataLoader([[1], [1, 2]]), "rows of different shapes are not an array"),
    (lambda: DataLoader(iter([1]), iter([2])), "samples are numbers, arrays, or tuples of them, not list_iterator"),
    (lambda: list(DataLoader(iter([{"a": 1}]))), "samples are numbers, arrays, or tuples of them, not dict"),
    (lambda: DataLoader(Tensor([1.0], requires_grad=True), np.ones(1)), "requires a gradient"),
    (lambda: split(3), "an axis of rows"),
    (lambda: split(np.ones(4), shares=(float("nan"), 0.5)), "add up to 1"),
    (lambda: split(np.ones(4), stratify=[float("nan")] * 4), "NaN among its labels"),
    (lambda: split(np.ones((0, 2))), "too few"),
    (lambda: Standardize().fit(np.array([[1.0, float("nan")]])), "a number that is not finite"),
    (lambda: Standardize().fit(np.array([["a", "b"]])), "a number that is not finite"),
    (lambda: jitter(np.ones(3), -1.0), "std must be a number from 0 on"),
]


@pytest.mark.parametrize(("make", "message"), HOSTILE)
def test_what_is_no_data_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_feature_that_does_not_vary_is_not_scaled_up(dtype: Any) -> None:
    # The mean of a thousand tenths is not a tenth, and their deviation from it not 0.
    x = np.full((1000, 1), 0.1, dtype)
    assert (x.mean(), x.std()) != (x[0, 0], 0.0)
    assert (Standardize().fit(x)(x) == 0.0).all()


def test_no_data_is_no_batches() -> None:
    for options in ({}, {"shuffle": True}, {"replacement": True}):
        assert list(DataLoader(np.ones((0, 3)), **options)) == []
    assert list(DataLoader(np.ones(3), batch_size=5, drop_last=True)) == []


def idx(array: np.ndarray, code: int = 0x08) -> bytes:
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_is_read_from_its_files(tmp_path: Path, packed: bool) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (7, 28, 28), np.uint8), rng.integers(0, 10, 7).astype(np.uint8)
    for part in ("train", "t10k"):
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            data = idx(array)
            (tmp_path / (name + ".gz" * packed)).write_bytes(gzip.compress(data) if packed else data)
    x, y, _, test_y = load_mnist(tmp_path)
    np.testing.assert_allclose(x, images.reshape(7, 784) / 255.0, rtol=1e-6)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(y, labels)
    np.testing.assert_array_equal(test_y, labels)
    (tmp_path / ("train-labels-idx1-ubyte" + ".gz" * packed)).write_bytes(idx(labels[:5]))
    with pytest.raises(DataError, match="train: 7 images, and 5 labels"):
        load_mnist(tmp_path)
    with pytest.raises(DataError, match="has no train-images-idx3-ubyte"):
        load_mnist(tmp_path / "elsewhere")


def test_parts_of_mnist_that_do_not_go_together(tmp_path: Path) -> None:
    def write(part: str, images: tuple[int, ...]) -> None:
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(np.zeros(images, np.uint8)))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(np.zeros(images[0], np.uint8)))

    write("train", (3, 14, 14))
    write("t10k", (2, 28, 28))
    with pytest.raises(DataError, match="train: images of 196 pixels, and t10k: of 784"):
        load_mnist(tmp_path)
    write("train", (0, 28, 28))
    assert load_mnist(tmp_path)[0].shape == (0, 784)


def test_idx_of_other_numbers(tmp_path: Path) -> None:
    file = tmp_path / "numbers"
    file.write_bytes(idx(np.array([1.5, -2.0], ">f4"), 0x0D))
    assert load_idx(file).tolist() == [1.5, -2.0]
    assert load_idx(file).dtype == np.float32


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))
BROKEN: list[tuple[bytes, str]] = [
    (b"", "begins with nothing"),
    (b"PK\3\4 and so on", "is not an IDX file: it begins with 50 4b 03 04"),
    (GOOD[:6], "truncated: it ends within its header"),
    (GOOD[:-1], r"should have 6 bytes of data, shape \(2, 3\); it has 5"),
    (GOOD + b"x", "it has more"),
    (bytes([0, 0, 8, 3]) + struct.pack(">3I", 60000, 2**31, 2**31), "up to 2,000,000,000 are read"),
    (bytes([0, 0, 8, 255]) + struct.pack(">255I", *[1] * 255) + b"a", "says that it has 255 axes; up to 32 are read"),
    (bytes([0, 0, 8, 3]) + struct.pack(">3I", 0, 2**31, 2**31), "up to 2,000,000,000 are read"),
    (gzip.compress(GOOD, mtime=0)[:-4], "cannot be read"),
    (gzip.compress(GOOD, mtime=0)[:10] + b"\x07" * 9, "cannot be read"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN, ids=range(len(BROKEN)))
def test_broken_idx_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_idx(tmp_path / "file")


def test_tables(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("\ufeffwidth;height;kind\n1;2,5;a\n".replace(",5", ".5") + "3;4;b\n\n5;6;a\n", encoding="utf-8")
    table = load_csv(file)
    assert (table.features.tolist(), table.target.tolist()) == ([[1, 2.5], [3, 4], [5, 6]], [0, 1, 0])
    assert (table.names, table.classes) == (["width", "height"], ["a", "b"])
    file.write_text("1,2,3\n4,5,6\n")
    table = load_csv(file, target=0)
    assert (table.features.tolist(), table.target.tolist(), table.classes) == ([[2, 3], [5, 6]], [1, 4], None)


TABLES: list[tuple[str, Any, str]] = [
    ("", -1, "is empty"),
    ("a,b\n1,2\n3\n", -1, "line 3: 1 fields, where 2 were expected"),
    ("a,b\n1,2\nx,3\n", -1, "line 3: a is 'x', not a number"),
    ("a,b\nnan,2\n", -1, r"1 value is missing: a \(1, first in line 2\)"),
    ("a,b\n1,2\n,3\nNA,4\n", -1, r"2 values are missing: a \(2, first in line 3\).*missing='mean', --missing mean"),
    ("a,b\ninf,2\n", -1, "line 2: a is 'inf', not a finite number"),
    ('a,b\n"1,200",2\n', -1, "a is '1,200', a number in another notation: give decimal=',' .* decimal='.' if"),
    ('a,b\n2,"1,200"\n', -1, "the target, b, is '1,200', a number in another notation"),
    ('a,b\n2,"1,200"\n1,x\n', -1, "the target, b, is '1,200', a number in another notation"),
    ("a;b\n1 200;3\n", -1, "a is '1 200', a number in another notation"),
    ("a,b\n(5.00),3\n", -1, r"a is '\(5.00\)', a number that is written unusually: write it in digits"),
    ("a,b\n5-,3\n", -1, "a is '5-', a number that is written unusually"),
    ("a,b\n\u22125,3\n", -1, "a is '\u22125', a number that is written unusually"),
    ("a,b\n1/2,3\n", -1, "a is '1/2', a number that is written unusually"),
    ("a,b\n1,0x1F\n", -1, "the target, b, is '0x1F', a number that is written unusually"),
    ("day,b\n2024-05-01,3\n", -1, "line 2: day is '2024-05-01', a date: write it as a number"),
    ("day,b\n1.5.2024,3\n", -1, "day is '1.5.2024', a date"),
    ("day,b\n05/01/24,3\n", -1, "day is '05/01/24', a date"),
    ("day,b\n3 May 2024,3\n", -1, "day is '3 May 2024', a date"),
    ("time,b\n12:30,3\n", -1, "time is '12:30', a date"),
    ("a,day\n1,2024-05-01\n", -1, "the target, day, is '2024-05-01', a date"),
    ("share,b\n45%,3\n", -1, "share is '45%', a number with a unit: write the number alone"),
    ("price,b\n$3.50,3\n", -1, "price is '\\$3.50', a number with a unit"),
    ("a,b\n,1\n,2\n", -1, "2 values are missing"),
    ("a,b\n1,2\n", "c", "has no column 'c'; it has a, b"),
    ("a,a\n1,2\n", "a", "has several columns 'a': give the number of one"),
    ("a,b\n1,2\n", 5, "no column number 5"),
    ('a,b\n"1,2\n', -1, "cannot be read as CSV"),
    ("a,b\n", -1, "has one line, of names, and no row"),
    # A missing target must not become a class, or make classes of all the numbers beside it.
    ("a,b\n1,x\n2,\n3,y\n", -1, "line 3: the target, b, is '': fill it in, or leave the row out"),
    ("a,b\n1,1.5\n2,NA\n3,2\n", -1, "line 3: the target, b, is 'NA'"),
    ("a,b\n1,1.5\n2,nan\n3,2\n", -1, "line 3: the target, b, is 'nan'"),
    ("a,b\n1,1.5\n2,-inf\n3,2\n", -1, "line 3: the target, b, is '-inf'"),
]


def test_words_that_could_stand_for_a_missing_number_are_classes_among_words(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("a,b\n1,none\n2,mild\n3,-\n")
    assert load_csv(file).classes == ["-", "mild", "none"]


@pytest.mark.parametrize(("content", "target", "message"), TABLES)
def test_broken_tables_are_refused_with_their_line(tmp_path: Path, content: str, target: Any, message: str) -> None:
    file = tmp_path / "table.csv"
    file.write_text(content)
    with pytest.raises(DataError, match=message):
        load_csv(file, target)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for read in (load_csv, load_idx):
        with pytest.raises(DataError, match="there is no such file"):
            read(tmp_path / "missing")
        with pytest.raises(DataError, match="cannot be read"):
            read(tmp_path)
    (tmp_path / "latin").write_bytes("größe,b\n1,2\n".encode("latin-1"))
    with pytest.raises(
        DataError, match=r"line 1: byte 0xf6 is not utf-8: give the file's encoding, perhaps encoding='latin-1'"
    ):
        load_csv(tmp_path / "latin")
    assert load_csv(tmp_path / "latin", encoding="latin-1").names == ["größe"]
    with pytest.raises(DataError, match="there is no encoding 'latin-99'"):
        load_csv(tmp_path / "latin", encoding="latin-99")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04sheet", "an Excel file or a ZIP archive: save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file"),
        (b"PAR1....", "a Parquet file"),
        (b'{"a": 1}', "JSON"),
        (b"<html>", "HTML or XML"),
        (b"BZh91AY", "compressed by bzip2"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "compressed by gzip and damaged"),
        ("a,b\n1,2\n".encode("utf-16-le"), "encoding='utf-16-le'"),
    ],
)
def test_other_formats_are_called_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_csv(tmp_path / "table.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: text.encode("utf-16"), lambda text: gzip.compress(text.encode())]
)
def test_delimiters_marks_and_compression_are_found_out(tmp_path: Path, delimiter: str, encode: Any) -> None:
    text = "width,height,kind\n1,2.5,a\n3,4,b\n".replace(",", delimiter)
    (tmp_path / "table.csv.gz").write_bytes(encode(text))
    table = load_csv(tmp_path / "table.csv.gz")
    assert (table.names, table.features.tolist(), table.classes) == (
        ["width", "height"],
        [[1, 2.5], [3, 4]],
        ["a", "b"],
    )


@pytest.mark.parametrize(
    ("written", "decimal", "number"),
    [
        ("1,5", ",", 1.5), ("1.200,5", ",", 1200.5), ("1 200,5", ",", 1200.5), ("1\u202f200", ",", 1200.0), ("-3", ",", -3.0),
        ("1,200", ".", 1200.0), ("1,200,000.25", ".", 1200000.25), ("1'200.5", ".", 1200.5), ("1e-3", ".", 0.001), (".5", ".", 0.5),
    ],
)  # fmt: skip
def test_numbers_as_countries_write_them(tmp_path: Path, written: str, decimal: Any, number: float) -> None:
    (tmp_path / "table.csv").write_text(f"a|b\n{written}|2\n", encoding="utf-8")
    assert load_csv(tmp_path / "table.csv", decimal=decimal).features.tolist() == [[number]]


@pytest.mark.parametrize("written", ["1.5", "1.20", "12,34,56", "1_000", "٣"])
def test_what_is_no_number_there_is_refused(tmp_path: Path, written: str) -> None:
    (tmp_path / "table.csv").write_text(f"a;b\n2;2\n{written};2\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 3: a is"):
        load_csv(tmp_path / "table.csv", decimal=",")


def test_words_become_columns_and_what_is_missing_is_filled_in_or_left_out(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("size,colour,price\n1,red,10\n,blue,20\n4,,30\n")
    filled = load_csv(file, missing="mean")
    assert filled.names == ["size", "colour=blue", "colour=red"]
    assert filled.features.tolist() == [[1, 0, 1], [2.5, 1, 0], [4, 0, 0]]
    assert filled.notes[0].startswith("2 values are missing: size (1, first in line 3), colour (1, first in line 4)")
    kept = load_csv(file, missing="drop")
    assert (kept.features.tolist(), kept.target.tolist()) == ([[1, 1]], [10])
    assert kept.notes == ("2 of 3 rows were left out: something is missing in them",)
    file.write_text("a,b\n" + "".join(f"word{k},{k}\n" for k in range(51)))
    with pytest.raises(DataError, match="a has 51 different words, such as 'word0'; at most 50"):
        load_csv(file)
    file.write_text("a,b\n,1\n2,\n")
    with pytest.raises(DataError, match="something is missing in every row"):
        load_csv(file, missing="drop")
    with pytest.raises(ValueError, match="missing is 'mean', 'drop' or None, not 'zero'"):
        load_csv(file, missing="zero")  # type: ignore[arg-type]


def test_bundled_sets_by_name() -> None:
    pytest.importorskip("sklearn")
    found = {name: load(name) for name in ("digits", "iris", "wine", "breast_cancer", "diabetes")}
    assert {name: table.features.shape for name, table in found.items()} == {
        "digits": (1797, 64),
        "iris": (150, 4),
        "wine": (178, 13),
        "breast_cancer": (569, 30),
        "diabetes": (442, 10),
    }
    assert found["iris"].classes == ["setosa", "versicolor", "virginica"]
    assert found["diabetes"].classes is None
    with pytest.raises(ValueError, match="there is no data set 'mnist'; there are digits"):
        load("mnist")


def test_inputs_a_thousand_times_larger_need_a_rate_a_million_times_smaller() -> None:
    """SPEC B: the weights of the same outputs are 1000 times smaller, their gradients 1000 times larger."""
    x = np.random.default_rng(0).normal(size=(50, 3))
    y = x @ np.array([1.0, -2.0, 0.5])

    def losses(scale: float, rate: float) -> list[float]:
        w, found = Tensor(np.zeros(3), requires_grad=True), []
        for _ in range(27):
            loss = (((scale * x) @ w - y) ** 2).mean()
            found.append(loss.item())
            w.zero_grad()
            loss.backward()
            w.data -= rate * w.grad
        return found

    plain = losses(1.0, 0.1)
    assert plain[-1] < 0.01 * plain[0]
    np.testing.assert_allclose(losses(1000.0, 0.1 / 10**6), plain, rtol=1e-9)
    assert losses(1000.0, 0.1 / 1000)[-1] > 1e70
