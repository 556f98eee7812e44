"""`tf.contrib.rnn`: cells, fused cells and stacks of layers."""

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1._legacy import legacy
from keras_estimator.compat.v1.contrib.rnn.attention import AttentionCellWrapper
from keras_estimator.compat.v1.contrib.rnn.bases import LayerRNNCell
from keras_estimator.compat.v1.contrib.rnn.bases import LSTMStateTuple
from keras_estimator.compat.v1.contrib.rnn.bases import RNNCell
from keras_estimator.compat.v1.contrib.rnn.block import GRUBlockCell
from keras_estimator.compat.v1.contrib.rnn.block import GRUBlockCellV2
from keras_estimator.compat.v1.contrib.rnn.block import LSTMBlockCell
from keras_estimator.compat.v1.contrib.rnn.cells import LayerNormBasicLSTMCell
from keras_estimator.compat.v1.contrib.rnn.cells import UGRNNCell
from keras_estimator.compat.v1.contrib.rnn.coupled import (
    CoupledInputForgetGateLSTMCell,
)
from keras_estimator.compat.v1.contrib.rnn.fused import FusedRNNCell
from keras_estimator.compat.v1.contrib.rnn.fused import FusedRNNCellAdaptor
from keras_estimator.compat.v1.contrib.rnn.fused import LSTMBlockFusedCell
from keras_estimator.compat.v1.contrib.rnn.fused import LSTMBlockWrapper
from keras_estimator.compat.v1.contrib.rnn.fused import TimeReversedFusedRNN
from keras_estimator.compat.v1.contrib.rnn.shapes import (
    best_effort_input_batch_size,
)
from keras_estimator.compat.v1.contrib.rnn.shapes import transpose_batch_time
from keras_estimator.compat.v1.contrib.rnn.stacks import (
    stack_bidirectional_dynamic_rnn,
)
from keras_estimator.compat.v1.contrib.rnn.stacks import stack_bidirectional_rnn
from keras_estimator.compat.v1.contrib.rnn.wrappers import EmbeddingWrapper
from keras_estimator.compat.v1.contrib.rnn.wrappers import HighwayWrapper
from keras_estimator.compat.v1.contrib.rnn.wrappers import (
    InputProjectionWrapper,
)
from keras_estimator.compat.v1.contrib.rnn.wrappers import (
    OutputProjectionWrapper,
)

_cells = legacy("rnn_cell")

BasicLSTMCell = _cells.BasicLSTMCell
BasicRNNCell = _cells.BasicRNNCell
DeviceWrapper = _cells.DeviceWrapper
DropoutWrapper = _cells.DropoutWrapper
GRUCell = _cells.GRUCell
LSTMCell = _cells.LSTMCell
MultiRNNCell = _cells.MultiRNNCell
ResidualWrapper = _cells.ResidualWrapper
static_bidirectional_rnn = tf.compat.v1.nn.static_bidirectional_rnn
static_rnn = tf.compat.v1.nn.static_rnn
static_state_saving_rnn = tf.compat.v1.nn.static_state_saving_rnn

__getattr__ = missing(__name__)

__all__ = [
    "AttentionCellWrapper",
    "BasicLSTMCell",
    "BasicRNNCell",
    "CoupledInputForgetGateLSTMCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "EmbeddingWrapper",
    "FusedRNNCell",
    "FusedRNNCellAdaptor",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "GRUCell",
    "HighwayWrapper",
    "InputProjectionWrapper",
    "LSTMBlockCell",
    "LSTMBlockFusedCell",
    "LSTMBlockWrapper",
    "LSTMCell",
    "LSTMStateTuple",
    "LayerNormBasicLSTMCell",
    "LayerRNNCell",
    "MultiRNNCell",
    "OutputProjectionWrapper",
    "RNNCell",
    "ResidualWrapper",
    "TimeReversedFusedRNN",
    "UGRNNCell",
    "best_effort_input_batch_size",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
    "transpose_batch_time",
]
