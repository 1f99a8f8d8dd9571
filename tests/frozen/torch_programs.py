"""Freeze what PyTorch gives for the programs of `tests/autograd/torch/programs`: `python -m tests.frozen.torch_programs`.

Their text is PyTorch's but for the import lines, which are changed back here.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE.parent / "autograd" / "torch" / "programs"


def main() -> None:
    """Write `torch_programs.json`."""
    found = {}
    for path in sorted(PROGRAMS.glob("*.py")):
        text = path.read_text()
        if "def losses" in text:
            text = text.replace("import autograd.torch as torch", "import torch")
            text = text.replace("import autograd.torch.", "import torch.").replace("from autograd.torch", "from torch")
            # A dataclass looks its module up.
            sys.modules[path.stem] = module = types.ModuleType(path.stem)
            exec(compile(text, str(path), "exec"), module.__dict__)
            found[path.stem] = module.losses()
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(numbers)}" for name, numbers in found.items())
    (HERE / "torch_programs.json").write_text(f"{{\n{rows}\n}}\n")


if __name__ == "__main__":
    main()
