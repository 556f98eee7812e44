"""`tf.contrib.seq2seq`, as far as sequence losses; decoders are not here."""

from keras_estimator.compat._missing import missing
from keras_estimator.compat.v1.contrib.seq2seq.losses import sequence_loss
from keras_estimator.compat.v1.contrib.seq2seq.tensors import hardmax
from keras_estimator.compat.v1.contrib.seq2seq.tensors import tile_batch

__getattr__ = missing(__name__)

__all__ = ["hardmax", "sequence_loss", "tile_batch"]
