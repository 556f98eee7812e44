"""A program in the style of fine-tuning scripts for BERT, use_tpu=False."""

import os

import numpy as np

import keras_estimator.compat.v1 as tf

_WORDS, _LENGTH, _LABELS = 11, 4, 2
_STEPS, _WARM_UP = 6, 2


def create_optimizer(loss, init_lr, num_train_steps, num_warmup_steps, use_tpu):
    """Decays linearly after a warm-up; decays weights; clips gradients."""
    global_step = tf.train.get_or_create_global_step()
    rate = tf.train.polynomial_decay(
        tf.constant(init_lr), global_step, num_train_steps, 0.0, power=1.0
    )
    steps_int = tf.cast(global_step, tf.int32)
    done = tf.cast(steps_int, tf.float32) / float(num_warmup_steps)
    is_warm_up = tf.cast(steps_int < num_warmup_steps, tf.float32)
    rate = (1.0 - is_warm_up) * rate + is_warm_up * init_lr * done
    optimizer = tf.train.AdamOptimizer(rate)
    if use_tpu:
        optimizer = tf.contrib.tpu.CrossShardOptimizer(optimizer)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(loss, tvars), clip_norm=1.0)
    train_op = optimizer.apply_gradients(
        zip(grads, tvars, strict=True), global_step=global_step
    )
    return tf.group(train_op)


def model_fn_builder(init_checkpoint, use_tpu):
    def model_fn(features, labels, mode, params):
        ids = features["input_ids"]
        with tf.variable_scope("bert/embeddings"):
            table = tf.get_variable(
                "word_embeddings",
                [_WORDS, 3],
                initializer=tf.truncated_normal_initializer(stddev=0.5),
            )
            words = tf.reduce_mean(tf.nn.embedding_lookup(table, ids), axis=1)
        weights = tf.get_variable(
            "output_weights",
            initializer=tf.constant([[1.0, -1.0, 1.0], [0.0, 1.0, -1.0]]),
        )
        logits = tf.matmul(words, weights, transpose_b=True)
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.contrib.tpu.TPUEstimatorSpec(
                mode=mode,
                predictions={"probabilities": tf.nn.softmax(logits)},
                scaffold_fn=None,
            )
        one_hot = tf.one_hot(features["label_ids"], depth=_LABELS)
        per_example = -tf.reduce_sum(
            one_hot * tf.nn.log_softmax(logits), axis=-1
        )
        loss = tf.reduce_mean(per_example)

        scaffold_fn = None
        if init_checkpoint:
            (variable,) = (
                v
                for v in tf.trainable_variables()
                if v.name == "bert/embeddings/word_embeddings:0"
            )
            assignment = {"words": variable}
            if use_tpu:

                def scaffold_fn():
                    tf.train.init_from_checkpoint(init_checkpoint, assignment)
                    return tf.train.Scaffold()
            else:
                tf.train.init_from_checkpoint(init_checkpoint, assignment)

        if mode == tf.estimator.ModeKeys.TRAIN:
            train_op = create_optimizer(loss, 0.1, _STEPS, _WARM_UP, use_tpu)
            return tf.contrib.tpu.TPUEstimatorSpec(
                mode=mode,
                loss=loss,
                train_op=train_op,
                scaffold_fn=scaffold_fn,
            )

        def metric_fn(per_example_loss, label_ids, logits, is_real_example):
            predictions = tf.argmax(logits, axis=-1, output_type=tf.int32)
            accuracy = tf.metrics.accuracy(
                labels=label_ids,
                predictions=predictions,
                weights=is_real_example,
            )
            mean = tf.metrics.mean(
                values=per_example_loss, weights=is_real_example
            )
            return {"eval_accuracy": accuracy, "eval_loss": mean}

        real = tf.cast(features["is_real_example"], dtype=tf.float32)
        return tf.contrib.tpu.TPUEstimatorSpec(
            mode=mode,
            loss=loss,
            eval_metrics=(
                metric_fn,
                [per_example, features["label_ids"], logits, real],
            ),
            scaffold_fn=scaffold_fn,
        )

    return model_fn


