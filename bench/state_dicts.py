"""A state_dict as a safetensors file, in and out: the library's own where it is installed, else these few lines."""

import json

import torch

dtypes = {"F32": torch.float32, "I64": torch.int64}


def load(path):
    try:
        from safetensors.torch import load_file

        return load_file(path)
    except ImportError:
        with open(path, "rb") as file:
            data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for key, entry in json.loads(data[8:start]).items():
        if key != "__metadata__":
            begin, end = (start + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=dtypes[entry["dtype"]])
            tensors[key] = values.reshape(entry["shape"])
    return tensors


def save(model, path):
    # One object under two names is two tensors in a file.
    tensors = {key: values.clone() for key, values in model.state_dict().items()}
    try:
        from safetensors.torch import save_file

        return save_file(tensors, path)
    except ImportError:
        header, body = {}, b""
    for key, tensor in tensors.items():
        values = tensor.contiguous().numpy().tobytes()
        kind = next(kind for kind, dtype in dtypes.items() if dtype == tensor.dtype)
        header[key] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(values)]}
        body += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + body)
