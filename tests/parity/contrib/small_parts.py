"""What the small parts of `tf.contrib` of TensorFlow 1.15 compute."""


def _run(stack, function):
    """Returns what the tensors are that a function makes in a new graph."""
    tf = stack.tf
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(3)
        fetches = function(tf)
        variables = tf.global_variables()
        names = [[v.name, v.shape.as_list()] for v in variables]
        trained = [v.name for v in tf.trainable_variables()]
        mine = [v.name for v in tf.get_collection("mine")]
        with tf.Session(graph=graph) as session:
            session.run(
                [tf.global_variables_initializer(), tf.tables_initializer()]
            )
            values = session.run(fetches)
    return {
        "values": [value.tolist() for value in values],
        "shapes": [tensor.shape.as_list() for tensor in fetches],
        "variables": names,
        "trained": trained,
        "collected": mine,
    }


def _image(tf):
    return tf.reshape(tf.range(32, dtype=tf.float32), [2, 4, 4, 1])


def scenario_images(stack, path):
    def build(tf):
        part = tf.contrib.image
        many, one = _image(tf), _image(tf)[0]
        numbers = tf.reshape(tf.range(9), [3, 3])
        bilinear = [0.5, -0.25]
        skewed = [1.0, 0.1, 0.0, 0.2, 1.0, 0.0, 0.01, 0.0]
        return [
            part.rotate(many, 0.5),
            part.rotate(many, bilinear, interpolation="BILINEAR"),
            part.rotate(one, 0.5),
            part.rotate(numbers, 1.5708),
            part.translate(many, [1.0, -1.0]),
            part.translate(many, [[1.0, 0.5], [0.0, 2.0]], "BILINEAR"),
            part.transform(one, skewed, "BILINEAR"),
            part.transform(many, skewed, output_shape=[2, 3]),
            part.angles_to_projective_transforms([0.5, 1.0], 4.0, 5.0),
            part.translations_to_projective_transforms([1.0, 2.0]),
        ]

    return _run(stack, build)


def scenario_composed_transforms(stack, path):
    def build(tf):
        part = tf.contrib.image
        first = [[1.0, 2, 3, 4, 5, 6, 7, 8]]
        second = [1.0, 0, 3, 0, 1, 6, 0, 0]
        return [
            part.flat_transforms_to_matrices(first),
            part.flat_transforms_to_matrices(second),
            part.matrices_to_flat_transforms(
                [[[1.0, 2, 3], [4, 5, 6], [7, 8, 2]]]
            ),
            part.compose_transforms(first, second),
            part.compose_transforms(second, first, second),
        ]

    return _run(stack, build)


def scenario_nn(stack, path):
    def build(tf):
        part = tf.contrib.nn
        logits = tf.constant([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
        one_hot = tf.constant([[0.0, 1.0, 0.0], [0.25, 0.25, 0.5]])
        x = tf.constant([-1.0, 0.0, 2.0])
        return [
            part.alpha_dropout(tf.ones([4, 5]), 0.5, seed=1),
            part.alpha_dropout(tf.ones([4, 5]), 0.8, [4, 1], seed=2),
            part.alpha_dropout(x, 1.0),
            part.scaled_softplus(x, 0.5, 1.5),
            part.scaled_softplus(x, 0.5),
            part.nth_element([[3.0, 1.0, 2.0], [5.0, 4.0, 6.0]], 0),
            part.nth_element([[3.0, 1.0, 2.0], [5.0, 4.0, 6.0]], 0, True),
            part.deprecated_flipped_softmax_cross_entropy_with_logits(
                logits, one_hot
            ),
            part.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
                logits, [1, 2]
            ),
            part.deprecated_flipped_sigmoid_cross_entropy_with_logits(
                logits, one_hot
            ),
            part.conv1d_transpose(
                tf.ones([1, 2, 1]), tf.ones([3, 1, 1]), [1, 4, 1], 2
            ),
        ]

    return _run(stack, build)


def scenario_stateless(stack, path):
    def build(tf):
        part = tf.contrib.stateless
        return [
            part.stateless_random_uniform([3], [1, 2]),
            part.stateless_random_uniform([3], [1, 2], 5, 9, tf.int32),
            part.stateless_random_normal([3], [1, 2], 1.0, 2.0),
            part.stateless_truncated_normal([3], [1, 2]),
            part.stateless_multinomial([[0.0, 1.0, 2.0]], 5, [3, 4]),
        ]

    return _run(stack, build)


def scenario_signal(stack, path):
    def build(tf):
        part = tf.contrib.signal
        wave = tf.sin(tf.range(32, dtype=tf.float32))
        spectrum = part.stft(wave, frame_length=8, frame_step=4)
        mel = part.linear_to_mel_weight_matrix(4, 5, 8000, 100.0, 3800.0)
        return [
            part.frame(wave, 8, 4),
            part.hann_window(5),
            part.hamming_window(5),
            tf.abs(spectrum),
            part.inverse_stft(spectrum, 8, 4),
            part.overlap_and_add(tf.ones([2, 4]), 2),
            mel,
            part.mfccs_from_log_mel_spectrograms(
                tf.math.log(tf.matmul(tf.abs(spectrum), mel) + 1e-3)
            ),
        ]

    return _run(stack, build)


def scenario_sequence_columns(stack, path):
    def build(tf):
        part = tf.contrib.feature_column
        words = part.sequence_categorical_column_with_identity("words", 4)
        prices = part.sequence_numeric_column("prices")
        indices, shape = [[0, 0], [0, 1], [1, 0]], [2, 2]
        features = {
            "words": tf.SparseTensor(indices, [2, 0, 1], shape),
            "prices": tf.SparseTensor(indices, [0.5, 1.5, 2.5], shape),
        }
        table = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]
        columns = [
            tf.feature_column.embedding_column(
                words, 2, initializer=tf.constant_initializer(table)
            ),
            tf.feature_column.indicator_column(words),
            prices,
        ]
        with tf.variable_scope("tower"):
            first = part.sequence_input_layer(features, columns, ["mine"])
        second = part.sequence_input_layer(features, columns, trainable=False)
        third = part.sequence_input_layer(features, columns)
        return [*first, *second, *third]

    return _run(stack, build)


def scenario_util(stack, path):
    part = stack.tf.contrib.util
    proto = part.make_tensor_proto([[1.0, 2.0]], shape=[2, 1])
    with stack.tf.Graph().as_default():
        constant = stack.tf.constant([1, 2]) * 3
        unknown = stack.tf.placeholder(stack.tf.float32)
        return {
            "proto": proto.SerializeToString().hex(),
            "array": part.make_ndarray(proto).tolist(),
            "static": str(part.constant_value(stack.tf.shape([[1, 2]]))),
            "product": str(part.constant_value(constant)),
            "unknown": str(part.constant_value(unknown)),
        }
