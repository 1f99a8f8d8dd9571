import numpy as np

import nn
import optim
from autograd import Tensor

rng = np.random.default_rng(0)
x, y = Tensor(rng.normal(size=(32, 4))), Tensor(rng.normal(size=(32, 1)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 8, rng=rng), nn.Linear(8, 8, rng=rng)
        self.third = nn.Linear(8, 1, rng=rng)

    def forward(self, x):
        h = self.first(x).tanh()
        h = (self.second(h) - 5.0).relu()
        return self.third(h)


net = Net()
optimizer = optim.SGD(net.parameters(), lr=0.1)
for step in range(10):
    optimizer.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    print("step", step, "loss", round(loss.item(), 4))
