"""makemore, part 1: a table of counts of pairs of letters, and the same by gradient descent."""

import autograd.torch as torch
import autograd.torch.nn.functional as F
from tests.autograd.torch.programs.names import COUNT, LETTER, NAMES, NUMBER


def losses():
    torch.set_default_dtype(torch.float64)
    N = torch.zeros((COUNT, COUNT), dtype=torch.int32)
    xs, ys = [], []
    for name in NAMES:
        letters = [".", *name, "."]
        for first, second in zip(letters, letters[1:], strict=False):
            i, j = NUMBER[first], NUMBER[second]
            N[i, j] += 1
            xs.append(i)
            ys.append(j)
    P = (N + 1).double()
    P /= P.sum(1, keepdim=True)
    found = [P[0].max().item(), N.sum().item()]

    g = torch.Generator().manual_seed(2147483647)
    for _ in range(3):
        made, i = [], 0
        while True:
            p = P[i]
            i = torch.multinomial(p, num_samples=1, replacement=True, generator=g).item()
            made.append(LETTER[i])
            if i == 0:
                break
        found.append(len("".join(made)))
    log_likelihood = 0.0
    for i, j in zip(xs, ys, strict=True):
        log_likelihood += torch.log(P[i, j])
    found.append((-log_likelihood / len(xs)).item())

    xs, ys = torch.tensor(xs), torch.tensor(ys)
    num = xs.nelement()
    W = torch.randn((COUNT, COUNT), generator=g, requires_grad=True)
    for _ in range(30):
        xenc = F.one_hot(xs, num_classes=COUNT).double()
        logits = xenc @ W
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdims=True)
        loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W**2).mean()
        W.grad = None
        loss.backward()
        W.data += -20 * W.grad
        found.append(loss.item())
    return found
