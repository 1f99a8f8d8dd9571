"""`Classifier`: a network that tells classes, as scikit-learn has its estimators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.utils import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import column_or_1d, validate_data

from nn import losses
from nn.estimators.base import NetworkEstimator, Rows
from nn.layers.activations import LogSoftmax, Sigmoid
from nn.probabilities import last_of, to_chances, to_probabilities
from nn.training.objective import LOSSES

# Their outputs are margins, or numbers that resemble targets, of which softmax makes no probabilities.
NOT_OF_PROBABILITIES = (losses.HingeLoss, losses.MultiMarginLoss, losses.MSELoss, losses.L1Loss, losses.HuberLoss)


def _gives_probabilities(estimator: Any) -> bool:
    loss = estimator.loss
    if isinstance(loss, str):
        return not issubclass(LOSSES.get(loss.lower().removesuffix("_loss"), losses.Loss), NOT_OF_PROBABILITIES)
    return not losses.is_one_of(loss, *NOT_OF_PROBABILITIES)


@dataclass(eq=False, repr=False)
class Classifier(ClassifierMixin, NetworkEstimator):
    """A network that tells classes.

    Parameters
    ----------
    module : Module, or callable, optional
        A network, which is copied; or a function that makes one, of those of `inputs`, `outputs` and `seed` that it takes, and
        of `module_params`. It may give (network, optimizer). By default a perceptron, in float32 where `X` is, else in float64.
    hidden : tuple of int
        The sizes of the hidden layers of that perceptron.
    activation : str or tuple of str
        Its activation, or one for each hidden layer.
    module_params : mapping, optional
        Arguments of `module`, by name; `module__width` sets one of them, as in the grid of a search.
    loss : str or callable, optional
        As for `nn.fit`; cross-entropy of scores by default; for several labels a row, binary cross-entropy.
    optimizer : str or callable
        A name for `optim.get`, or what makes an optimizer of parameters, such as `optim.AdamW`.
    optimizer_params : mapping, optional
        Arguments of the optimizer, by name; `optimizer__weight_decay` sets one of them.
    lr : float or "auto", optional
        The learning rate; the optimizer's own by default. "auto" finds one by a range test on the data, before each training.
    scheduler : callable, optional
        Makes a schedule of the optimizer.
    epochs : int
        How many there are at most.
    batch_size : int
    validation : float or (X, y), optional
        What the network is judged by after each epoch; a share is taken out of the data, of every class alike.
    patience : int, optional
        Stop after so many epochs in which the validation (or else the training) loss was not better by `tol`, and put the best
        weights back. All epochs by default; scikit-learn's networks have 10, and a `tol` of 1e-4.
    tol : float
        By how much a loss must be smaller to count.
    average : float or callable, optional
        The decay of an average of the parameters; or what makes one of parameters, such as `optim.Averaged`.
    callbacks : iterable of Callback
        Each training has copies of them: `callbacks_`.
    resume : bool
        Go on from the checkpoint where the file is there. By default each `fit` begins anew, and writes it anew.
    progress : bool or None
        As for `nn.fit`; nothing is shown by default.
    interval, watch, momentum, metrics, accumulate, clip_norm, clip_value, penalty, jitter, checkpoint, record, logs, threads, compile, \
