"""Cluster resolvers of programs that run without a TPU."""

import pytest
import tensorflow as tf2

import keras_estimator.compat.v1 as tf
from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import UnsupportedError

Resolver = tf.contrib.cluster_resolver.TPUClusterResolver


def test_it_is_one_class_under_two_names():
    assert Resolver is tf.distribute.cluster_resolver.TPUClusterResolver
    assert issubclass(Resolver, tf2.distribute.cluster_resolver.ClusterResolver)


@pytest.mark.parametrize("name", [None, "", "local", [""]])
def test_without_a_tpu_it_is_this_process(name, caplog):
    resolver = Resolver(name, zone="a", project="b")
    assert resolver.master() == resolver.get_master() == ""
    assert resolver.cluster_spec().as_dict() == {}
    assert resolver.get_job_name() is None
    assert resolver.num_accelerators() == {}
    assert (resolver.environment, resolver.rpc_layer) == ("", None)
    assert not caplog.text


def test_a_tpu_is_not_looked_for_and_that_is_said(caplog):
    logger = tf2.get_logger()
    logger.setLevel("WARNING")
    logger.propagate = True
    named = Resolver("my-tpu", "us-central1-b", "project", "job")
    assert "'my-tpu' is not used" in caplog.text
    assert (named.master(), named.get_job_name()) == ("", "job")
    address = Resolver(tpu=["grpc://10.0.0.2:8470"])
    assert address.get_master() == "grpc://10.0.0.2:8470"
    assert address.rpc_layer == "grpc"
    with pytest.raises(UnsupportedError, match="there is no TPU here"):
        named.get_tpu_system_metadata()


def test_a_run_config_takes_it():
    resolver = Resolver("")
    config = tf.contrib.tpu.RunConfig(cluster=resolver, master=None)
    assert config.cluster is resolver
    assert (config.master, config.evaluation_master) == ("", "")
    assert config.replace(model_dir="a").model_dir == "a"
    with pytest.raises(ArgumentTypeError, match="must be a cluster resolver"):
        tf.contrib.tpu.RunConfig(cluster="my-tpu")
    with pytest.raises(ArgumentTypeError, match="must be a `TPUConfig`"):
        tf.contrib.tpu.RunConfig(tpu_config={"num_shards": 8})
    assert "cluster=<" in repr(config)


def test_others_are_those_of_tensorflow():
    ours, theirs = (
        tf.contrib.cluster_resolver,
        tf2.distribute.cluster_resolver,
    )
    assert ours.SimpleClusterResolver is theirs.SimpleClusterResolver
    assert ours.TFConfigClusterResolver is theirs.TFConfigClusterResolver
    assert ours.UnionClusterResolver is theirs.UnionResolver
    simple = tf.distribute.cluster_resolver.SimpleClusterResolver
    assert simple is theirs.SimpleClusterResolver
