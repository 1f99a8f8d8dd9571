"""Dive into Deep Learning, chapter 2: tensors, linear algebra, derivatives."""

import autograd.torch as torch


def losses():
    torch.set_default_dtype(torch.float32)
    x = torch.arange(12, dtype=torch.float64)
    X = x.reshape(3, 4)
    Y = torch.tensor([[2.0, 1, 4, 3], [1, 2, 3, 4], [4, 3, 2, 1]], dtype=torch.float64)
    found = [x.numel(), x.shape[0], X.sum().item(), (X == Y).sum().item(), torch.zeros((2, 3, 4)).numel()]
    found += torch.cat((X, Y), dim=0).sum(dim=1).tolist() + torch.cat((X, Y), dim=1)[-1].tolist()
    X[1, 2] = 17
    X[:2, :] = 12
    found += X.flatten().tolist()
    a, b = torch.arange(3).reshape((3, 1)), torch.arange(2).reshape((1, 2))
    found += (a + b).flatten().tolist()
    before = id(Y)
    Y[:] = X + Y
    found.append(float(id(Y) == before))
    before = id(X)
    X += Y
    found += [float(id(X) == before), float(type(torch.from_numpy(X.numpy())) is torch.Tensor)]
    found += [torch.tensor([3.5]).item(), int(torch.tensor([3.5]))]

    A = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    B = A.clone()
    found += [
        (A * B).sum().item(),
        A.sum(axis=0).sum().item(),
        A.mean(axis=0)[0].item(),
        (A / A.sum(axis=1, keepdims=True))[1, 2].item(),
    ]
    found += A.cumsum(axis=0).flatten().tolist()
    v = torch.arange(3, dtype=torch.float64)
    found += [torch.dot(v, torch.ones(3, dtype=torch.float64)).item(), *torch.mv(A, v).tolist(), *(A @ v).tolist()]
    found += torch.mm(A, torch.ones(3, 4, dtype=torch.float64)).flatten().tolist()
    u = torch.tensor([3.0, -4.0])
    found += [torch.norm(u).item(), torch.abs(u).sum().item(), torch.norm(torch.ones((4, 9))).item()]

    x = torch.arange(4.0, requires_grad=True)
    y = 2 * torch.dot(x, x)
    y.backward()
    found += x.grad.tolist() + (x.grad == 4 * x).tolist()
    x.grad.zero_()
    x.sum().backward()
    found += x.grad.tolist()
    x.grad.zero_()
    y = x * x
    y.backward(gradient=torch.ones(len(y)))
    found += x.grad.tolist()
    x.grad.zero_()
    y = x * x
    u = y.detach()
    z = u * x
    z.sum().backward()
    found += (x.grad == u).tolist()

    def f(a):
        b = a * 2
        while b.norm() < 1000:
            b = b * 2
        return b if b.sum() > 0 else 100 * b

    torch.manual_seed(1)
    a = torch.randn(size=(), requires_grad=True)
    d = f(a)
    d.backward()
    return [*found, float(a.grad == d / a)]
