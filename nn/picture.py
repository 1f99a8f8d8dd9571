"""`Picture`: a matplotlib figure that shows itself in a notebook, whether pyplot is used there or not."""

from __future__ import annotations

import io

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install

try:
    from matplotlib import colormaps
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingDependencyError(f"figures need matplotlib: {pip_install('draw')}") from error

__all__ = ["Picture", "colormaps"]


class Picture(Figure):
    """A figure of its own, which no window and no global state of pyplot holds."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=90)
        return file.getvalue()
