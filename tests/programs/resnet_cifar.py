"""ResNet (v1 and v2 blocks) on images of the size of CIFAR's, much smaller."""

import os
import time

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

tf.app.flags.DEFINE_string("data_dir", "/tmp/cifar", "Folder of *.bin files")
tf.app.flags.DEFINE_string("model_dir", "/tmp/cifar_model", "Model folder")
tf.app.flags.DEFINE_integer("resnet_size", 8, "6n + 2 layers")
tf.app.flags.DEFINE_integer("resnet_version", 2, "1 or 2")
tf.app.flags.DEFINE_integer("train_epochs", 2, "Epochs in all")
tf.app.flags.DEFINE_integer("batch_size", 8, "Images a step")
tf.app.flags.DEFINE_float("loss_scale", 1.0, "Used with fp16 only")

FLAGS = tf.app.flags.FLAGS

_HEIGHT = 8
_WIDTH = 8
_NUM_CHANNELS = 3
_DEFAULT_IMAGE_BYTES = _HEIGHT * _WIDTH * _NUM_CHANNELS
# The record is the image plus a one-byte label
_RECORD_BYTES = _DEFAULT_IMAGE_BYTES + 1
_NUM_CLASSES = 5
_NUM_IMAGES = {"train": 40, "validation": 16}

_BATCH_NORM_DECAY = 0.997
_BATCH_NORM_EPSILON = 1e-5


###############################################################################
# Data processing
###############################################################################
def write_images(data_dir):
    """Writes two training files and one of the test set."""
    tf.gfile.MakeDirs(data_dir)
    rng = np.random.RandomState(0)
    centers = rng.randint(60, 190, [_NUM_CLASSES, _NUM_CHANNELS, 1, 1])
    for name, count in [("data_batch_1", 20), ("data_batch_2", 20),
                        ("test_batch", 16)]:
        with tf.gfile.GFile(os.path.join(data_dir, name + ".bin"), "wb") as f:
            for _ in range(count):
                label = rng.randint(_NUM_CLASSES)
                noise = rng.randint(-50, 50, [_NUM_CHANNELS, _HEIGHT, _WIDTH])
                image = (centers[label] + noise).astype(np.uint8)
                f.write(np.uint8(label).tobytes() + image.tobytes())


def get_filenames(is_training, data_dir):
    if is_training:
        return [os.path.join(data_dir, "data_batch_%d.bin" % i)
                for i in range(1, 3)]
    return [os.path.join(data_dir, "test_batch.bin")]


def parse_record(raw_record, is_training):
    """Parse an image and label from a raw record."""
    record_vector = tf.decode_raw(raw_record, tf.uint8)

    # The first byte represents the label, which we convert from uint8 to int32
    # and then to one-hot.
    label = tf.cast(record_vector[0], tf.int32)
    label = tf.one_hot(label, _NUM_CLASSES)

    depth_major = tf.reshape(record_vector[1:_RECORD_BYTES],
                             [_NUM_CHANNELS, _HEIGHT, _WIDTH])
    # Convert from [depth, height, width] to [height, width, depth].
    image = tf.cast(tf.transpose(depth_major, [1, 2, 0]), tf.float32)
    image = preprocess_image(image, is_training)
    return image, label


def preprocess_image(image, is_training):
    """Preprocess a single image of layout [height, width, depth]."""
    if is_training:
        # Resize the image to add two extra pixels on each side.
        image = tf.image.resize_image_with_crop_or_pad(
            image, _HEIGHT + 4, _WIDTH + 4)
        image = tf.image.crop_to_bounding_box(image, 1, 2, _HEIGHT, _WIDTH)
    # Subtract off the mean and divide by the variance of the pixels.
    return tf.image.per_image_standardization(image)


def process_record_dataset(dataset, is_training, batch_size, shuffle_buffer,
                           parse_record_fn, num_epochs=1):
    """Given a Dataset with raw records, return one of batches."""
    dataset = dataset.prefetch(buffer_size=batch_size)
    if is_training:
        # Shuffle the records before repeat() to ensure epoch boundaries.
        dataset = dataset.shuffle(buffer_size=shuffle_buffer, seed=44)
    dataset = dataset.repeat(num_epochs)
    dataset = dataset.apply(
        tf.data.experimental.map_and_batch(
            lambda value: parse_record_fn(value, is_training),
            batch_size=batch_size,
            num_parallel_batches=1,
            drop_remainder=False))
    return dataset.prefetch(buffer_size=tf.data.experimental.AUTOTUNE)


