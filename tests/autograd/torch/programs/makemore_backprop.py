"""makemore, part 4: the backward pass by hand, compared with that of the library, then a training by it."""

import autograd.torch as torch
import autograd.torch.nn.functional as F
from tests.autograd.torch.programs.names import COUNT, contexts


def losses():
    torch.set_default_dtype(torch.float64)
    xs, ys = contexts(3)
    X, Y = torch.tensor(xs), torch.tensor(ys)
    n, n_hidden, n_embd = 32, 24, 10
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((COUNT, n_embd), generator=g)
    W1 = torch.randn((n_embd * 3, n_hidden), generator=g) * (5 / 3) / ((n_embd * 3) ** 0.5)
    b1 = torch.randn(n_hidden, generator=g) * 0.1
    W2 = torch.randn((n_hidden, COUNT), generator=g) * 0.1
    b2 = torch.randn(COUNT, generator=g) * 0.1
    bngain = torch.randn((1, n_hidden)) * 0.1 + 1.0
    bngain = torch.ones((1, n_hidden)) + 0 * bngain
    bnbias = torch.zeros((1, n_hidden))
    parameters = [C, W1, b1, W2, b2, bngain, bnbias]
    for p in parameters:
        p.requires_grad = True
    ix = torch.randint(0, X.shape[0], (n,), generator=g)
    Xb, Yb = X[ix], Y[ix]

    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hprebn = embcat @ W1 + b1
    bnmeani = 1 / n * hprebn.sum(0, keepdim=True)
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = 1 / (n - 1) * (bndiff2).sum(0, keepdim=True)
    bnvar_inv = (bnvar + 1e-5) ** -0.5
    bnraw = bndiff * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    logit_maxes = logits.max(1, keepdim=True).values
    norm_logits = logits - logit_maxes
    counts = norm_logits.exp()
    counts_sum = counts.sum(1, keepdims=True)
    counts_sum_inv = counts_sum**-1
    probs = counts * counts_sum_inv
    logprobs = probs.log()
    loss = -logprobs[range(n), Yb].mean()
    for p in parameters:
        p.grad = None
    kept = [logprobs, probs, counts, counts_sum, counts_sum_inv, norm_logits, logit_maxes, logits, h, hpreact, bnraw,
            bnvar_inv, bnvar, bndiff2, bndiff, hprebn, bnmeani, embcat, emb]  # fmt: skip
    for t in kept:
        t.retain_grad()
    loss.backward()

    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[range(n), Yb] = -1.0 / n
    dprobs = (1.0 / probs) * dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts = counts_sum_inv * dprobs
    dcounts_sum = (-(counts_sum**-2)) * dcounts_sum_inv
    dcounts += torch.ones_like(counts) * dcounts_sum
    dnorm_logits = counts * dcounts
    dlogits = dnorm_logits.clone()
    dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)
    dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h**2) * dh
    dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
    dbnraw = bngain * dhpreact
    dbnbias = dhpreact.sum(0, keepdim=True)
    dbndiff = bnvar_inv * dbnraw
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
    dbndiff2 = (1.0 / (n - 1)) * torch.ones_like(bndiff2) * dbnvar
    dbndiff += (2 * bndiff) * dbndiff2
    dhprebn = dbndiff.clone()
    dbnmeani = (-dbndiff).sum(0)
    dhprebn += 1.0 / n * (torch.ones_like(hprebn) * dbnmeani)
    dembcat = dhprebn @ W1.T
    dW1 = embcat.T @ dhprebn
    db1 = dhprebn.sum(0)
    demb = dembcat.view(emb.shape)
    dC = torch.zeros_like(C)
    for k in range(Xb.shape[0]):
        for j in range(Xb.shape[1]):
            dC[Xb[k, j]] += demb[k, j]

    def cmp(dt, t):
        maxdiff = (dt - t.grad).abs().max().item()
        return torch.allclose(dt, t.grad, atol=1e-12) and maxdiff < 1e-12

    pairs = [(dlogprobs, logprobs), (dprobs, probs), (dcounts_sum_inv, counts_sum_inv), (dcounts_sum, counts_sum),
             (dcounts, counts), (dnorm_logits, norm_logits), (dlogit_maxes, logit_maxes), (dlogits, logits), (dh, h), (dW2, W2),
             (db2, b2), (dhpreact, hpreact), (dbngain, bngain), (dbnbias, bnbias), (dbnraw, bnraw), (dbnvar_inv, bnvar_inv),
             (dbnvar, bnvar), (dbndiff2, bndiff2), (dbndiff, bndiff), (dhprebn, hprebn), (dembcat, embcat), (dW1, W1), (db1, b1),
             (demb, emb), (dC, C)]  # fmt: skip
    found = [loss.item(), *[float(cmp(dt, t)) for dt, t in pairs]]
    dlogits = F.softmax(logits, 1)
    dlogits[range(n), Yb] -= 1
    dlogits /= n
    found.append(float(cmp(dlogits, logits)))
    dhprebn = (
        bngain * bnvar_inv / n * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))
    )
    found.append(float(cmp(dhprebn, hprebn)))

    with torch.no_grad():
        for _ in range(30):
            ix = torch.randint(0, X.shape[0], (n,), generator=g)
            Xb, Yb = X[ix], Y[ix]
            emb = C[Xb]
            embcat = emb.view(emb.shape[0], -1)
            hprebn = embcat @ W1 + b1
            bnmean = hprebn.mean(0, keepdim=True)
            bnvar = hprebn.var(0, keepdim=True, unbiased=True)
            bnvar_inv = (bnvar + 1e-5) ** -0.5
            bnraw = (hprebn - bnmean) * bnvar_inv
            h = torch.tanh(bngain * bnraw + bnbias)
            logits = h @ W2 + b2
            loss = F.cross_entropy(logits, Yb)
            dlogits = F.softmax(logits, 1)
            dlogits[range(n), Yb] -= 1
            dlogits /= n
            dh = dlogits @ W2.T
            dhpreact = (1.0 - h**2) * dh
            dhprebn = (
                bngain
                * bnvar_inv
                / n
                * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))
            )
            demb = (dhprebn @ W1.T).view(emb.shape)
            dC = torch.zeros_like(C)
            dC.index_add_(0, Xb.view(-1), demb.view(-1, n_embd))
            grads = [dC, embcat.T @ dhprebn, dhprebn.sum(0), h.T @ dlogits, dlogits.sum(0), (bnraw * dhpreact).sum(0, keepdim=True),
                     dhpreact.sum(0, keepdim=True)]  # fmt: skip
            for p, grad in zip(parameters, grads, strict=True):
                p.data += -0.1 * grad
            found.append(loss.item())
    return found
