"""makemore, part 2: letters as vectors, a hidden layer of tanh, minibatches."""

import autograd.torch as torch
import autograd.torch.nn.functional as F
from tests.autograd.torch.programs.names import COUNT, contexts


def losses():
    torch.set_default_dtype(torch.float64)
    xs, ys = contexts(3)
    X, Y = torch.tensor(xs), torch.tensor(ys)
    n1 = int(0.8 * len(X))
    Xtr, Xdev = X[:n1], X[n1:]
    Ytr, Ydev = Y[:n1], Y[n1:]
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((COUNT, 10), generator=g)
    W1 = torch.randn((30, 40), generator=g)
    b1 = torch.randn(40, generator=g)
    W2 = torch.randn((40, COUNT), generator=g)
    b2 = torch.randn(COUNT, generator=g)
    parameters = [C, W1, b1, W2, b2]
    found = [sum(p.nelement() for p in parameters)]
    for p in parameters:
        p.requires_grad = True
    lre = torch.linspace(-3, 0, 30)
    lrs = 10**lre
    for i in range(30):
        ix = torch.randint(0, Xtr.shape[0], (32,), generator=g)
        emb = C[Xtr[ix]]
        h = torch.tanh(emb.view(-1, 30) @ W1 + b1)
        logits = h @ W2 + b2
        loss = F.cross_entropy(logits, Ytr[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        lr = lrs[i].item() if i < 10 else 0.1
        for p in parameters:
            p.data += -lr * p.grad
        found.append(loss.item())
    with torch.no_grad():
        h = torch.tanh(C[Xdev].view(-1, 30) @ W1 + b1)
        found.append(F.cross_entropy(h @ W2 + b2, Ydev).item())
    context, made = [0] * 3, []
    for _ in range(20):
        emb = C[torch.tensor([context])]
        h = torch.tanh(emb.view(1, -1) @ W1 + b1)
        probs = F.softmax(h @ W2 + b2, dim=1)
        ix = torch.multinomial(probs, num_samples=1, replacement=True, generator=g).item()
        context = [*context[1:], ix]
        made.append(ix)
    return [*found, *made]