def input_fn_builder(path, is_training, drop_remainder):
    schema = {
        "input_ids": tf.FixedLenFeature([_LENGTH], tf.int64),
        "label_ids": tf.FixedLenFeature([], tf.int64),
        "is_real_example": tf.FixedLenFeature([], tf.int64),
    }

    def decode(record):
        example = tf.parse_single_example(record, schema)
        return {k: tf.cast(v, tf.int32) for k, v in example.items()}

    def input_fn(params):
        records = tf.data.TFRecordDataset(path)
        if is_training:
            records = records.repeat().shuffle(buffer_size=10, seed=5)
        return records.apply(
            tf.data.experimental.map_and_batch(
                decode,
                batch_size=params["batch_size"],
                drop_remainder=drop_remainder,
            )
        )

    return input_fn


def write_examples(path):
    def ints(*values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    with tf.python_io.TFRecordWriter(path) as writer:
        for i in range(10):
            feature = {
                "input_ids": ints(*((i * k) % _WORDS for k in range(_LENGTH))),
                "label_ids": ints(i % _LABELS),
                "is_real_example": ints(int(i < 9)),
            }
            example = tf.train.Example(
                features=tf.train.Features(feature=feature)
            )
            writer.write(example.SerializeToString())


def write_checkpoint(path):
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.get_variable(
            "words", [_WORDS, 3], initializer=tf.zeros_initializer()
        )
        session.run(words.initializer)
        return tf.train.Saver([words]).save(session, path)


def make_estimator(folder, use_tpu):
    start = write_checkpoint(str(folder / "start.ckpt"))
    resolver = tf.contrib.cluster_resolver.TPUClusterResolver(
        "", zone=None, project=None
    )
    is_per_host = tf.contrib.tpu.InputPipelineConfig.PER_HOST_V2
    run_config = tf.contrib.tpu.RunConfig(
        cluster=resolver,
        master=None,
        model_dir=str(folder / "model"),
        save_checkpoints_steps=3,
        tf_random_seed=1,
        tpu_config=tf.contrib.tpu.TPUConfig(
            iterations_per_loop=3,
            num_shards=8,
            per_host_input_for_training=is_per_host,
        ),
    )
    return tf.contrib.tpu.TPUEstimator(
        use_tpu=use_tpu,
        model_fn=model_fn_builder(start, use_tpu),
        config=run_config,
        train_batch_size=4,
        eval_batch_size=4,
        predict_batch_size=4,
    )


def test_it_trains_evaluates_and_predicts(tmp_path):
    records = str(tmp_path / "examples.tf_record")
    write_examples(records)
    estimator = make_estimator(tmp_path, use_tpu=False)
    estimator.train(
        input_fn_builder(records, is_training=True, drop_remainder=True),
        max_steps=_STEPS,
    )
    read = input_fn_builder(records, is_training=False, drop_remainder=False)
    result = estimator.evaluate(input_fn=read, steps=None)
    names = ["eval_accuracy", "eval_loss", "global_step", "loss"]
    assert sorted(result) == names
    assert result["global_step"] == _STEPS
    # It began with words of zeros: log(2).
    assert 0.0 < result["eval_loss"] < 0.69
    rows = [row["probabilities"] for row in estimator.predict(read)]
    assert len(rows) == 10
    assert rows[0].shape == (_LABELS,)
    slots = [n for n in estimator.get_variable_names() if "Adam" in n]
    assert "bert/embeddings/word_embeddings/Adam" in slots
    assert os.path.exists(tmp_path / "model" / "model.ckpt-3.index")


def test_its_branches_for_tpus_run(tmp_path):
    """A scaffold_fn, and an optimizer for several shards."""
    records = str(tmp_path / "examples.tf_record")
    write_examples(records)
    estimator = make_estimator(tmp_path, use_tpu=True)
    losses = []

    class Losses(tf.train.SessionRunHook):
        def before_run(self, run_context):
            _, loss = run_context.original_args.fetches
            return tf.train.SessionRunArgs(loss)

        def after_run(self, run_context, run_values):
            losses.append(run_values.results)

    read = input_fn_builder(records, is_training=True, drop_remainder=True)
    estimator.train(read, steps=2, hooks=[Losses()])
    np.testing.assert_allclose(losses[0], np.log(2), rtol=1e-6)
