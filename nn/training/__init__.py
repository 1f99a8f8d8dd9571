"""Training: the loop and what takes part in it."""

from __future__ import annotations

from nn.training import metrics
from nn.training.callback import Callback, Run
from nn.training.checkpoint import Checkpoint
from nn.training.epoch import StepResult
from nn.training.errors import CheckpointError, HistoryError, ParallelError, RecordWarning, RewindError
from nn.training.evaluation import evaluate
from nn.training.finder import find_lr
from nn.training.fitting import fit
from nn.training.history import History
from nn.training.logs import CSVLog, JSONLog, TensorBoard
from nn.training.mistakes import Mistake, Mistakes, worst
from nn.training.parallel import Parallel
from nn.training.plan import Plan
from nn.training.rate_curve import RateCurve
from nn.training.recording import Recording
from nn.training.rewinding import Moment, rewind
from nn.training.stopping import EarlyStopping
from nn.training.tracking import MLflow
from nn.training.trainer import Trainer

__all__ = [
    "CSVLog",
    "Callback",
    "Checkpoint",
    "CheckpointError",
    "EarlyStopping",
    "History",
    "HistoryError",
    "JSONLog",
    "MLflow",
    "Mistake",
    "Mistakes",
    "Moment",
    "Parallel",
    "ParallelError",
    "Plan",
    "RateCurve",
    "RecordWarning",
    "Recording",
    "RewindError",
    "Run",
    "StepResult",
    "TensorBoard",
    "Trainer",
    "evaluate",
    "find_lr",
    "fit",
    "metrics",
    "rewind",
    "worst",
]
