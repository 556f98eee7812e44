"""`keras-estimator convert`: between checkpoints and Keras files."""
