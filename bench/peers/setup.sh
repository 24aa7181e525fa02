#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with, into bench/.venv. The project itself needs
# none of them.
#
#   bench/peers/setup.sh            NumPy
#   bench/peers/setup.sh all        NumPy, PyTorch (CPU) and JAX
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .venv
packages=(numpy)
[ "${1:-}" = all ] && packages+=(torch jax)
.venv/bin/pip install --quiet "${packages[@]}"
.venv/bin/python -c 'import numpy; print("NumPy", numpy.__version__)'
