#!/usr/bin/env bash
# Installs the peers that the benchmarks compare with: those in Python into bench/.venv, those in
# JavaScript into bench/peers/node_modules. The project itself needs none of them; a peer that cannot
# be had is skipped by the benchmarks.
set -uo pipefail
cd "$(dirname "$0")"

install_python() {
  ../.venv/bin/pip install --quiet "$@" || echo "no $1: it is left out of the benchmarks" >&2
}

python3 -m venv ../.venv
install_python numpy==2.4.6
install_python torch==2.13.0
install_python jax==0.10.2
npm ci --no-audit --no-fund --silent || echo "no peers in JavaScript: they are left out" >&2
