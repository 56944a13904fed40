"""Rewrites the [[files]] entries of a model.toml with the checksums and sizes of the files as they are.

python seal.py [PACKAGE_FOLDER]
"""

import hashlib
import sys
from pathlib import Path

FILES = ["vocab.json", "pieces.txt", "prompt.onnx", "score.onnx", "bank.sf3", "bank.sf2"]


def seal(package):
    manifest = package / "model.toml"
    head = manifest.read_text().split("[[files]]")[0].rstrip() + "\n"
    entries = []
    for name in FILES:
        path = package / name
        if path.exists():
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            entries.append(f'\n[[files]]\nname = "{name}"\nsha256 = "{digest}"\nbytes = {len(data)}\n')
    manifest.write_text(head + "".join(entries))
    return len(entries)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    print(seal(folder), "files sealed")
