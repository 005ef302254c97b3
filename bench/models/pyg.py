"""The peer: PyTorch Geometric's own SchNet, DimeNet, NNConv and PNA on the batch it is given.

Started once by bench/models/main.ts, it reads one JSON object a line on stdin and answers one a line on stdout:
  {"load": "batch.json"}             the molecules of the batch
  {"model": "schnet", "threads": 2}  build it (default initialisation, Adam 1e-3)
  {"steps": 3}                       train that many steps; answers their seconds
  {"launches": true}                 kernels of one training step, from the torch profiler
Graphs are handed to the models ready made (the time to search neighbours is not counted, on neither side).
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric.nn import (
    BatchNorm,
    DimeNet,
    NNConv,
    PNAConv,
    SchNet,
    Set2Set,
    global_add_pool,
)
from torch_geometric.nn.models import dimenet as dimenet_module


class Molecules:
    """The batch as PyG wants it: everything concatenated, molecule by molecule."""

    def __init__(self, data):
        molecules = data["molecules"]
        self.size = len(molecules)
        z, positions, owner, offset = [], [], [], 0
        complete, bonds, orders, types = [], [], [], []
        for index, molecule in enumerate(molecules):
            n = len(molecule["z"])
            z += molecule["z"]
            types += molecule.get("types", [0] * n)
            positions += molecule.get("positions", [[0.0, 0.0, 0.0]] * n)
            owner += [index] * n
            complete += [(offset + j, offset + i) for i in range(n) for j in range(n) if i != j]
            for a, b, order in molecule["bonds"]:
                bonds += [(offset + a, offset + b), (offset + b, offset + a)]
                orders += [order, order]
            offset += n
        self.z = torch.tensor(z)
        self.types = torch.tensor(types)
        self.positions = torch.tensor(positions)
        self.owner = torch.tensor(owner)
        self.complete = torch.tensor(complete).t().contiguous()
        self.bonds = torch.tensor(bonds).t().contiguous()
        self.orders = torch.tensor(orders)
        self.y = torch.tensor([molecule["y"] for molecule in molecules], dtype=torch.float32)

    def within(self, cutoff):
        row, column = self.complete
        near = (self.positions[row] - self.positions[column]).norm(dim=-1) < cutoff
        return self.complete[:, near]


def triplets_of(edges, atoms):
    """Every k -> j -> i with k != i, as PyG's DimeNet orders them."""
    source, target = edges.tolist()
    into = [[] for _ in range(atoms)]
    for e, i in enumerate(target):
        into[i].append(e)
    rows = []
    for e, (j, i) in enumerate(zip(source, target)):
        rows += [(i, j, source[f], f, e) for f in into[j] if source[f] != i]
    index = torch.tensor(rows).t()
    return target_source(edges) + tuple(index)


def target_source(edges):
    return edges[1], edges[0]


def schnet(batch):
    edges = batch.within(10.0)

    def graph(positions, _owner):
        return edges, (positions[edges[0]] - positions[edges[1]]).norm(dim=-1)

    model = SchNet(interaction_graph=graph)
    return model, lambda: model(batch.z, batch.positions, batch.owner).view(-1)


def dimenet(batch):
    edges = batch.within(5.0)
    triplets = triplets_of(edges, len(batch.z))
    dimenet_module.radius_graph = lambda *_args, **_options: edges
    dimenet_module.triplets = lambda *_args, **_options: triplets
    model = DimeNet(128, 1, 6, 8, 7, 6)
    return model, lambda: model(batch.z, batch.positions, batch.owner).view(-1)


class NNConvNet(nn.Module):
    """The network of PyG's QM9 example with NNConv, dim 64."""

    def __init__(self, features=11, dim=64):
        super().__init__()
        self.lin0 = nn.Linear(features, dim)
        edge_network = nn.Sequential(nn.Linear(5, 128), nn.ReLU(), nn.Linear(128, dim * dim))
        self.conv = NNConv(dim, dim, edge_network, aggr="mean")
        self.gru = nn.GRU(dim, dim)
        self.set2set = Set2Set(dim, processing_steps=3)
        self.lin1 = nn.Linear(2 * dim, dim)
        self.lin2 = nn.Linear(dim, 1)

    def forward(self, x, edges, edge_attributes, owner):
        out = F.relu(self.lin0(x))
        state = out.unsqueeze(0)
        for _ in range(3):
            message = F.relu(self.conv(out, edges, edge_attributes))
            out, state = self.gru(message.unsqueeze(0), state)
            out = out.squeeze(0)
        return self.lin2(F.relu(self.lin1(self.set2set(out, owner)))).view(-1)


