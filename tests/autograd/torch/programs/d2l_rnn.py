"""Dive into Deep Learning, chapter 9: a language model of letters, from scratch and by layers."""

import math

import autograd.torch as torch
from autograd.torch import nn
from autograd.torch.nn import functional as F

TEXT = "the time traveller for so it will be convenient to speak of him was expounding a recondite matter to us " * 3
VOCAB = sorted(set(TEXT))


class RNNScratch(nn.Module):
    def __init__(self, num_inputs, num_hiddens, sigma=0.01):
        super().__init__()
        self.num_hiddens = num_hiddens
        self.W_xh = nn.Parameter(torch.randn(num_inputs, num_hiddens) * sigma)
        self.W_hh = nn.Parameter(torch.randn(num_hiddens, num_hiddens) * sigma)
        self.b_h = nn.Parameter(torch.zeros(num_hiddens))

    def forward(self, inputs, state=None):
        if state is None:
            state = torch.zeros((inputs.shape[1], self.num_hiddens), device=inputs.device)
        outputs = []
        for X in inputs:
            state = torch.tanh(torch.matmul(X, self.W_xh) + torch.matmul(state, self.W_hh) + self.b_h)
            outputs.append(state)
        return outputs, state


class RNNLMScratch(nn.Module):
    def __init__(self, rnn, vocab_size):
        super().__init__()
        self.rnn, self.vocab_size = rnn, vocab_size
        self.W_hq = nn.Parameter(torch.randn(rnn.num_hiddens, vocab_size) * 0.01)
        self.b_q = nn.Parameter(torch.zeros(vocab_size))

    def one_hot(self, X):
        return F.one_hot(X.T, self.vocab_size).type(torch.float64)

    def forward(self, X, state=None):
        rnn_outputs, _ = self.rnn(self.one_hot(X), state)
        outputs = [torch.matmul(H, self.W_hq) + self.b_q for H in rnn_outputs]
        return torch.stack(outputs, 1)

    def clip_gradients(self, grad_clip_val):
        params = [p for p in self.parameters() if p.requires_grad]
        norm = torch.sqrt(sum(torch.sum(p.grad**2) for p in params))
        if norm > grad_clip_val:
            for param in params:
                param.grad[:] *= grad_clip_val / norm
        return norm

    def predict(self, prefix, num_preds):
        state, outputs = None, [VOCAB.index(prefix[0])]
        for i in range(len(prefix) + num_preds - 1):
            X = torch.tensor([[outputs[-1]]])
            rnn_outputs, state = self.rnn(self.one_hot(X), state)
            if i < len(prefix) - 1:
                outputs.append(VOCAB.index(prefix[i + 1]))
            else:
                Y = torch.stack([torch.matmul(H, self.W_hq) + self.b_q for H in rnn_outputs], 1)
                outputs.append(int(Y.argmax(axis=2).reshape(1)))
        return outputs


class RNNLM(nn.Module):
    def __init__(self, num_hiddens, vocab_size):
        super().__init__()
        self.rnn = nn.RNN(vocab_size, num_hiddens)
        self.linear = nn.Linear(num_hiddens, vocab_size)
        self.vocab_size = vocab_size

    def forward(self, X):
        hiddens, _ = self.rnn(F.one_hot(X.T.long(), self.vocab_size).double())
        return self.linear(hiddens).swapaxes(0, 1)


def losses():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(11)
    steps, batch = 8, 4
    corpus = [VOCAB.index(c) for c in TEXT]
    array = torch.tensor([corpus[i : i + steps + 1] for i in range(len(corpus) - steps)])
    X, Y = array[:, :-1], array[:, 1:]
    scratch = RNNLMScratch(RNNScratch(len(VOCAB), 16), len(VOCAB))
    found = []
    for i in range(30):
        part = slice(i * batch, (i + 1) * batch)
        Y_hat = scratch(X[part])
        loss = F.cross_entropy(Y_hat.reshape(-1, Y_hat.shape[-1]), Y[part].reshape(-1))
        scratch.zero_grad()
        loss.backward()
        found += [math.exp(loss), scratch.clip_gradients(1).item()]
        with torch.no_grad():
            for p in scratch.parameters():
                p -= 1.0 * p.grad
    found += scratch.predict("it has", 6)

    for model in (RNNLM(16, len(VOCAB)),):
        trainer = torch.optim.SGD(model.parameters(), lr=1.0)
        for i in range(30):
            part = slice(i * batch, (i + 1) * batch)
            Y_hat = model(X[part])
            loss = F.cross_entropy(Y_hat.reshape(-1, Y_hat.shape[-1]), Y[part].reshape(-1))
            trainer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            trainer.step()
            found.append(loss.item())

    H, state = nn.GRU(3, 4, batch_first=True)(torch.ones(2, 5, 3))
    found += [H.sum().item(), state.sum().item()]
    H, (h, c) = nn.LSTM(3, 4, num_layers=2)(torch.ones(5, 2, 3))
    return [*found, H.sum().item(), h.sum().item(), c.sum().item()]
