"""Compiled Keras models as model_fns, for `model_to_estimator`.

recipe      what a model is made of, to make it again in a graph
weights     its weights in a checkpoint, as initial values
batches     features and labels of input_fn as inputs and targets
outputs     predictions and metrics as parts of an EstimatorSpec
model_fn    the parts put together: an EstimatorSpec for each mode

Those of Keras 3; `tf_keras_...` are the same for models of tf_keras (Keras 2),
and `_tf_keras` is all that is used of it without being public.
"""
