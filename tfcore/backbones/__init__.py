"""Pretrained networks, frozen and ready for gradients with respect to the image.

``loading.load`` and ``loading.cached`` are the way in; both give a ``backbone.Backbone``.
"""

import os

# Keras picks its backend when it is first imported, from a file in the user's home that another
# project may have set to JAX or PyTorch; these networks are TensorFlow's whatever it says.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
