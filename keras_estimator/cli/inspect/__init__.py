"""`keras-estimator inspect`: what is in a model directory."""