trainer
        As for `nn.fit`.
    warm_start : bool
        Whether `fit` goes on from the weights of the `fit` before.
    random_state : int, RandomState, optional
        Of weights, the order of batches, and the validation part. None: another one each time.
    class_weight : mapping, or "balanced", optional
        What the rows of a class count, by label; "balanced" makes all classes count the same.

    Attributes
    ----------
    module_ : Module
        The network that was trained.
    classes_ : array
        The labels, in the order of the columns of `predict_proba`.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where `X` had names.
    history_ : History
    n_iter_ : int
        How many epochs there were.
    optimizer_ : Optimizer
    callbacks_ : list of Callback

    Examples
    --------
    >>> import nn
    >>> from nn.estimators import Classifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> wine = nn.data.load("wine")
    >>> model = make_pipeline(StandardScaler(), Classifier(hidden=(16,), lr=0.01, random_state=0))
    >>> model.fit(wine.features, wine.target).score(wine.features, wine.target) > 0.97
    True
    """

    class_weight: Mapping[Any, float] | str | None = None
    classes_: np.ndarray = field(init=False)
    _multilabel: bool = field(init=False)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Classifier:  # noqa: N803
        """Train the network.

        Parameters
        ----------
        X : array_like, shape (n, features)
        y : array_like, shape (n,), or (n, labels) of zeros and ones
            Labels, of any kind; or which of several labels a row has.
        sample_weight : array_like, shape (n,), optional
            What each row counts. Only its proportions matter.

        Returns
        -------
        Classifier
            This one.

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> Classifier(epochs=1, random_state=0).fit([[0.0], [1.0]], ["no", "yes"]).classes_.tolist()
        ['no', 'yes']
        """
        warm = self.warm_start and hasattr(self, "module_")
        x, labels = self._check(X, y, reset=not warm)
        classes = list_classes(labels)
        if len(classes) < 2 and labels.ndim == 1:
            raise ValueError(f"y has one class, {classes[0]!r}; a classifier needs two at least")
        self._keep_kind(labels, known=warm)
        if warm and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start: the classes are {self.classes_.tolist()}, and y has {classes.tolist()}: fit anew, "
                "with warm_start=False"
            )
        self.classes_ = classes
        numbers = self._number("y", labels)
        self._fit(Rows(x, numbers, self._weigh(sample_weight, x, labels)), len(classes))
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Classifier:  # noqa: N803
        """Train for one epoch more, on these rows, with the optimizer's state of before.

        Parameters
        ----------
        X : array_like, shape (n, features)
        y : array_like, shape (n,)
        classes : array_like, optional
            All labels that there will be; needed by the first call.
        sample_weight : array_like, shape (n,), optional
            What each row counts.

        Returns
        -------
        Classifier
            This one.

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> model = Classifier(random_state=0)
        >>> for _ in range(3):
        ...     _ = model.partial_fit([[0.0], [1.0]], [0, 1], classes=[0, 1, 2])
        >>> model.n_iter_, model.predict_proba([[0.5]]).shape
        (3, (1, 3))
        """
        first = not hasattr(self, "module_")
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' needs all rows at once; for partial_fit give the weights themselves, by label"
            )
        x, labels = self._check(X, y, reset=first)
        if first and classes is None and labels.ndim == 1:
            raise ValueError("classes, all labels that there will be, are needed by the first call of partial_fit")
        self._keep_kind(labels, known=not first)
        if first:
            self.classes_ = unique_labels(classes) if labels.ndim == 1 else list_classes(labels)
        elif classes is not None and not np.array_equal(unique_labels(classes), self.classes_):
            raise ValueError(f"classes are not those of the calls before: {self.classes_.tolist()}")
        numbers = self._number("y", labels)
        weights = self._weigh(sample_weight, x, labels)
        self._go_on(Rows(x, numbers, weights), len(self.classes_))
        return self

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """The likeliest label of each row.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        numpy.ndarray, shape (n,)

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> model = Classifier(lr=0.05, random_state=0).fit([[0.0], [1.0]], ["no", "yes"])
        >>> model.predict([[0.0], [1.0]]).tolist()
        ['no', 'yes']
        """
        scores = self._outputs(X)
        if self._multilabel or scores.shape[-1] == 1:
            yes = scores > self._threshold
            return yes.astype(int) if self._multilabel else self.classes_[yes[:, 0].astype(int)]
        return self.classes_[scores.argmax(axis=1)]

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """Scores: of each class, or, of two, how much more that of the second is.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        numpy.ndarray, shape (n,) or (n, classes)

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> model = Classifier(lr=0.05, random_state=0).fit([[0.0], [1.0]], ["no", "yes"])
        >>> (model.decision_function([[0.0], [1.0]]) > 0.0).tolist()
        [False, True]
        """
        scores = self._outputs(X)
        if self._multilabel or scores.shape[-1] == 1:
            return (scores - self._threshold).squeeze(axis=() if self._multilabel else 1)
        return scores[:, 1] - scores[:, 0] if scores.shape[-1] == 2 else scores

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The probability of each class, in the order of `classes_`; there is none for losses of margins and of numbers.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        numpy.ndarray, shape (n, classes)

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> model = Classifier(epochs=1, random_state=0).fit([[0.0], [1.0]], ["no", "yes"])
        >>> model.predict_proba([[0.0]]).sum().round(6)
        np.float64(1.0)
        """
        scores = self._outputs(X)
        if self._multilabel:
            return to_chances(self.module_, scores)[0]
        return to_probabilities(self.module_, scores)

    @available_if(_gives_probabilities)
    def predict_log_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """The logarithms of `predict_proba`.

        Parameters
        ----------
        X : array_like, shape (n, features)

        Returns
        -------
        numpy.ndarray, shape (n, classes)

        Examples
        --------
        >>> from nn.estimators import Classifier
        >>> model = Classifier(epochs=1, random_state=0).fit([[0.0], [1.0]], ["no", "yes"])
        >>> (model.predict_log_proba([[0.0]]) < 0.0).all()
        np.True_
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    @property
    def _threshold(self) -> float:
        """From where on a single output means yes."""
        return 0.5 if isinstance(last_of(self.module_), Sigmoid) else 0.0

    def _check(self, given: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """Inputs, and labels (n,) or zeros and ones of several labels (n, labels)."""
        x, y = validate_data(
            self, given, y, reset=reset, dtype="numeric", allow_nd=self.module is not None, multi_output=True
        )
        check_classification_targets(y)
        kind = type_of_target(y)
        if kind == "multilabel-indicator":
            return x, y.toarray() if issparse(y) else np.asarray(y)
        if kind == "multiclass-multioutput":
            raise ValueError(
                "y has several columns of classes; sklearn.multioutput.MultiOutputClassifier makes a network for each of them"
            )
        return x, column_or_1d(y, warn=True)

    def _keep_kind(self, labels: np.ndarray, known: bool) -> None:
        """Note whether rows have several labels, which must stay so."""
        several = labels.ndim > 1
        if known and several != self._multilabel:
            raise ValueError("y has one label a row" if self._multilabel else "y has several labels a row, and had one")
        if known and several and labels.shape[1] != len(self.classes_):
            raise ValueError(f"y has {labels.shape[1]} labels a row, and had {len(self.classes_)}")
        if several and self.class_weight is not None:
            raise ValueError("class_weight is for one label a row, and y has several")
        self._multilabel = several

    def _number(self, what: str, labels: np.ndarray) -> np.ndarray:
        """Labels as numbers of classes; several a row as floats."""
        if self._multilabel:
            return labels.astype(np.float64)
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(f"{what} has {unknown.tolist()}, which are none of the classes {self.classes_.tolist()}")
        return np.searchsorted(self.classes_, labels)

    def _weigh(self, sample_weight: Any, x: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
        """The weights of rows: their own times those of their classes."""
        weights = self._weights(sample_weight, x)
        if self.class_weight is None:
            return weights
        present = np.unique(labels)
        of_class = compute_class_weight(self.class_weight, classes=present, y=labels, sample_weight=weights)
        by_class: np.ndarray = of_class[np.searchsorted(present, labels)]
        return by_class if weights is None else weights * by_class

    def _choose_loss(self, rows: Rows) -> Any:
        outputs, classes = self._try(rows.x), len(self.classes_)
        one_will_do = classes == 2 and not self._multilabel
        if outputs.ndim != 2 or outputs.shape[1] not in ({1, 2} if one_will_do else {classes}):
            raise ValueError(
                f"the module gives outputs of shape {outputs.shape} for {len(outputs)} rows; of {classes} "
                f"{'labels' if self._multilabel else 'classes'} it must give {classes} scores a row"
                + (", or one" if one_will_do else "")
            )
        if self.loss is not None:
            return self.loss
        if self._multilabel or outputs.shape[1] == 1:
            return "bce" if isinstance(last_of(self.module_), Sigmoid) else "bce_with_logits"
        return "nll" if isinstance(last_of(self.module_), LogSoftmax) else "cross_entropy"

    def _encode(self, y: Any, rows: int) -> np.ndarray:
        labels = np.asarray(y) if self._multilabel else column_or_1d(y)
        if self._multilabel and labels.shape != (rows, len(self.classes_)):
            raise ValueError(f"validation: labels of shape {labels.shape}, expected {(rows, len(self.classes_))}")
        if len(labels) != rows:
            raise ValueError(f"validation: {rows} rows of X and {len(labels)} labels")
        return self._number("validation", labels)

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return None if self._multilabel else y

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def list_classes(labels: np.ndarray) -> np.ndarray:
    """The labels that occur, in order; of several a row, the numbers of their columns."""
    return unique_labels(labels) if labels.ndim == 1 else np.arange(labels.shape[1])
