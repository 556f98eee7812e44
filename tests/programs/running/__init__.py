"""Runs the programs of this folder, on the real tf.estimator and on ours."""
