"""The repaired program of the question in NumPy, as its answer writes it: samples in columns, tanh
from raw exponentials, full-batch gradient descent on the 10 000 MNIST test images.

    python seed_program.py DATA_DIRECTORY float64|float32 EPOCHS

Prints one JSON object: seconds of the training loop, accuracy before the last update, version.
"""

import gzip
import json
import os
import sys
import time

import numpy as np


def read_idx(directory, name, offset):
    path = os.path.join(directory, name)
    opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
    with opened as file:
        return np.frombuffer(file.read(), np.uint8, offset=offset)


def tanh(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def softmax(z):
    exponentials = np.exp(z - np.max(z, axis=0))
    return exponentials / np.sum(exponentials, axis=0)


def train(x, y, hidden, epochs, learning_rate, dtype):
    rng = np.random.RandomState(0)
    w1 = (rng.randn(hidden, x.shape[1]) * 0.01).astype(dtype)
    w2 = (rng.randn(10, hidden) * 0.01).astype(dtype)
    b1 = np.zeros((hidden, 1), dtype)
    b2 = np.zeros((10, 1), dtype)
    m = x.shape[0]
    rate = dtype(learning_rate)
    inverse = dtype(1 / m)
    for _ in range(epochs):
        a1 = tanh(np.dot(w1, x.T) + b1)
        a2 = softmax(np.dot(w2, a1) + b2)
        cost = np.sum(-np.sum(y.T * np.log(a2), axis=0, keepdims=True), axis=1) / m
        dz2 = a2 - y.T
        dw2 = inverse * np.dot(dz2, a1.T)
        db2 = inverse * np.sum(dz2, axis=1, keepdims=True)
        dz1 = np.multiply(np.dot(w2.T, dz2), 1 - np.power(a1, 2))
        dw1 = inverse * np.dot(dz1, x)
        db1 = inverse * np.sum(dz1, axis=1, keepdims=True)
        w1 = w1 - dw1 * rate
        b1 = b1 - db1 * rate
        w2 = w2 - dw2 * rate
        b2 = b2 - db2 * rate
        accuracy = np.mean(np.argmax(a2, axis=0) == np.argmax(y, axis=1))
    return float(accuracy), float(cost[0])


def main():
    directory, dtype, epochs = sys.argv[1], np.dtype(sys.argv[2]).type, int(sys.argv[3])
    images = read_idx(directory, "t10k-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read_idx(directory, "t10k-labels-idx1-ubyte", 8)
    # As the question has it: the images are float32, everything else follows NumPy's promotion.
    x = images.astype(np.float32) / np.float32(255)
    y = np.eye(10, dtype=dtype)[labels]
    start = time.perf_counter()
    accuracy, cost = train(x, y, 64, epochs, 0.3, dtype)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "accuracy": accuracy, "cost": cost, "version": np.__version__}))


main()