def nnconv(batch):
    atoms = len(batch.z)
    kinds = torch.tensor([1, 6, 7, 8, 9])
    hydrogens = torch.zeros(atoms)
    row, column = batch.bonds
    hydrogens.index_add_(0, column, (batch.z[row] == 1).float())
    zeros = torch.zeros(atoms, 4)
    x = torch.cat([(batch.z[:, None] == kinds).float(), batch.z[:, None].float(), zeros, hydrogens[:, None]], dim=1)
    edges = batch.complete
    order = torch.zeros(atoms, atoms, dtype=torch.long)
    order[row, column] = batch.orders
    kind = order[edges[0], edges[1]]
    features = torch.zeros(edges.shape[1], 5)
    bonded = kind > 0
    features[bonded, kind[bonded] - 1] = 1.0
    features[:, 4] = (batch.positions[edges[0]] - batch.positions[edges[1]]).norm(dim=-1)
    model = NNConvNet()
    return model, lambda: model(x, edges, features, batch.owner)


class PNANet(nn.Module):
    """The network of PyG's ZINC example with PNA, its names, 28 atom types."""

    def __init__(self, degrees):
        super().__init__()
        self.node_emb = nn.Embedding(28, 75)
        self.edge_emb = nn.Embedding(4, 50)
        self.convs, self.batch_norms = nn.ModuleList(), nn.ModuleList()
        for _ in range(4):
            self.convs.append(
                PNAConv(75, 75, ["mean", "min", "max", "std"], ["identity", "amplification", "attenuation"], degrees,
                        edge_dim=50, towers=5, pre_layers=1, post_layers=1, divide_input=False)
            )
            self.batch_norms.append(BatchNorm(75))
        self.mlp = nn.Sequential(nn.Linear(75, 50), nn.ReLU(), nn.Linear(50, 25), nn.ReLU(), nn.Linear(25, 1))

    def forward(self, x, edges, bonds, owner):
        x, bonds = self.node_emb(x), self.edge_emb(bonds)
        for layer, norm in zip(self.convs, self.batch_norms):
            x = F.relu(norm(layer(x, edges, bonds)))
        return self.mlp(global_add_pool(x, owner)).view(-1)


def pna(batch):
    degree = torch.bincount(batch.bonds[1], minlength=len(batch.types))
    model = PNANet(torch.bincount(degree))
    return model, lambda: model(batch.types, batch.bonds, batch.orders, batch.owner)


models = {"schnet": schnet, "dimenet": dimenet, "nnconv": nnconv, "pna": pna}
views = {"aten::view", "aten::reshape", "aten::t", "aten::transpose", "aten::expand", "aten::as_strided", "aten::slice",
         "aten::unsqueeze", "aten::squeeze", "aten::select", "aten::detach", "aten::empty", "aten::empty_like",
         "aten::empty_strided", "aten::permute", "aten::unbind", "aten::narrow", "aten::alias", "aten::view_as",
         "aten::result_type", "aten::resize_", "aten::unfold", "aten::split", "aten::chunk", "aten::lift_fresh",
         "aten::is_nonzero", "aten::item", "aten::_local_scalar_dense", "aten::to", "aten::set_"}


def launches(step):
    """Operators of one step that compute (leaves of the profiler's tree that are not views or allocations)."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        step()
    events = [e for e in profile.events() if e.name.startswith("aten::")]
    return sum(1 for e in events if e.name not in views and not any(c.name.startswith("aten::") and c.name not in views for c in e.cpu_children))


def main():
    batch, step = None, None
    for line in sys.stdin:
        ask = json.loads(line)
        if "load" in ask:
            with open(ask["load"], encoding="utf8") as file:
                batch = Molecules(json.load(file))
            answer = {"atoms": len(batch.z), "torch": torch.__version__}
        elif "model" in ask:
            torch.set_num_threads(ask["threads"])
            torch.manual_seed(42)
            model, forward = models[ask["model"]](batch)
            optimiser = torch.optim.Adam(model.parameters(), 1e-3)

            def step():
                optimiser.zero_grad()
                loss = F.mse_loss(forward(), batch.y)
                loss.backward()
                optimiser.step()

            answer = {"parameters": sum(p.numel() for p in model.parameters())}
        elif "steps" in ask:
            seconds = []
            for _ in range(ask["steps"]):
                began = time.perf_counter()
                step()
                seconds.append(time.perf_counter() - began)
            answer = {"seconds": seconds, "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        else:
            answer = {"launches": launches(step)}
        print(json.dumps(answer), flush=True)


main()
