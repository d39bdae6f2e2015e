"""ONNX Runtime as the engine of `TextEncoder`: the same model, on the processor."""

from __future__ import annotations

import concurrent.futures

import numpy as np

from plmrec_lite.runtime import n_threads
from plmrec_lite.text.onnx_file import onnx_model
from plmrec_lite.text.pretrained import ModelError, load_tokenizer

TEXTS_AT_ONCE = 16  # of one thread: their hidden states fit its cache


class OnnxEngine:
    """Runs a model's ONNX graph; each thread works on a few texts of its own.

    Parameters
    ----------
    name : str or None; see ``model_name``
    backend : {"onnx", "onnx-int8"}

    Raises
    ------
    ModelError, ModuleNotFoundError: see ``onnx_model``; or the graph cannot be loaded
    """

    def __init__(self, name, backend):
        self.tokenizer = load_tokenizer(name)
        graph, about = onnx_model(name, backend)
        self.dimension, self.max_positions = about["dimension"], about["max_positions"]
        self._session = _session(graph, backend)

    def vectors(self, ids, poolings, normalize):
        """Return the vectors of one batch of token ids.

        Parameters
        ----------
        ids : list of B lists of int; the tokens of each text
        poolings : list of {"mean", "cls"}
        normalize : bool; scale each vector to length 1

        Returns
        -------
        float32 array (n_poolings, B, d)
        """
        shape = len(ids), max(map(len, ids))  # (B, T)
        table = np.full(shape, self.tokenizer.pad_token_id or 0, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, tokens in enumerate(ids):
            table[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {"input_ids": table, "attention_mask": mask}
        vectors = np.stack(self._session.run(poolings, inputs))  # (n_poolings, B, d)
        if normalize:
            vectors /= np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
        return vectors

    @staticmethod
    def map(run, batches):
        """Run batches side by side, one a thread, and yield what they give in their order.

        Parameters
        ----------
        run : callable of a batch
        batches : list

        Yields
        ------
        object; what ``run`` returned
        """
        if n_threads() == 1 or len(batches) < 2:
            yield from map(run, batches)
            return
        with concurrent.futures.ThreadPoolExecutor(n_threads()) as pool:
            yield from pool.map(run, batches)


def _session(graph, backend):
    """Load a graph with the operators that ONNX Runtime has, and no others."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the threads are over texts
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime raises a kind of its own for each fault
        raise ModelError(
            f"ONNX Runtime {onnxruntime.__version__} cannot load the graph of {backend!r} "
            f"({' '.join(str(error).split())[:300]}): install another version of it, or use "
            'backend="torch"'
        ) from error
