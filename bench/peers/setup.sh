#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with, into bench/.venv. The project itself needs
# none of them.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .venv
.venv/bin/pip install --quiet numpy
.venv/bin/python -c 'import numpy; print("NumPy", numpy.__version__)'
