"""Files over HTTP, whole and right or not at all; without TensorFlow."""
