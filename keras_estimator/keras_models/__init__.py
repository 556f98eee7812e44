"""Compiled Keras models as model_fns, for `model_to_estimator`.

recipe      what a model is made of, to make it again in a graph
weights     its weights in a checkpoint, as initial values
batches     features and labels of input_fn as inputs and targets
model_fn    the parts put together: an EstimatorSpec for each mode
"""
