"""`tf.contrib.crf`: linear-chain conditional random fields."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.crf.cells import CrfDecodeBackwardRnnCell
from keras_estimator.compat.v1.contrib.crf.cells import CrfDecodeForwardRnnCell
from keras_estimator.compat.v1.contrib.crf.cells import CrfForwardRnnCell
from keras_estimator.compat.v1.contrib.crf.decoding import crf_decode
from keras_estimator.compat.v1.contrib.crf.decoding import viterbi_decode
from keras_estimator.compat.v1.contrib.crf.likelihood import crf_log_likelihood
from keras_estimator.compat.v1.contrib.crf.scores import crf_binary_score
from keras_estimator.compat.v1.contrib.crf.scores import crf_log_norm
from keras_estimator.compat.v1.contrib.crf.scores import (
    crf_multitag_sequence_score,
)
from keras_estimator.compat.v1.contrib.crf.scores import crf_sequence_score
from keras_estimator.compat.v1.contrib.crf.scores import crf_unary_score

__getattr__ = missing(__name__)

__all__ = [
    "CrfDecodeBackwardRnnCell",
    "CrfDecodeForwardRnnCell",
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]
