"""Dive into Deep Learning, chapter 3: linear regression from scratch and by layers, and weight decay."""

import random

import autograd.torch as torch
from autograd.torch import nn
from autograd.torch.utils import data


def synthetic_data(w, b, num_examples):
    X = torch.normal(0, 1, (num_examples, len(w)), dtype=torch.float64)
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape, dtype=torch.float64)
    return X, y.reshape((-1, 1))


def data_iter(batch_size, features, labels):
    indices = list(range(len(features)))
    random.shuffle(indices)
    for i in range(0, len(indices), batch_size):
        batch = torch.tensor(indices[i : min(i + batch_size, len(indices))])
        yield features[batch], labels[batch]


def linreg(X, w, b):
    return torch.matmul(X, w) + b


def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()


class LinearRegression(nn.Module):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.net = nn.LazyLinear(1, dtype=torch.float64)
        self.net.weight.data.normal_(0, 0.01)
        self.net.bias.data.fill_(0)

    def forward(self, X):
        return self.net(X)

    def loss(self, y_hat, y):
        return nn.MSELoss()(y_hat, y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.lr)


def losses():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(3)
    random.seed(3)
    true_w, true_b = torch.tensor([2, -3.4]), 4.2
    features, labels = synthetic_data(true_w, true_b, 100)
    w = torch.normal(0, 0.01, size=(2, 1), requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    found = []
    for _ in range(3):
        for X, y in data_iter(10, features, labels):
            loss = squared_loss(linreg(X, w, b), y)
            loss.sum().backward()
            sgd([w, b], 0.03, 10)
            found.append(loss.sum().item())
        with torch.no_grad():
            found.append(float(squared_loss(linreg(features, w, b), labels).mean()))
    found += (true_w - w.reshape(true_w.shape)).tolist() + (true_b - b).tolist()

    loader = data.DataLoader(data.TensorDataset(features, labels), 10, shuffle=True)
    model = LinearRegression(0.03)
    trainer = None
    for _ in range(3):
        for X, y in loader:
            loss = model.loss(model(X), y)
            trainer = trainer or model.configure_optimizers()
            trainer.zero_grad()
            loss.backward()
            trainer.step()
            found.append(loss.item())
    found += model.net.weight.data.flatten().tolist() + [model.net.bias.data.item()]

    torch.manual_seed(5)
    X, y = synthetic_data(torch.ones((20, 1)) * 0.01, 0.05, 10)
    net = nn.Sequential(nn.Linear(20, 1))
    for param in net.parameters():
        param.data.normal_()
    decay = torch.optim.SGD([{"params": net[0].weight, "weight_decay": 3}, {"params": net[0].bias}], lr=0.003)
    for _ in range(30):
        decay.zero_grad()
        loss = nn.MSELoss(reduction="none")(net(X), y)
        loss.mean().backward()
        decay.step()
        found.append(loss.mean().item())
    return [*found, net[0].weight.norm().item()]
