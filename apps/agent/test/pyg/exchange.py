"""Weights both ways: python exchange.py BENCH MODEL MOLECULES OURS THEIRS

Builds PyTorch Geometric's MODEL as the bench does, writes its state_dict to THEIRS, loads OURS strictly, and prints what
the model predicts with each.
"""
import json
import os
import sys

import torch

bench, name, molecules, ours, theirs = sys.argv[1:]
sys.path[:0] = [os.path.join(bench, ".."), bench]
import pyg  # noqa: E402
import state_dicts  # noqa: E402

torch.manual_seed(3)
with open(molecules, encoding="utf8") as file:
    model, forward = pyg.models[name](pyg.Molecules(json.load(file)))
with torch.no_grad():
    for parameter in model.parameters():
        # What starts at zero says nothing.
        if not parameter.any():
            parameter.uniform_(-0.1, 0.1)
    model.eval()
    state_dicts.save(model, theirs)
    answer = {"theirs": forward().tolist()}
    model.load_state_dict(state_dicts.load(ours), strict=True)
    answer["ours"] = forward().tolist()
print(json.dumps(answer))
