"""Event files of evaluations, and the line in the log."""

import numpy as np
import tensorflow as tf

from keras_estimator import summaries


def test_the_log_shows_results_in_the_digits_of_their_type(model_dir, caplog):
    tf.get_logger().setLevel("INFO")
    results = {"loss": np.float32(0.1), "auc": 0.25, "global_step": 3}
    with caplog.at_level("INFO", "tensorflow"):
        summaries.write_evaluation(model_dir, results, 3, None)
    assert caplog.messages == [
        "Saving dict for global step 3: auc = 0.25, global_step = 3, loss = 0.1"
    ]
