#!/usr/bin/env bash
# Make .venv and install a lock file into it; silent when that is already so.
#
#   deploy/venv.sh [runtime|dev|bench]
#
# PYTHON names the interpreter to use; otherwise the newest known one that can do the work is taken.
# Where packages come from is this machine's own pip configuration; nothing here names a place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

profile="${1:-runtime}"
case "$profile" in
    runtime) lock=requirements.txt ;;
    dev) lock=requirements-dev.txt ;;
    bench) lock=requirements-bench.txt ;;
    *) echo "usage: deploy/venv.sh [runtime|dev|bench]" >&2; exit 2 ;;
esac

venv_python=.venv/bin/python
stamp=.venv/installed-locks
log=.venv/install.log

# What an inherited shell may carry would install elsewhere or hide what is missing.
unset PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_ROOT
export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*"; }

fail() { # English sentence, Chinese sentence
    printf '\n%s\n%s\n' "$1" "$2" >&2
    exit 1
}

sha256() {
    "$venv_python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
}

venv_works() {
    [ -x "$venv_python" ] && "$venv_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

is_installed() {
    [ -f "$stamp" ] && grep -qxF "$profile $(sha256 "$lock")" "$stamp"
}

if venv_works && is_installed; then
    exit 0
fi

check_folder() {
    local probe=".writable.$$"
    if ! (: >"$probe") 2>/dev/null; then
        fail "This folder cannot be written to: $PWD. Copy the project to a folder of your own." \
            "没有写入权限：$PWD。请把项目复制到自己的文件夹。"
    fi
    rm -f "$probe"
}

# Prints the version and which of venv, ensurepip and pip the interpreter has; fails when it does not run.
probe_python() {
    "$1" -c 'import sys
from importlib.util import find_spec
names = [name for name in ("venv", "ensurepip", "pip") if find_spec(name)]
print("%d.%d.%d" % sys.version_info[:3], *names)' 2>/dev/null
}

find_python() {
    local candidates candidate answer version modules major minor
    local too_old="" no_venv="" no_pip=""
    candidates=("${PYTHON:-python3.13}")
    [ -n "${PYTHON:-}" ] || candidates+=(python3.12 python3.11 python3)
    for candidate in "${candidates[@]}"; do
        answer="$(probe_python "$candidate")" || continue
        read -r version modules <<<"$answer"
        IFS=. read -r major minor _ <<<"$version"
        if [ "$major" -lt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -lt 11 ]; }; then
            too_old="$version"
        elif [[ " $modules " != *" venv "* ]]; then
            no_venv="$version"
        elif [[ "$modules" != *pip* ]] && ! command -v pip3 >/dev/null && ! command -v pip >/dev/null; then
            no_pip="$version"
        else
            python="$candidate" python_version="$version" python_modules=" $modules "
            return
        fi
    done
    [ -z "$no_pip" ] || fail \
        "Python $no_pip has no pip. On Debian or Ubuntu: apt install python3-pip. Elsewhere: python3 -m ensurepip --user." \
        "Python $no_pip 缺少 pip。Debian/Ubuntu 请运行：apt install python3-pip。"
    [ -z "$no_venv" ] || fail \
        "Python $no_venv has no venv module. On Debian or Ubuntu: apt install python3-venv." \
        "Python $no_venv 缺少 venv 模块。Debian/Ubuntu 请运行：apt install python3-venv。"
    [ -z "$too_old" ] || fail \
        "Zhixing needs Python 3.11 or newer; this machine has $too_old. Install a newer one, or name it: PYTHON=/path/to/python3.11 make demo" \
        "知行需要 Python 3.11 或更高版本，本机为 $too_old。请先升级，或指定：PYTHON=/path/to/python3.11 make demo"
    fail "Zhixing needs Python 3.11 or newer and found none. On Debian 12: apt install python3 python3-pip." \
        "没有找到 Python 3.11 或更高版本。Debian 12 请运行：apt install python3 python3-pip。"
}

make_venv() {
    # Debian splits ensurepip from Python; then the machine's own pip installs into the environment.
    if [[ "$python_modules" == *" ensurepip "* ]] && "$python" -m venv --clear .venv >/dev/null 2>&1; then
        return
    fi
    "$python" -m venv --clear --without-pip .venv || fail \
        "The environment .venv could not be made with Python $python_version; the reason is above." \
        "无法建立环境 .venv，原因见上。"
}

use_pip() { # command and arguments
    pip=("$@")
    "${pip[@]}" --version >/dev/null 2>&1
}

choose_pip() {
    use_pip "$venv_python" -m pip && return
    [ -n "${python:-}" ] || find_python
    use_pip "$python" -m pip --python "$venv_python" && return
    use_pip pip3 --python "$venv_python" && return
    use_pip pip --python "$venv_python" && return
    fail "No pip that can install into .venv was found (22.3 or newer). On Debian or Ubuntu: apt install python3-pip." \
        "没有找到可用的 pip（22.3 或更高）。Debian/Ubuntu 请运行：apt install python3-pip。"
}

# Reads pip's report, keeps it in the log and turns it into one line that moves.
show_progress() {
    local total="$1" done=0 line
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        case "$line" in
            Collecting* | "Requirement already satisfied"* | Ignoring*) done=$((done + 1)) ;;
            *) continue ;;
        esac
        if [ -t 1 ] && [ "$done" -le "$total" ]; then
            printf '\r3/3 Installing packages · 安装依赖 %d/%d' "$done" "$total"
        fi
    done
}

install_lock() {
    local total
    total="$(grep -c '^[A-Za-z0-9._-]*==' "$lock")"
    if [ -t 1 ]; then
        printf '3/3 Installing packages · 安装依赖'
    else
        say "3/3 Installing $total packages · 安装 $total 个依赖"
    fi
    : >"$log"
    if ! "${pip[@]}" install --progress-bar off --require-hashes -r "$lock" 2>&1 | show_progress "$total"; then
        tail -n 5 "$log" >&2
        fail "The packages could not be installed; the last lines are above, everything is in $log." \
            "依赖安装未完成：最后几行见上，完整记录在 $log。"
    fi
    if [ -t 1 ]; then
        printf '\r3/3 Installing packages · 安装依赖 %d/%d\n' "$total" "$total"
    fi
}

write_stamp() {
    # The bench lock contains the dev lock, and that the runtime lock (tests/test_commands.py holds
    # them together).
    local content
    content="runtime $(sha256 requirements.txt)"
    [ "$profile" = runtime ] || content+=$'\n'"dev $(sha256 requirements-dev.txt)"
    [ "$profile" != bench ] || content+=$'\n'"bench $(sha256 requirements-bench.txt)"
    printf '%s\n' "$content" >"$stamp"
}

check_folder
if venv_works; then
    say "1/3 Python $("$venv_python" -c 'import platform; print(platform.python_version())') · 已有环境"
    say "2/3 Environment .venv is there · 环境已就绪"
else
    find_python
    say "1/3 Python $python_version"
    say "2/3 Making the environment .venv · 建立环境"
    make_venv
fi
rm -f "$stamp"
choose_pip
install_lock
write_stamp
