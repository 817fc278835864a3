#!/usr/bin/env bash
# Set up what the project needs on a Debian machine with Python 3.11+ and make: once, and in no time when it is there.
#   scripts/setup.sh run    the program: a virtual environment with pinned, hashed packages
#   scripts/setup.sh test   also what the tests need from the distribution: Chromium, LibreOffice Calc and Writer, poppler,
#                         Chinese fonts, strace, and axe-core from npm, by which pages are checked for accessibility
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
python=${PYTHON:-python3}

install_debian() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "需要管理员安装：apt-get install ${missing[*]}" >&2; exit 2; }
    as_root=(sudo)
  fi
  echo "安装系统软件包：${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

stamp=.venv/.installed
wanted=$(cat requirements.lock pyproject.toml | sha256sum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上" >&2; exit 2; }
  "$python" -c 'import ensurepip' 2>/dev/null || install_debian python3-venv
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  echo "安装 Python 软件包（首次约一分钟）"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  # A grammar of international addresses that the list of parts (SBOM) asks for and nothing here reads: with it, every
  # start of every command takes a second longer.
  .venv/bin/python -m pip uninstall --quiet --disable-pip-version-check --yes rfc3987-syntax
  echo "$wanted" > "$stamp"
fi
if [ "$what" = test ]; then
  install_debian chromium libreoffice-calc-nogui libreoffice-writer-nogui poppler-utils fonts-noto-cjk strace iproute2
  # axe-core, pinned with its hash. Where there is no npm, Debian's comes, with node.
  axe=.venv/accessibility
  if ! cmp -s tests/accessibility/package-lock.json "$axe/package-lock.json"; then
    command -v npm >/dev/null || install_debian npm
    mkdir -p "$axe"
    cp tests/accessibility/package.json tests/accessibility/package-lock.json "$axe/"
    npm ci --prefix "$axe" --ignore-scripts --no-audit --no-fund --silent || { rm -f "$axe/package-lock.json"; exit 2; }
  fi
fi
