"""`keras-estimator upgrade`: imports of TensorFlow 1 programs rewritten."""
