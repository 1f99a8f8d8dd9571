"""SciPy for code that is differentiated, in HIPS autograd's layout: `special`, `linalg` and `stats`."""
