"""The peer's side of one cell: python pyg.py JOB.json

PyTorch Geometric's SchNet, or the network of its QM9 example with NNConv, trained by torch on the molecules, from the
weights and in the order of the job; writes what the validation molecules say after each epoch.
"""

import json
import os
import re
import sys
import time

import numpy
import torch
import torch.nn.functional as F
import torch_geometric
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import NNConv, SchNet, Set2Set

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import state_dicts  # noqa: E402

first_steps = 10


class NNConvNet(nn.Module):
    """PyG's QM9 example, with its sizes as arguments."""

    def __init__(self, dim, edge_hidden, num_steps, processing_steps):
        super().__init__()
        self.num_steps = num_steps
        self.lin0 = nn.Linear(11, dim)
        edge_network = nn.Sequential(nn.Linear(5, edge_hidden), nn.ReLU(), nn.Linear(edge_hidden, dim * dim))
        self.conv = NNConv(dim, dim, edge_network, aggr="mean")
        self.gru = nn.GRU(dim, dim)
        self.set2set = Set2Set(dim, processing_steps=processing_steps)
        self.lin1 = nn.Linear(2 * dim, dim)
        self.lin2 = nn.Linear(dim, 1)

    def forward(self, batch):
        out = F.relu(self.lin0(batch.x))
        state = out.unsqueeze(0)
        for _ in range(self.num_steps):
            message = F.relu(self.conv(out, batch.edge_index, batch.edge_attr))
            out, state = self.gru(message.unsqueeze(0), state)
            out = out.squeeze(0)
        return self.lin2(F.relu(self.lin1(self.set2set(out, batch.batch)))).view(-1)


class SchNetNet(SchNet):
    """PyG's SchNet on edges found beforehand (every pair nearer than the cutoff)."""

    def __init__(self, **arguments):
        super().__init__(interaction_graph=self.found, **arguments)

    def found(self, positions, _owner):
        row, column = self.edges
        return self.edges, (positions[row] - positions[column]).norm(dim=-1)

    def forward(self, batch):
        self.edges = batch.edge_index
        return super().forward(batch.z, batch.pos, batch.batch).view(-1)


def pairs(n):
    index = torch.arange(n)
    row, column = index.repeat_interleave(n), index.repeat(n)
    apart = row != column
    return torch.stack([row[apart], column[apart]])


def nnconv_data(z, positions, bonds, y):
    n = len(z)
    order = torch.zeros(n, n, dtype=torch.long)
    if bonds:
        a, b, kind = torch.tensor(bonds).t()
        order[a, b] = order[b, a] = kind
    hydrogens = (order[:, z == 1] > 0).sum(dim=1).float()
    kinds = torch.tensor([1, 6, 7, 8, 9])
    x = torch.cat([(z[:, None] == kinds).float(), z[:, None].float(), torch.zeros(n, 4), hydrogens[:, None]], dim=1)
    edges = pairs(n)
    bond = order[edges[0], edges[1]]
    attributes = torch.cat([F.one_hot(bond, 5)[:, 1:].float(), distances(positions, edges)[:, None]], dim=1)
    return Data(x=x, edge_index=edges, edge_attr=attributes, y=y)


def schnet_data(cutoff):
    def data(z, positions, _bonds, y):
        edges = pairs(len(z))
        near = distances(positions, edges) < cutoff
        return Data(z=z, pos=positions, edge_index=edges[:, near], y=y)

    return data


def distances(positions, edges):
    return (positions[edges[0]] - positions[edges[1]]).norm(dim=-1)


def read(path, graph):
    with open(path, encoding="utf8") as file:
        for line in file:
            molecule = json.loads(line)
            yield graph(
                torch.tensor(molecule["z"]),
                torch.tensor(molecule["positions"]),
                molecule["bonds"],
                torch.tensor([molecule["y"]]),
            )


def snake(options):
    return {re.sub("[A-Z]", lambda match: "_" + match[0].lower(), name): value for name, value in options.items()}


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1], encoding="utf8") as file:
        job = json.load(file)
    options = snake(job["options"])
    model = NNConvNet(**options) if job["model"] == "nnconv" else SchNetNet(**options)
    model.load_state_dict(state_dicts.load(job["weights"]), strict=True)
    graph = nnconv_data if job["model"] == "nnconv" else schnet_data(options["cutoff"])
    data = list(read(job["molecules"], graph))
    train, validation = data[: job["train"]], data[job["train"] :]
    mean, std = job["mean"], job["std"]
    orders = numpy.fromfile(job["order"], dtype="<u4").reshape(job["epochs"], len(train))
    optimiser = torch.optim.Adam(model.parameters(), job["learningRate"])

    def batches(molecules, size):
        for first in range(0, len(molecules), size):
            yield Batch.from_data_list(molecules[first : first + size])

    @torch.no_grad()
    def mean_absolute_error():
        model.eval()
        total = sum((model(batch) * std + mean - batch.y).abs().sum().item() for batch in batches(validation, 100))
        model.train()
        return total / len(validation)

    began = time.perf_counter()
    steps = job["epochs"] * -(-len(train) // job["batch"])
    step, losses, errors = 0, [], []
    for order in orders:
        for batch in batches([train[k] for k in order], job["batch"]):
            for group in optimiser.param_groups:
                group["lr"] = job["learningRate"] * (1 - step / steps)
            optimiser.zero_grad()
            loss = F.mse_loss(model(batch), (batch.y - mean) / std)
            loss.backward()
            optimiser.step()
            step += 1
            if len(losses) < first_steps:
                losses.append(loss.item())
        errors.append(mean_absolute_error())
        print(
            f"{job['model']}, seed {job['seed']}, PyG: epoch {len(errors)} of {job['epochs']}, "
            f"validation MAE {errors[-1]:.4f}",
            file=sys.stderr,
            flush=True,
        )
    result = {
        "cell": {key: job[key] for key in ("model", "seed", "epochs", "batch", "learningRate")},
        "side": "pyg",
        "made": f"torch-geometric {torch_geometric.__version__}, torch {torch.__version__}",
        "validationMae": errors,
        "losses": losses,
        "seconds": time.perf_counter() - began,
    }
    with open(job["out"], "w", encoding="utf8") as file:
        file.write(json.dumps(result, indent=2) + "\n")


main()
