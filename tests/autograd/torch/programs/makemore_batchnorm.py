"""makemore, part 3: layers of one's own, batch normalization, and what statistics of a training look like."""

import autograd.torch as torch
import autograd.torch.nn.functional as F
from tests.autograd.torch.programs.names import COUNT, contexts


class Linear:
    def __init__(self, fan_in, fan_out, g, bias=True):
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out += self.bias
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x):
        if self.training:
            xmean = x.mean(0, keepdim=True)
            xvar = x.var(0, keepdim=True)
        else:
            xmean, xvar = self.running_mean, self.running_var
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)
        self.out = self.gamma * xhat + self.beta
        if self.training:
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


def losses():
    torch.set_default_dtype(torch.float64)
    xs, ys = contexts(3)
    X, Y = torch.tensor(xs), torch.tensor(ys)
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((COUNT, 10), generator=g)
    layers = [
        Linear(30, 30, g, bias=False), BatchNorm1d(30), Tanh(),
        Linear(30, 30, g, bias=False), BatchNorm1d(30), Tanh(),
        Linear(30, COUNT, g, bias=False), BatchNorm1d(COUNT),
    ]  # fmt: skip
    with torch.no_grad():
        layers[-1].gamma *= 0.1
        for layer in layers[:-1]:
            if isinstance(layer, Linear):
                layer.weight *= 5 / 3
    parameters = [C] + [p for layer in layers for p in layer.parameters()]
    for p in parameters:
        p.requires_grad = True
    found, ud = [], []
    for _ in range(30):
        ix = torch.randint(0, X.shape[0], (32,), generator=g)
        emb = C[X[ix]]
        x = emb.view(emb.shape[0], -1)
        for layer in layers:
            x = layer(x)
        loss = F.cross_entropy(x, Y[ix])
        for layer in layers:
            layer.out.retain_grad()
        for p in parameters:
            p.grad = None
        loss.backward()
        lr = 0.1
        for p in parameters:
            p.data += -lr * p.grad
        found.append(loss.item())
        with torch.no_grad():
            ud.append([((lr * p.grad).std() / p.data.std()).log10().item() for p in parameters if p.ndim == 2])
    for layer in layers:
        if isinstance(layer, Tanh):
            t = layer.out
            found += [t.mean().item(), t.std().item(), ((t.abs() > 0.97).double().mean() * 100).item()]
            found += [layer.out.grad.mean().item(), layer.out.grad.std().item()]
    found += ud[-1]
    for layer in layers:
        if isinstance(layer, BatchNorm1d):
            layer.training = False
    with torch.no_grad():
        x = C[X].view(X.shape[0], -1)
        for layer in layers:
            x = layer(x)
        found.append(F.cross_entropy(x, Y).item())
    return found