def input_fn(is_training, data_dir, batch_size, num_epochs=1):
    filenames = get_filenames(is_training, data_dir)
    dataset = tf.data.FixedLengthRecordDataset(filenames, _RECORD_BYTES)
    return process_record_dataset(
        dataset=dataset,
        is_training=is_training,
        batch_size=batch_size,
        shuffle_buffer=_NUM_IMAGES["train"],
        parse_record_fn=parse_record,
        num_epochs=num_epochs)


###############################################################################
# The model
###############################################################################
class SeededVarianceScaling(object):
    """variance_scaling_initializer with another seed for each variable."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return tf.variance_scaling_initializer(seed=self.count)


def batch_norm(inputs, training, data_format):
    """Performs a batch normalization using a standard set of parameters."""
    # We set fused=True for a significant performance boost.
    return tf.layers.batch_normalization(
        inputs=inputs, axis=1 if data_format == "channels_first" else 3,
        momentum=_BATCH_NORM_DECAY, epsilon=_BATCH_NORM_EPSILON, center=True,
        scale=True, training=training, fused=True)


def fixed_padding(inputs, kernel_size, data_format):
    """Pads along the spatial dimensions independently of input size."""
    pad_total = kernel_size - 1
    pad_beg = pad_total // 2
    pad_end = pad_total - pad_beg
    if data_format == "channels_first":
        return tf.pad(
            tensor=inputs,
            paddings=[[0, 0], [0, 0], [pad_beg, pad_end], [pad_beg, pad_end]])
    return tf.pad(
        tensor=inputs,
        paddings=[[0, 0], [pad_beg, pad_end], [pad_beg, pad_end], [0, 0]])


class Model(object):
    """Base class for building the Resnet Model."""

    def __init__(self, resnet_size, num_classes, num_filters, kernel_size,
                 conv_stride, block_sizes, block_strides, resnet_version=2,
                 data_format=None, dtype=tf.float32):
        if not data_format:
            data_format = ("channels_first" if tf.test.is_built_with_cuda()
                           and tf.test.is_gpu_available() else "channels_last")
        if resnet_version not in (1, 2):
            raise ValueError("Resnet version should be 1 or 2.")
        if dtype not in (tf.float32, tf.float16):
            raise ValueError("dtype must be one of: float32, float16")
        self.resnet_size = resnet_size
        self.resnet_version = resnet_version
        self.block_fn = (self._block_v1 if resnet_version == 1
                         else self._block_v2)
        self.data_format = data_format
        self.num_classes = num_classes
        self.num_filters = num_filters
        self.kernel_size = kernel_size
        self.conv_stride = conv_stride
        self.block_sizes = block_sizes
        self.block_strides = block_strides
        self.dtype = dtype
        self.pre_activation = resnet_version == 2
        self.initializer = SeededVarianceScaling()

    def conv2d_fixed_padding(self, inputs, filters, kernel_size, strides):
        """Strided 2-D convolution with explicit padding."""
        if strides > 1:
            inputs = fixed_padding(inputs, kernel_size, self.data_format)
        return tf.layers.conv2d(
            inputs=inputs, filters=filters, kernel_size=kernel_size,
            strides=strides, padding=("SAME" if strides == 1 else "VALID"),
            use_bias=False, kernel_initializer=self.initializer(),
            data_format=self.data_format)

    def _block_v1(self, inputs, filters, training, projection, strides):
        shortcut = inputs
        if projection is not None:
            shortcut = projection(inputs)
            shortcut = batch_norm(shortcut, training, self.data_format)
        inputs = self.conv2d_fixed_padding(inputs, filters, 3, strides)
        inputs = batch_norm(inputs, training, self.data_format)
        inputs = tf.nn.relu(inputs)
        inputs = self.conv2d_fixed_padding(inputs, filters, 3, 1)
        inputs = batch_norm(inputs, training, self.data_format)
        inputs += shortcut
        return tf.nn.relu(inputs)

    def _block_v2(self, inputs, filters, training, projection, strides):
        shortcut = inputs
        inputs = batch_norm(inputs, training, self.data_format)
        inputs = tf.nn.relu(inputs)
        # The projection shortcut should come after the first batch norm and
        # ReLU since it performs a 1x1 convolution.
        if projection is not None:
            shortcut = projection(inputs)
        inputs = self.conv2d_fixed_padding(inputs, filters, 3, strides)
        inputs = batch_norm(inputs, training, self.data_format)
        inputs = tf.nn.relu(inputs)
        inputs = self.conv2d_fixed_padding(inputs, filters, 3, 1)
        return inputs + shortcut

    def block_layer(self, inputs, filters, blocks, strides, training, name):
        """Creates one layer of blocks for the ResNet model."""

        def projection_shortcut(inputs):
            return self.conv2d_fixed_padding(inputs, filters, 1, strides)

        # Only the first block per block_layer uses projection and strides
        inputs = self.block_fn(inputs, filters, training, projection_shortcut,
                               strides)
        for _ in range(1, blocks):
            inputs = self.block_fn(inputs, filters, training, None, 1)
        return tf.identity(inputs, name)

    def _custom_dtype_getter(self, getter, name, shape=None, dtype=tf.float32,
                             *args, **kwargs):
        """Creates variables in fp32, then casts to fp16 if necessary."""
        if dtype == tf.float16:
            var = getter(name, shape, tf.float32, *args, **kwargs)
            return tf.cast(var, dtype=dtype, name=name + "_cast")
        return getter(name, shape, dtype, *args, **kwargs)

    def __call__(self, inputs, training):
        with tf.variable_scope("resnet_model",
                               custom_getter=self._custom_dtype_getter):
            if self.data_format == "channels_first":
                inputs = tf.transpose(a=inputs, perm=[0, 3, 1, 2])
            inputs = self.conv2d_fixed_padding(
                inputs, self.num_filters, self.kernel_size, self.conv_stride)
            inputs = tf.identity(inputs, "initial_conv")
            if self.resnet_version == 1:
                inputs = batch_norm(inputs, training, self.data_format)
                inputs = tf.nn.relu(inputs)
            for i, num_blocks in enumerate(self.block_sizes):
                inputs = self.block_layer(
                    inputs, self.num_filters * (2**i), num_blocks,
                    self.block_strides[i], training,
                    name="block_layer{}".format(i + 1))
            # Only apply the BN and ReLU for model that does pre_activation in
            # each building/bottleneck block, eg resnet V2.
            if self.pre_activation:
                inputs = batch_norm(inputs, training, self.data_format)
                inputs = tf.nn.relu(inputs)
            axes = [2, 3] if self.data_format == "channels_first" else [1, 2]
            inputs = tf.reduce_mean(inputs, axis=axes, keepdims=True)
            inputs = tf.identity(inputs, "final_reduce_mean")
            inputs = tf.squeeze(inputs, axes)
            inputs = tf.layers.dense(
                inputs=inputs, units=self.num_classes,
                kernel_initializer=self.initializer())
            return tf.identity(inputs, "final_dense")


class Cifar10Model(Model):
    """Model class with appropriate defaults for CIFAR-10 data."""

    def __init__(self, resnet_size, data_format=None, resnet_version=2,
                 dtype=tf.float32):
        if resnet_size % 6 != 2:
            raise ValueError("resnet_size must be 6n + 2:", resnet_size)
        num_blocks = (resnet_size - 2) // 6
        super(Cifar10Model, self).__init__(
            resnet_size=resnet_size, num_classes=_NUM_CLASSES, num_filters=4,
            kernel_size=3, conv_stride=1, block_sizes=[num_blocks] * 3,
            block_strides=[1, 2, 2], resnet_version=resnet_version,
            data_format=data_format, dtype=dtype)


def learning_rate_with_decay(batch_size, batch_denom, num_images,
                             boundary_epochs, decay_rates, base_lr=0.1):
    """Get a learning rate that decays step-wise as training progresses."""
    initial_learning_rate = base_lr * batch_size / batch_denom
    batches_per_epoch = num_images / batch_size
    boundaries = [int(batches_per_epoch * epoch) for epoch in boundary_epochs]
    vals = [initial_learning_rate * decay for decay in decay_rates]

    def learning_rate_fn(global_step):
        lr = tf.train.piecewise_constant(global_step, boundaries, vals)
        warmup_steps = 3
        warmup_lr = (initial_learning_rate * tf.cast(global_step, tf.float32)
                     / tf.cast(warmup_steps, tf.float32))
        return tf.cond(global_step < warmup_steps, lambda: warmup_lr,
                       lambda: lr)

    return learning_rate_fn


def resnet_model_fn(features, labels, mode, model_class, resnet_size,
                    weight_decay, learning_rate_fn, momentum, data_format,
                    resnet_version, loss_scale, loss_filter_fn=None,
                    dtype=tf.float32):
    """Shared functionality for different resnet model_fns."""
    # Generate a summary node for the images
    tf.summary.image("images", features, max_outputs=2)
    features = tf.cast(features, dtype)

    model = model_class(resnet_size, data_format,
                        resnet_version=resnet_version, dtype=dtype)
    logits = model(features, mode == tf.estimator.ModeKeys.TRAIN)
    # This acts as a no-op if the logits are already in fp32.
    logits = tf.cast(logits, tf.float32)

    predictions = {
        "classes": tf.argmax(input=logits, axis=1),
        "probabilities": tf.nn.softmax(logits, name="softmax_tensor")
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode=mode,
            predictions=predictions,
            export_outputs={
                "predict": tf.estimator.export.PredictOutput(predictions)
            })

    cross_entropy = tf.losses.softmax_cross_entropy(
        logits=logits, onehot_labels=labels)
    # Create a tensor named cross_entropy for logging purposes.
    tf.identity(cross_entropy, name="cross_entropy")
    tf.summary.scalar("cross_entropy", cross_entropy)

    # If no loss_filter_fn is passed, assume we want the default behavior,
    # which is that batch_normalization variables are excluded from loss.
    def exclude_batch_norm(name):
        return "batch_normalization" not in name

    loss_filter_fn = loss_filter_fn or exclude_batch_norm

    # Add weight decay to the loss.
    l2_loss = weight_decay * tf.add_n(
        [tf.nn.l2_loss(tf.cast(v, tf.float32))
         for v in tf.trainable_variables() if loss_filter_fn(v.name)])
    tf.summary.scalar("l2_loss", l2_loss)
    loss = cross_entropy + l2_loss

    if mode == tf.estimator.ModeKeys.TRAIN:
        global_step = tf.train.get_or_create_global_step()
        learning_rate = learning_rate_fn(global_step)
        # Create a tensor named learning_rate for logging purposes
        tf.identity(learning_rate, name="learning_rate")
        tf.summary.scalar("learning_rate", learning_rate)
        optimizer = tf.train.MomentumOptimizer(
            learning_rate=learning_rate, momentum=momentum)
        if loss_scale != 1:
            # When computing fp16 gradients, often intermediate tensor values
            # are so small, they underflow to 0.
            scaled_grad_vars = optimizer.compute_gradients(loss * loss_scale)
            unscaled_grad_vars = [(grad / loss_scale, var)
                                  for grad, var in scaled_grad_vars]
            minimize_op = optimizer.apply_gradients(
                unscaled_grad_vars, global_step)
        else:
            grad_vars = optimizer.compute_gradients(loss)
            minimize_op = optimizer.apply_gradients(grad_vars, global_step)
        update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        train_op = tf.group(minimize_op, update_ops)
    else:
        train_op = None

    accuracy = tf.metrics.accuracy(
        tf.argmax(labels, axis=1), predictions["classes"])
    accuracy_top_2 = tf.metrics.mean(tf.nn.in_top_k(
        predictions=logits, targets=tf.argmax(labels, axis=1), k=2,
        name="top_2_op"))
    metrics = {"accuracy": accuracy, "accuracy_top_2": accuracy_top_2}
    # Create a tensor named train_accuracy for logging purposes
    tf.identity(accuracy[1], name="train_accuracy")
    tf.identity(accuracy_top_2[1], name="train_accuracy_top_2")
    tf.summary.scalar("train_accuracy", accuracy[1])

    return tf.estimator.EstimatorSpec(
        mode=mode,
        predictions=predictions,
        loss=loss,
        train_op=train_op,
        eval_metric_ops=metrics)


def cifar10_model_fn(features, labels, mode, params):
    """Model function for CIFAR-10."""
    features = tf.reshape(features, [-1, _HEIGHT, _WIDTH, _NUM_CHANNELS])
    learning_rate_fn = learning_rate_with_decay(
        batch_size=params["batch_size"], batch_denom=16,
        num_images=_NUM_IMAGES["train"], boundary_epochs=[1, 2],
        decay_rates=[1, 0.1, 0.01])
    return resnet_model_fn(
        features=features,
        labels=labels,
        mode=mode,
        model_class=Cifar10Model,
        resnet_size=params["resnet_size"],
        weight_decay=2e-4,
        learning_rate_fn=learning_rate_fn,
        momentum=0.9,
        data_format=params["data_format"],
        resnet_version=params["resnet_version"],
        loss_scale=params["loss_scale"],
        loss_filter_fn=(lambda _: True) if params["resnet_version"] == 1
        else None,
        dtype=params["dtype"])


###############################################################################
# Running
###############################################################################
class ExamplesPerSecondHook(tf.train.SessionRunHook):
    """Hook to print out examples per second."""

    def __init__(self, batch_size, every_n_steps=None, every_n_secs=None,
                 warm_steps=0):
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs "
                             "should be provided.")
        self._timer = tf.train.SecondOrStepTimer(
            every_steps=every_n_steps, every_secs=every_n_secs)
        self._step_train_time = 0
        self._total_steps = 0
        self._batch_size = batch_size
        self._warm_steps = warm_steps
        self.reports = 0

    def begin(self):
        self._global_step_tensor = tf.train.get_global_step()
        if self._global_step_tensor is None:
            raise RuntimeError("Global step should be created.")

    def before_run(self, run_context):
        return tf.train.SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        global_step = run_context.session.run(self._global_step_tensor)
        if (self._timer.should_trigger_for_step(global_step)
                and global_step > self._warm_steps):
            elapsed_time, elapsed_steps = (
                self._timer.update_last_triggered_step(global_step))
            if elapsed_time is not None:
                self._step_train_time += elapsed_time
                self._total_steps += elapsed_steps
                self.reports += 1
                tf.logging.info(
                    "Batch [%g]:  current exp/sec = %g", self._total_steps,
                    self._batch_size * (elapsed_steps / elapsed_time))


def main(unused_argv):
    tf.logging.set_verbosity(tf.logging.INFO)
    if not tf.gfile.Exists(FLAGS.data_dir):
        write_images(FLAGS.data_dir)
    # Using the Winograd non-fused algorithms provides a small performance
    # boost.
    os.environ["TF_ENABLE_WINOGRAD_NONFUSED"] = "1"
    session_config = tf.ConfigProto(
        inter_op_parallelism_threads=2,
        intra_op_parallelism_threads=2,
        allow_soft_placement=True)
    run_config = tf.estimator.RunConfig(
        session_config=session_config, save_checkpoints_secs=60 * 60 * 24)
    classifier = tf.estimator.Estimator(
        model_fn=cifar10_model_fn, model_dir=FLAGS.model_dir,
        config=run_config,
        params={
            "resnet_size": FLAGS.resnet_size,
            "data_format": "channels_last",
            "batch_size": FLAGS.batch_size,
            "resnet_version": FLAGS.resnet_version,
            "loss_scale": FLAGS.loss_scale,
            "dtype": tf.float32,
        })

    started = time.time()
    for cycle in range(FLAGS.train_epochs):
        tf.logging.info("Starting cycle: %d/%d", cycle, FLAGS.train_epochs)
        hooks = [
            tf.train.LoggingTensorHook(
                tensors={"learning_rate": "learning_rate",
                         "cross_entropy": "cross_entropy",
                         "train_accuracy": "train_accuracy"},
                every_n_iter=3),
            ExamplesPerSecondHook(FLAGS.batch_size, every_n_steps=2),
            tf.train.ProfilerHook(
                save_steps=1000,
                output_dir=os.path.join(FLAGS.model_dir, "profiles")),
        ]
        classifier.train(
            input_fn=lambda: input_fn(True, FLAGS.data_dir, FLAGS.batch_size),
            hooks=hooks)
        assert hooks[1].reports >= 1
        eval_results = classifier.evaluate(
            input_fn=lambda: input_fn(False, FLAGS.data_dir,
                                      FLAGS.batch_size))
        tf.logging.info(eval_results)
    tf.logging.info("%.1f seconds", time.time() - started)

    def receiver():
        images = tf.placeholder(
            tf.float32, [FLAGS.batch_size, _HEIGHT, _WIDTH, _NUM_CHANNELS],
            "input_tensor")
        return tf.estimator.export.TensorServingInputReceiver(images, images)

    classifier.export_savedmodel(
        os.path.join(FLAGS.model_dir, "export"), receiver)


if __name__ == "__main__":
    tf.app.run(main)
