"""What `nn.estimators` needs of scikit-learn."""

from __future__ import annotations

from autograd.errors import MissingDependencyError
from autograd.extras import pip_install


def require_scikit_learn() -> None:
    """Raise where scikit-learn is missing, or older than its checks of estimators.

    Raises
    ------
    MissingDependencyError
        With the command that installs it.
    """
    try:
        import sklearn
    except ImportError as error:
        raise MissingDependencyError(f"nn.estimators needs scikit-learn: {pip_install('integration')}") from error
    try:
        from sklearn.utils.validation import validate_data  # noqa: F401
    except ImportError as error:
        raise MissingDependencyError(
            f"nn.estimators needs scikit-learn 1.6 or newer, and {sklearn.__version__} is installed: "
            f"{pip_install('integration')}"
        ) from error
