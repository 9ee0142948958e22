#!/usr/bin/env bash
# Run a command beside a PostgreSQL and a Redis of its own, and stop both when it ends.
#
#   deploy/services.sh [--browser] [--durable] COMMAND [ARGUMENT ...]
#
# The command sees DATABASE_URL, REDIS_URL and POSTGRES_BIN (the folder of initdb and pg_ctl).
#   --browser   also needs Chromium and fonts; the command sees CHROMIUM
#   --durable   PostgreSQL waits for the disk, as in production; without it tests run faster
# The servers listen on free ports of 127.0.0.1, keep their files in a temporary folder and are
# stopped on success, failure, Ctrl-C and SIGTERM alike.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin:/sbin" # runuser, and what apt calls; not on every person's path.

packages=(postgresql redis-server)
browser_packages=(chromium fonts-noto-cjk fonts-noto-color-emoji)
needs_browser=no
fsync=off
while [ $# -gt 0 ]; do
    case "$1" in
        --browser) needs_browser=yes ;;
        --durable) fsync=on ;;
        --*) echo "deploy/services.sh: unknown option $1" >&2; exit 2 ;;
        *) break ;;
    esac
    shift
done
if [ $# -eq 0 ]; then
    echo "usage: deploy/services.sh [--browser] [--durable] COMMAND [ARGUMENT ...]" >&2
    exit 2
fi

say() { printf '%s\n' "$*" >&2; }

fail() { # English sentence, Chinese sentence
    printf '\n%s\n%s\n' "$1" "$2" >&2
    exit 1
}

# Sets POSTGRES_BIN to the newest PostgreSQL of this machine; Debian keeps it outside PATH.
find_postgres() {
    POSTGRES_BIN="$(find /usr/lib/postgresql/*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1)"
    [ -n "$POSTGRES_BIN" ] || POSTGRES_BIN="$(command -v initdb || true)"
    POSTGRES_BIN="${POSTGRES_BIN%/initdb}"
    [ -n "$POSTGRES_BIN" ]
}

find_browser() {
    local name
    for name in "${CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
        if CHROMIUM="$(command -v "$name")"; then
            return 0
        fi
    done
    CHROMIUM=""
    return 1
}

has_fonts() {
    command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ] && [ -n "$(fc-list :family='Noto Color Emoji' family)" ]
}

have_everything() {
    find_postgres && command -v redis-server >/dev/null || return 1
    [ "$needs_browser" = no ] || { find_browser && has_fonts; }
}

install_packages() {
    local wanted=("${packages[@]}")
    [ "$needs_browser" = no ] || wanted+=("${browser_packages[@]}" fontconfig)
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "Missing: some of ${wanted[*]}. On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${wanted[*]}" \
            "缺少上述软件包，请先安装（Debian/Ubuntu）：sudo apt-get install --no-install-recommends ${wanted[*]}"
    fi
    say "Installing Debian packages · 安装软件包: ${wanted[*]}"
    # apt gets no standard input: nobody may be there to answer.
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } \
        </dev/null >"$folder/apt.log" 2>&1 || {
        tail -n 5 "$folder/apt.log" >&2
        fail "The Debian packages could not be installed; the last lines are above." \
            "软件包安装未完成，最后几行见上。"
    }
    have_everything || fail "Still missing after the installation: some of ${wanted[*]}." "安装后仍缺少：${wanted[*]}。"
}

free_port() {
    .venv/bin/python -c 'import socket
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    print(probe.getsockname()[1])'
}

# PostgreSQL refuses to run as root, so root hands it to the user that Debian's package made.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd "$folder" && runuser -u postgres -- "$@")
    else
        (cd "$folder" && "$@")
    fi
}

