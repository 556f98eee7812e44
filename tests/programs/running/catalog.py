"""The programs: how each is called, and what its exports are fed.

This file and what it imports also run on Python 3.7, under TensorFlow 1.15.
"""

from tests.programs.running import feeds


class Entry:
    """How a program is run.

    Args:
        runs: Command lines: a list of arguments for each time that the program
            is started, all in the same folder.
        feed: Function of (signature name, {input: (dtype, shape)}) that returns
            what an export is fed, `{input: array}`. By default
            `feeds.numbers`, for inputs that are numbers.
        recorded_on: The version of TensorFlow that recorded it: "2.15" or
            "1.15", for programs that need `tf.contrib`.
        files: Text files that the program writes, whose numbers are compared.
    """

    def __init__(self, runs, feed=feeds.numbers, recorded_on="2.15", files=()):
        self.runs = runs
        self.feed = feed
        self.recorded_on = recorded_on
        self.files = files


PROGRAMS = {
    "deepfm": Entry(
        [
            ["--task_type=train", "--batch_norm=True"],
            ["--task_type=eval", "--batch_norm=True"],
            ["--task_type=infer", "--batch_norm=True"],
            ["--task_type=export", "--batch_norm=True"],
        ],
        files=["data/pred.txt"],
    ),
    "din": Entry([[], ["--mode=predict"]]),
    "esmm": Entry([[]], feed=feeds.shop),
    "click_sharded_ema": Entry([[]], files=["click_job/rates.txt"]),
    "xdeepfm": Entry([[], ["--eval_only"]]),
    "wide_deep_by_hand": Entry([[]], feed=feeds.census),
    "mnist": Entry(
        [["--data_dir=data", "--model_dir=model", "--export_dir=export"]]
    ),
    "resnet_cifar": Entry([["--data_dir=data", "--model_dir=model"]]),
    "text_cnn": Entry(
        [["--data_dir=data", "--job_dir=job"]],
        feed=feeds.sentences,
        files=["job/rows.json"],
    ),
    "vae_gan": Entry([["--data_dir=data", "--model_dir=model"]]),
    "bert/run_classifier": Entry(
        [
            [
                "--task_name=pairs",
                "--data_dir=data",
                "--vocab_file=bert/vocab.txt",
                "--bert_config_file=bert/bert_config.json",
                "--init_checkpoint=bert/bert_model.ckpt",
                "--output_dir=out",
                *steps,
            ]
            for steps in (["--do_train", "--do_eval"], ["--do_predict"])
        ],
        recorded_on="1.15",
        files=["out/test_results.tsv"],
    ),
    "learn_runner": Entry(
        [["--job-dir=job", "--hparams=learning_rate=0.03,train_steps=6"]],
        recorded_on="1.15",
    ),
    "tagger": Entry(
        [
            ["--data_dir=data", "--results_dir=results", "--model=" + model]
            for model in ("lstm_crf", "chars_lstm_lstm_crf")
        ],
        recorded_on="1.15",
    ),
}
