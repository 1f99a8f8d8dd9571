"""Scripts whose recurrent network goes on from the state of the batch before."""

from __future__ import annotations

from pathlib import Path

import pytest

from nn.health.loop import watch_script

TEXT = """
import numpy as np, nn, optim
rng = np.random.default_rng(0)
came = INPUTS
level = np.zeros(1600)
for k in range(1, 1600):
    level[k] = 0.9 * level[k - 1] + 0.1 * came[k]
x, y = (part.reshape(4, 400, 1).astype(np.float32) for part in (came, level))


class Gauge(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.out = nn.LSTM(1, 6, batch_first=True, rng=1), nn.Linear(6, 1, rng=2)

    def forward(self, x, STATE):
        h, state = self.cell(x, state)
        return self.out(h), state


model = Gauge()
optimizer = optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    state = None
    for start in range(0, 400, 10):
        answer, state = model(x[:, start : start + 10], state)
        state = tuple(part.detach() for part in state)
        loss = nn.functional.mse_loss(answer, y[:, start : start + 10])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize("state", ["state", "state=None"])
@pytest.mark.parametrize(
    ("inputs", "is_whole"),
    # Of what is on for long and off for long, many pieces are the same, and what they are asked for goes by what was before.
    [("rng.normal(size=1600)", True), ("(np.arange(1600) // 90 % 2).astype(float)", False)],
)
def test_a_state_that_goes_on_is_no_row_and_no_wrong_target(
    state: str, inputs: str, is_whole: bool, tmp_path: Path
) -> None:
    path = tmp_path / "train.py"
    path.write_text(TEXT.replace("STATE", state).replace("INPUTS", inputs))
    seen = watch_script(path)
    assert ([f.cause for f in seen.findings], seen.is_whole) == ([], is_whole)
    if is_whole:
        assert seen.inputs.shape[1:] == (10, 1)
