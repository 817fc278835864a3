#!/usr/bin/env bash
# 离线安装保密监管风险研判平台。不联网：只用本文件夹里的软件包，每一个都核对哈希值。
#   ./install.sh                             装到 /opt/oversight，数据目录 /srv/oversight，登记系统服务（需管理员）
#   ./install.sh --prefix 目录 --no-services  只装程序，不建用户，不登记服务
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
prefix=/opt/oversight home=/srv/oversight services=yes
say() { echo "$*"; }
stop() { echo "安装停止：$*" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?缺目录}; shift 2 ;;
    --home) home=${2:?缺目录}; shift 2 ;;
    --no-services) services=no; shift ;;
    *) stop "不认识的选项 $1；可用 --prefix、--home、--no-services" ;;
  esac
done

say "一、核对安装包"
(cd "$here" && sha256sum --check --quiet --strict SHA256SUMS) || stop "文件有缺失或者改动，请重新拷贝安装包"

say "二、检查这台机器"
case $(uname -m) in x86_64 | aarch64) ;; *) stop "只支持 x86_64 和 aarch64，本机是 $(uname -m)" ;; esac
python=
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
  command -v "$candidate" >/dev/null || continue
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || stop "需要 Python 3.11、3.12 或 3.13；装好后可用 PYTHON=路径 指明"
"$python" -c 'import ensurepip, venv' 2>/dev/null || stop "$python 缺少 venv（Debian：python3-venv）"
[ "$services" = no ] || [ "$(id -u)" -eq 0 ] || stop "登记服务需要管理员（root）；只装程序请加 --no-services"

say "三、安装程序到 $prefix"
mkdir -p "$prefix"
# 装在旁边，装好再换上：中途失败，原来的仍可用。
rm -rf "$prefix/venv.new"
"$python" -m venv "$prefix/venv.new"
for lock in requirements.run.lock oversight.lock; do
  "$prefix/venv.new/bin/python" -m pip --isolated install --quiet --disable-pip-version-check --no-cache-dir --no-index \
    --find-links "$here/wheels" --only-binary :all: --no-deps --require-hashes -r "$here/$lock" || stop "软件包安装失败（$lock）"
done
rm -rf "$prefix/venv.old"
[ ! -d "$prefix/venv" ] || mv "$prefix/venv" "$prefix/venv.old"
mv "$prefix/venv.new" "$prefix/venv"
# 虚拟环境里的命令写有自己的位置，换名后改过来。
grep -rlIF "$prefix/venv.new" "$prefix/venv/bin" | while read -r file; do sed -i "s#$prefix/venv.new#$prefix/venv#g" "$file"; done
rm -rf "$prefix/venv.old"

say "四、字体和手册"
mkdir -p "$prefix/fonts" "$prefix/manuals"
cp "$here"/fonts/* "$prefix/fonts/"
cp "$here"/manuals/* "$prefix/manuals/"
if ! ls "$prefix"/fonts/*.[to]t[fc] >/dev/null 2>&1 && ! fc-list :lang=zh 2>/dev/null | grep -q .; then
  say "  没有中文字体，暂不能出 PDF：请看 $prefix/fonts/说明.txt"
fi

if [ "$services" = yes ]; then
  say "五、登记服务"
  id oversight >/dev/null 2>&1 || useradd --system --home-dir "$home" --shell /usr/sbin/nologin oversight
  install -d -o oversight -g oversight -m 0750 "$home" "$home/inbox" /var/backups/oversight
  install -d -m 0755 /etc/oversight
  [ -f /etc/oversight/oversight.env ] || sed -e "s#@HOME@#$home#" -e "s#@PREFIX@#$prefix#" "$here/systemd/oversight.env" > /etc/oversight/oversight.env
  for unit in "$here"/systemd/*.service "$here"/systemd/*.timer; do
    sed -e "s#@HOME@#$home#g" -e "s#@PREFIX@#$prefix#g" "$unit" > "/etc/systemd/system/$(basename "$unit")"
  done
  ln -sf "$prefix/venv/bin/oversight" /usr/local/bin/oversight
  systemctl daemon-reload
  say "  启用：systemctl enable --now oversight-web oversight-watch oversight-build.timer oversight-backup.timer"
fi
say "安装完成：$("$prefix/venv/bin/python" -c 'from importlib.metadata import version; print(version("oversight"))') 版。手册在 $prefix/manuals"
