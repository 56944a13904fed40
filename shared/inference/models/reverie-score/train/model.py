"""The score transformer: the training form (whole rows) and the stepping form that is exported."""

import torch
from torch import nn
from torch.nn import functional as F


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def angles(positions, dim):
    frequency = 10000.0 ** (-torch.arange(0, dim, 2, dtype=torch.float32) / dim)
    return positions[:, None].float() * frequency


def unit(x):
    """RMS normalisation without a gain."""
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return unit(x.float()) * self.gain


class Layer(nn.Module):
    def __init__(self, m):
        super().__init__()
        self.heads, self.kv, self.dim = m["heads"], m["kv_heads"], m["head_dim"]
        width = m["width"]
        self.norm1, self.norm2 = Norm(width), Norm(width)
        self.q = nn.Linear(width, self.heads * self.dim, bias=False)
        self.k = nn.Linear(width, self.kv * self.dim, bias=False)
        self.v = nn.Linear(width, self.kv * self.dim, bias=False)
        self.o = nn.Linear(self.heads * self.dim, width, bias=False)
        self.up = nn.Linear(width, m["feed_forward"], bias=False)
        self.down = nn.Linear(m["feed_forward"], width, bias=False)

    def forward(self, x, cos, sin):
        b, t, _ = x.shape
        h = self.norm1(x)
        q = self.q(h).view(b, t, self.heads, self.dim).transpose(1, 2)
        k = self.k(h).view(b, t, self.kv, self.dim).transpose(1, 2)
        v = self.v(h).view(b, t, self.kv, self.dim).transpose(1, 2)
        q, k = rotate(unit(q.float()), cos, sin).to(v.dtype), rotate(unit(k.float()), cos, sin).to(v.dtype)
        group = self.heads // self.kv
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(b, t, -1))
        return x + self.down(F.relu(self.up(self.norm2(x))).square())

    def step(self, x, cos, sin, mask, past_k, past_v):
        """One token. x [1, width]; the cache [kv, P, dim]; returns x and the new key and value [kv, 1, dim]."""
        group = self.heads // self.kv
        h = self.norm1(x)
        q = rotate(unit(self.q(h).view(self.kv, group, self.dim)), cos, sin) * self.dim**-0.5
        k = rotate(unit(self.k(h).view(self.kv, 1, self.dim)), cos, sin)
        v = self.v(h).view(self.kv, 1, self.dim)
        # Softmax over past and present without joining the caches.
        past = q @ past_k.transpose(1, 2) + mask
        own = (q * k).sum(-1, keepdim=True)
        top = torch.maximum(past.amax(-1, keepdim=True), own)
        past, own = torch.exp(past - top), torch.exp(own - top)
        y = (past @ past_v + own * v) / (past.sum(-1, keepdim=True) + own)
        x = x + self.o(y.reshape(1, -1))
        return x + self.down(F.relu(self.up(self.norm2(x))).square()), k, v


class Score(nn.Module):
    def __init__(self, m, vocabulary):
        super().__init__()
        self.dim = m["head_dim"]
        self.embed = nn.Embedding(vocabulary, m["width"])
        self.layers = nn.ModuleList(Layer(m) for _ in range(m["layers"]))
        self.norm = Norm(m["width"])
        self.head = nn.Linear(m["width"], vocabulary, bias=False)
        nn.init.normal_(self.embed.weight, std=0.5)
        nn.init.zeros_(self.head.weight)
        for layer in self.layers:
            nn.init.zeros_(layer.o.weight)
            nn.init.zeros_(layer.down.weight)
        table = angles(torch.arange(m["context"]), self.dim)
        self.register_buffer("cos", table.cos(), persistent=False)
        self.register_buffer("sin", table.sin(), persistent=False)

    def forward(self, tokens):
        t = tokens.shape[1]
        x = unit(self.embed(tokens))
        for layer in self.layers:
            x = layer(x, self.cos[:t], self.sin[:t])
        return self.head(self.norm(x))


class Stepper(nn.Module):
    """`Score` as score.onnx: see FORMAT.md for inputs and outputs."""

    def __init__(self, score):
        super().__init__()
        self.score = score

    def forward(self, token, position, mask, *past):
        s = self.score
        x = unit(s.embed(token[0]))
        cos, sin = s.cos[position], s.sin[position]
        new = []
        for i, layer in enumerate(s.layers):
            x, k, v = layer.step(x, cos, sin, mask, past[2 * i], past[2 * i + 1])
            new += [k, v]
        return (s.head(s.norm(x)), *new)
