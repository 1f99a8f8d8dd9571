import numpy as np

from autograd import Tensor, Value

SCALE = 0.5


def layer(x, w):
    h = x * w
    return h + 1.0


def loss_of(w, rows):
    total = Value(0.0)
    for row in rows:
        y = layer(row, w)
        total = total + y * y
    return total * SCALE


w = Value(2.0, name="w")
things = {"list": [w, 1.5, "text"], "none": None, "array": np.arange(3.0)}
for step in range(3):
    loss = loss_of(w, [1.0, -3.0])
    loss.backward()
    w.data -= 0.125 * w.grad
    w.grad = 0.0
matrix = Tensor(np.array([[1.0, -2.0], [0.0, 4.0]]), requires_grad=True, name="matrix")
norm = (matrix * matrix).sum()
norm.backward()
