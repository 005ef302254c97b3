"""Weights both ways: python exchange.py BENCH MODEL MOLECULES OURS THEIRS

Builds PyTorch Geometric's MODEL as the bench does, writes its state_dict to THEIRS, loads OURS strictly, and prints what
the model predicts with each.
"""
import json
import sys

import torch

bench, name, molecules, ours, theirs = sys.argv[1:]
sys.path.insert(0, bench)
import pyg  # noqa: E402

dtypes = {"F32": torch.float32, "I64": torch.int64}


def load(path):
    try:
        from safetensors.torch import load_file

        return load_file(path)
    except ImportError:
        data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for key, entry in json.loads(data[8:start]).items():
        if key != "__metadata__":
            begin, end = (start + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=dtypes[entry["dtype"]])
            tensors[key] = values.reshape(entry["shape"])
    return tensors


def save(tensors, path):
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


torch.manual_seed(3)
with open(molecules, encoding="utf8") as file:
    model, forward = pyg.models[name](pyg.Molecules(json.load(file)))
with torch.no_grad():
    for parameter in model.parameters():
        # What starts at zero says nothing.
        if not parameter.any():
            parameter.uniform_(-0.1, 0.1)
    model.eval()
    # One object under two names is two tensors in a file.
    save({key: values.clone() for key, values in model.state_dict().items()}, theirs)
    answer = {"theirs": forward().tolist()}
    model.load_state_dict(load(ours), strict=True)
    answer["ours"] = forward().tolist()
print(json.dumps(answer))
