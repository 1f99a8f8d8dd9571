"""`worst`: the rows with the largest losses, the confused classes, and what the loss is sensitive to."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd.errors import OperandError

X = np.random.default_rng(0).normal(size=(200, 4)).astype(np.float32)


@pytest.fixture(scope="module")
def classified():
    y = (X[:, 2] > 0).astype(int)
    model = nn.Linear(4, 2, rng=0)
    nn.fit(model, (X, y), lr=0.1, epochs=15, progress=False)
    y = y.copy()
    best = int(np.abs(X[:, 2]).argmax())
    y[best] = 1 - y[best]
    return model, y, best


def test_a_wrong_label_is_the_worst_row(classified):
    model, y, best = classified
    found = nn.worst(model, (X, y), count=4)
    assert found.rows[0].row == best
    assert (found.rows[0].target, found.rows[0].answer) == (y[best], 1 - y[best])
    assert found.rows[0].confidence > 0.99
    assert [one.loss for one in found.rows] == sorted((one.loss for one in found.rows), reverse=True)
    assert found.losses.shape == (200,)
    np.testing.assert_allclose(found.inputs[0], X[best])


def test_losses_and_confusion_are_those_of_evaluate(classified):
    model, y, _ = classified
    found = nn.worst(model, (X, y))
    judged = nn.evaluate(model, (X, y), metrics=["confusion_matrix"])
    assert found.losses.mean() == pytest.approx(judged["loss"], rel=1e-5)
    np.testing.assert_array_equal(found.confusion, judged["confusion_matrix"])


def test_the_loss_is_most_sensitive_to_the_column_that_decides(classified):
    model, y, _ = classified
    found = nn.worst(model, (X, y))
    assert found.sensitivity.shape == (4,)
    assert found.sensitivity.argmax() == 2
    assert "most sensitive to column 2" in str(found)


def test_nothing_of_the_model_is_changed(classified):
    model, y, _ = classified
    gradients = [p.grad.copy() for p in model.parameters()]
    nn.worst(model, (X, y))
    for before, p in zip(gradients, model.parameters(), strict=True):
        np.testing.assert_array_equal(before, p.grad)
    assert model.training


def test_numbers_have_no_confusion_and_answers_in_their_own_units():
    y = 3.0 * X[:, :1]
    y[11] = 50.0
    found = nn.worst(nn.Linear(4, 1, rng=0), (X, y), count=2)
    assert found.confusion is None
    assert (found.rows[0].row, found.rows[0].target, found.rows[0].confidence) == (11, 50.0, None)
    assert "50" in str(found)


@pytest.mark.parametrize("loss", ["bce_with_logits", "bce"])
def test_one_output_of_yes_and_no(loss):
    y = (X[:, :1] > 0).astype(np.float32)
    last = [nn.Sigmoid()] if loss == "bce" else []
    model = nn.Sequential(nn.Linear(4, 1, rng=0), *last)
    nn.fit(model, (X, y), loss=loss, lr=0.1, epochs=10, progress=False)
    found = nn.worst(model, (X, y), loss=loss)
    assert found.confusion.sum() == 200
    assert np.trace(found.confusion) > 180
    assert all(0.5 <= one.confidence <= 1 for one in found.rows)


def test_tokens_have_no_sensitivity():
    tokens = np.random.default_rng(1).integers(0, 5, size=(40, 3))
    model = nn.Sequential(nn.Embedding(5, 4, rng=0), nn.Flatten(), nn.Linear(12, 2, rng=0))
    found = nn.worst(model, (tokens, tokens[:, 0] % 2), count=3)
    assert found.sensitivity.size == 0
    assert len(found.rows) == 3


def test_a_loss_of_the_users_own_is_refused():
    with pytest.raises(OperandError, match="each row"):
        nn.worst(nn.Linear(4, 1, rng=0), (X, X[:, :1]), loss=lambda o, t: ((o - t) ** 2).mean())


def test_pictures_of_digits():
    pytest.importorskip("matplotlib")
    digits = nn.load_digits_split()
    model = nn.Linear(64, 10, rng=0)
    found = nn.worst(model, (digits.test_images[:60], digits.test_labels[:60]), count=6)
    figure = found.figure()
    titles = [ax.get_title() for ax in figure.axes]
    assert sum("→" in title for title in titles) == 6
    assert {"confusion", "losses of all rows", "what the loss is sensitive to"} <= set(titles)
