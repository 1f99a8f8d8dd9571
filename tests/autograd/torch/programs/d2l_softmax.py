"""Dive into Deep Learning, chapters 4 and 5: softmax regression, multilayer perceptrons, dropout, initialization."""

import autograd.torch as torch
from autograd.torch import nn
from autograd.torch.nn import functional as F


def softmax(X):
    X_exp = torch.exp(X)
    return X_exp / X_exp.sum(1, keepdims=True)


def cross_entropy(y_hat, y):
    return -torch.log(y_hat[list(range(len(y_hat))), y]).mean()


def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum())


def relu(X):
    a = torch.zeros_like(X)
    return torch.max(X, a)


def dropout_layer(X, dropout):
    assert 0 <= dropout <= 1
    if dropout == 1:
        return torch.zeros_like(X)
    mask = (torch.rand(X.shape) > dropout).to(X.dtype)
    return mask * X / (1.0 - dropout)


class MLPScratch(nn.Module):
    def __init__(self, num_inputs, num_outputs, num_hiddens, sigma=0.01):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(torch.zeros(num_hiddens))
        self.W2 = nn.Parameter(torch.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(torch.zeros(num_outputs))

    def forward(self, X):
        X = X.reshape((-1, self.W1.shape[0]))
        H = relu(torch.matmul(X, self.W1) + self.b1)
        if self.training:
            H = dropout_layer(H, 0.2)
        return torch.matmul(H, self.W2) + self.b2


def init_weights(m):
    if type(m) is nn.Linear:
        nn.init.normal_(m.weight, std=0.1)
        nn.init.zeros_(m.bias)


def init_xavier(m):
    if type(m) is nn.Linear:
        nn.init.xavier_uniform_(m.weight)


def losses():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(7)
    X, y = torch.rand(40, 1, 4, 4), torch.randint(0, 10, (40,))
    W = torch.normal(0, 0.01, size=(16, 10), requires_grad=True)
    b = torch.zeros(10, requires_grad=True)
    found = [
        softmax(torch.rand((2, 5))).sum(1).sum().item(),
        cross_entropy(torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]), [0, 2]).item(),
    ]
    for _ in range(30):
        y_hat = softmax(torch.matmul(X.reshape((-1, W.shape[0])), W) + b)
        loss = cross_entropy(y_hat, y)
        loss.backward()
        with torch.no_grad():
            for p in (W, b):
                p -= 0.5 * p.grad
                p.grad.zero_()
        found += [loss.item(), accuracy(y_hat, y)]

    for net in (
        MLPScratch(16, 10, 12),
        nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.ReLU(), nn.Linear(12, 10)),
        nn.Sequential(nn.Flatten(), nn.Linear(16, 12), nn.Sigmoid(), nn.Linear(12, 10)).apply(init_xavier),
    ):
        if isinstance(net, nn.Sequential) and isinstance(net[2], nn.ReLU):
            net.apply(init_weights)
        trainer = torch.optim.SGD(net.parameters(), lr=0.3)
        for _ in range(30):
            Y_hat = net(X)
            loss = F.cross_entropy(Y_hat.reshape((-1, Y_hat.shape[-1])), y.reshape((-1,)), reduction="mean")
            trainer.zero_grad()
            loss.backward()
            trainer.step()
            found.append(loss.item())
        found += [p.abs().mean().item() for _, p in net.named_parameters()]
        net.eval()
        found.append(accuracy(net(X), y))

    x = torch.arange(-8.0, 8.0, 0.5, requires_grad=True)
    for function in (torch.relu, torch.sigmoid, torch.tanh):
        function(x).backward(torch.ones_like(x), retain_graph=True)
        found += x.grad.tolist()
        x.grad.data.zero_()
    M = torch.normal(0, 1, size=(4, 4))
    for _ in range(10):
        M = M @ torch.normal(0, 1, size=(4, 4))
    return [*found, *M.flatten().tolist()]
