"""Settings of gunicorn: the garbage collector as calm as the product's."""

import gc


def post_worker_init(worker):
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
