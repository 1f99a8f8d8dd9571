"""The data sets that come with scikit-learn."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install
from nn.data.columns import Feature
from nn.data.tables import TableData

NAMES = ("digits", "iris", "wine", "breast_cancer", "diabetes")


def load(name: str) -> TableData:
    """A data set by its name: digits, iris, wine, breast_cancer (classes), diabetes (a number).

    Parameters
    ----------
    name : str

    Returns
    -------
    TableData

    Raises
    ------
    ValueError
        For another name.
    MissingDependencyError
        Where scikit-learn is not installed.

    Examples
    --------
    >>> import nn.data
    >>> table = nn.data.load('iris')
    >>> table.features.shape, table.classes
    ((150, 4), ['setosa', 'versicolor', 'virginica'])
    """
    if name not in NAMES:
        raise ValueError(f"there is no data set {name!r}; there are {', '.join(NAMES)}")
    try:
        from sklearn import datasets
    except ImportError as error:
        raise MissingDependencyError(f"{name} comes with scikit-learn: {pip_install('train')}") from error
    found = getattr(datasets, f"load_{name}")()
    classes = [str(c) for c in found.target_names] if "target_names" in found else None
    target = np.asarray(found.target, np.int64 if classes else np.float64)
    predicted = "class" if classes else "progression"
    data, names = np.asarray(found.data, np.float64), list(map(str, found.feature_names))
    columns = tuple(Feature(name, None, float(mean)) for name, mean in zip(names, data.mean(axis=0), strict=True))
    return TableData(data, target, names, classes, predicted, columns=columns)


class Split(NamedTuple):
    """Training and test part: images of shape (n, 64), float32 from 0 to 1, and labels of shape (n,), 0 to 9.

    Attributes
    ----------
    train_images, test_images : array, shape (n, 64)
    train_labels, test_labels : array, shape (n,)

    Examples
    --------
    >>> import nn
    >>> parts = nn.load_digits_split()
    >>> parts.train_labels.shape, parts.test_labels.shape
    ((1347,), (450,))
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load_digits_split() -> Split:
    """scikit-learn's 1797 digits of 8×8 pixels, divided by 16, in one fixed stratified split with a quarter for testing.

    Raises
    ------
    MissingDependencyError
        Where scikit-learn is not installed.

    Examples
    --------
    >>> import nn
    >>> parts = nn.load_digits_split()
    >>> parts.train_images.shape, parts.test_images.shape
    ((1347, 64), (450, 64))
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise MissingDependencyError(f"the digits come with scikit-learn: {pip_install('train')}") from error
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(images, labels, test_size=0.25, random_state=0, stratify=labels)
    return Split(train_x, train_y, test_x, test_y)
