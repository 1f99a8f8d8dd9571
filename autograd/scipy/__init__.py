"""SciPy for code that is differentiated, as HIPS autograd's users import it; it needs SciPy."""

from autograd.scipy import integrate, linalg, misc, signal, special, stats

__all__ = ["integrate", "linalg", "misc", "signal", "special", "stats"]
