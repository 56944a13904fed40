"""The size of each function's zip beside its budget; ends with 1 if one is larger.

    cargo build --profile lambda --workspace --bins
    python tests/bench/sizes.py target/lambda

Takes plain binaries (auth), and the folders that `cargo lambda build` makes (auth/bootstrap).
"""

import io
import pathlib
import re
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Cold starts load the zip. `sketches` has half a model in it.
BUDGET_MB, BUDGETS_MB = 6, {"sketches": 50}


def zipped(program):
    """Bytes of the zip that Lambda gets."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.write(program, "bootstrap")
    return len(whole.getvalue())


def main():
    folder = pathlib.Path(sys.argv[1])
    names = re.findall(r"Binary: (\w+)", (ROOT / "infra/template.yaml").read_text())
    over = False
    print(f"{'function':<14}{'MB':>7}{'zip MB':>9}{'budget':>9}")
    for name in sorted(set(names)):
        program = folder / name
        program = program / "bootstrap" if program.is_dir() else program
        size, budget = zipped(program) / 1e6, BUDGETS_MB.get(name, BUDGET_MB)
        print(f"{name:<14}{program.stat().st_size / 1e6:>7.1f}{size:>9.1f}{budget:>9}")
        over |= size > budget
    return over


if __name__ == "__main__":
    sys.exit(main())