start_postgres() {
    local port options
    mkdir "$folder/postgres"
    printf '%s' "$secret" >"$folder/password"
    [ "$(id -u)" -ne 0 ] || chown postgres "$folder/postgres" "$folder/password"
    as_postgres "$POSTGRES_BIN/initdb" -D "$folder/postgres/data" -U zhixing --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/postgres.log" 2>&1 ||
        { cat "$folder/postgres.log" >&2; return 1; }
    as_postgres touch "$folder/postgres/server.log"
    for _ in 1 2 3; do # A port that was free may be taken by the time the server wants it.
        port="$(free_port)"
        options="-h 127.0.0.1 -p $port -c unix_socket_directories= -c max_connections=200 -c fsync=$fsync"
        if as_postgres "$POSTGRES_BIN/pg_ctl" -D "$folder/postgres/data" -l "$folder/postgres/server.log" \
            -o "$options" -w -t 60 start >"$folder/postgres.log" 2>&1; then
            DATABASE_URL="postgresql+psycopg://zhixing:$secret@127.0.0.1:$port/zhixing"
            PGPASSWORD="$secret" "$POSTGRES_BIN/createdb" -h 127.0.0.1 -p "$port" -U zhixing -w zhixing
            return 0
        fi
    done
    cat "$folder/postgres/server.log" >&2
    return 1
}

start_redis() {
    local port pidfile="$folder/redis.pid"
    for _ in 1 2 3; do
        port="$(free_port)"
        # The configuration goes in by standard input, so that the password stays out of the process list.
        redis-server - >"$folder/redis.log" 2>&1 <<CONFIGURATION || true
bind 127.0.0.1
port $port
requirepass $secret
save ""
appendonly no
daemonize yes
dir $folder
pidfile $pidfile
logfile $folder/redis.log
CONFIGURATION
        for _ in $(seq 50); do
            if [ "$(REDISCLI_AUTH="$secret" redis-cli -p "$port" ping 2>/dev/null)" = PONG ]; then
                REDIS_URL="redis://:$secret@127.0.0.1:$port/0"
                return 0
            fi
            sleep 0.1
        done
    done
    cat "$folder/redis.log" >&2
    return 1
}

stop_services() {
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$child" ] && kill -0 "$child" 2>/dev/null; then
        kill -TERM -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    if [ -f "$folder/redis.pid" ]; then
        kill "$(cat "$folder/redis.pid")" 2>/dev/null || true
    fi
    if [ -f "$folder/postgres/data/postmaster.pid" ]; then
        # Nothing of it is wanted afterwards, so it need not write down what it knows.
        as_postgres "$POSTGRES_BIN/pg_ctl" -D "$folder/postgres/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}

# The command has a process group of its own: a signal reaches it and all it started, whether it
# came from the keyboard or to this shell alone. A second Ctrl-C does not wait for manners.
pass_on() { # signal
    if [ "$is_stopping" = yes ]; then
        kill -KILL -- "-$child" 2>/dev/null || true
    fi
    is_stopping=yes
    kill -s "$1" -- "-$child" 2>/dev/null || true
}

run_command() {
    local status=0
    set -m
    "$@" </dev/null &
    child=$!
    set +m
    trap 'pass_on INT' INT
    trap 'pass_on TERM' TERM HUP
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do # A signal ends the waiting, not the command.
        status=0
        wait "$child" || status=$?
    done
    kill -TERM -- "-$child" 2>/dev/null || true # What it left behind, a browser for instance.
    child=""
    return "$status"
}

child=""
is_stopping=no
place="${TMPDIR:-/tmp}"
[ "$(id -u)" -ne 0 ] || place=/tmp # The postgres user could not enter a private folder of root's.
folder="$(mktemp -d "$place/zhixing-services.XXXXXX")"
trap stop_services EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
chmod 711 "$folder" # The postgres user passes through to its own part.

have_everything || install_packages
secret="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
say "Starting PostgreSQL and Redis · 正在启动 PostgreSQL 和 Redis"
start_postgres || fail "PostgreSQL did not start; its report is above." "PostgreSQL 未能启动，原因见上。"
start_redis || fail "Redis did not start; its report is above." "Redis 未能启动，原因见上。"
export DATABASE_URL REDIS_URL POSTGRES_BIN
[ "$needs_browser" = no ] || export CHROMIUM

run_command "$@"
