"""A model of PyTorch in an editor: `stepgrad dap` goes back through its backward pass, beside its own source."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.autograd.debug.dap.client import Adapter

pytestmark = pytest.mark.integration

# Line 11 is the layer whose derivative is that of the sigmoid, line 12 the sum.
MODEL = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(3, 4), nn.Linear(4, 1)

    def forward(self, x):
        h = self.body(x)
        h = torch.sigmoid(h)
        return self.head(h).sum()

torch.manual_seed(0)
model = Net()
example_inputs = (torch.randn(5, 3),)
"""


def test_an_editor_steps_through_a_model_at_its_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(MODEL)
    with Adapter(tmp_path) as editor:
        editor.launch(target=f"{path}:model", breakpoints={str(path): [11]})
        editor.stopped()
        assert editor.at() == ("forward · h#2", 11)
        assert Path(editor.frame()["source"]["path"]) == path
        for at in [("head · v1", 12), ("forward · v2", 12), ("forward · h#2", 11)]:
            editor.move("next")
            assert editor.at() == at
        # Forward and back again at the sigmoid: the shape of its rule, with the numbers of this pass.
        event = editor.ask("scopes", frameId=1)["scopes"][0]["name"]
        assert editor.scope(event)["to h"]["value"].startswith("g * (h#2 * (1 - h#2)): 5×4")
        editor.move("stepBack")
        assert editor.at()[1] == 12
        editor.ask("disconnect", terminateDebuggee=True)
