"""Let a coverage-guided fuzzer (atheris, that is libFuzzer) look for an input that upsets a reader of replies.

    python tests/fuzz/run.py --seconds 60           look for so long
    python tests/fuzz/run.py .fuzz/crash-1a2b3c     run one input again

An input that raises is written to a file and told in one line, and the exit code is 1. One that takes over a minute or
over two gigabytes is libFuzzer's to report, with a code of its own. What was found on the way is kept in ``.fuzz/``.
"""

import argparse
import hashlib
import os
import sys
import traceback
from pathlib import Path

FOLDER = Path(".fuzz")
INSTRUMENTED = ["autograder", "nbformat"]


def main() -> None:
    """Fuzz, or run again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="how long to look (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="where to begin; 0 takes another place each time")
    parser.add_argument("inputs", nargs="*", type=Path, help="inputs to run again")
    options = parser.parse_args()
    if options.inputs:
        import fuzz_target

        for path in options.inputs:
            fuzz_target.one_input(path.read_bytes())
            print(f"{path}: no crash")
        return
    fuzz(options.seconds, options.seed)


def fuzz(seconds: int, seed: int) -> None:
    """Look for a crash; libFuzzer ends the process."""
    try:
        import atheris
    except ImportError:
        sys.exit(
            "make fuzz needs atheris, which is not to be had for this Python or platform: take Linux on x86-64 with "
            "'make fuzz PYTHON=python3.12', or run the seeds alone with 'make test TESTS=tests/fuzz'."
        )
    with atheris.instrument_imports(include=INSTRUMENTED):
        import fuzz_target

    corpus = FOLDER / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for data in fuzz_target.seeds():
        (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
    tokens = FOLDER / "tokens.dict"
    tokens.write_text("".join(f'"{_escaped(token)}"\n' for token in fuzz_target.TOKENS), encoding="ascii")

    def one_input(data: bytes) -> None:
        try:
            fuzz_target.one_input(data)
        except BaseException as error:
            _tell(data, error)

    flags = ["-max_len=4096", "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1"]
    flags += [f"-max_total_time={seconds}", f"-seed={seed}", f"-dict={tokens}", f"-artifact_prefix={FOLDER}/"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], one_input)
    atheris.Fuzz()


def _tell(data: bytes, error: BaseException) -> None:
    path = FOLDER / f"crash-{hashlib.sha1(data).hexdigest()[:12]}"
    path.write_bytes(data)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    text = " ".join(str(error).split())[:200]
    print(f"\nCRASH {type(error).__name__} in {where}: {text!r}; the input is in {path}", file=sys.stderr, flush=True)
    # libFuzzer would report it a second time, over a page.
    os._exit(1)


def _escaped(token: str) -> str:
    return token.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
