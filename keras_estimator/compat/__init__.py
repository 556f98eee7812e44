"""TensorFlow 1 as programs know it; nothing else in the package imports it."""
