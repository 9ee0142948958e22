#!/usr/bin/env bash
# Start the web server and the worker as production does, on this machine, until one of them ends.
#
#   DATABASE_URL=... REDIS_URL=... deploy/serve.sh
#
# In production each of the two is a service of its own (systemd, containers), so that each is
# restarted, watched and sized by itself; the two commands below are the ones to run there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() { # English sentence, Chinese sentence
    printf '\n%s\n%s\n' "$1" "$2" >&2
    exit 1
}

missing=()
for name in DATABASE_URL REDIS_URL; do
    file="${name}_FILE"
    [ -n "${!name:-}${!file:-}" ] || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] || fail \
    "Not set: ${missing[*]}. Example: DATABASE_URL=postgresql+psycopg://zhixing:PASSWORD@127.0.0.1/zhixing REDIS_URL=redis://127.0.0.1:6379/0 make serve. To try the product without servers: make demo" \
    "未设置 ${missing[*]}。示例见上；只想试用请运行：make demo"
[ -x .venv/bin/gunicorn ] || fail "The environment is missing: run deploy/venv.sh first." "请先运行：deploy/venv.sh"

export ZHIXING_CONFIG="${ZHIXING_CONFIG:-Production}"
python=.venv/bin/python

# A wrong setting is answered with its sentence, not with a traceback.
if ! problem="$("$python" -c 'import quizapp; quizapp.create_app()' 2>&1)"; then
    case "$problem" in
        *ConfigError:*) fail "${problem##*ConfigError: }" "设置有误，说明见上。" ;;
        *) fail "$problem" "应用未能启动，原因见上。" ;;
    esac
fi

"$python" -m flask --app quizapp db upgrade

web=""
worker=""
stop() {
    trap - EXIT
    for process in $web $worker; do
        kill -TERM "$process" 2>/dev/null || true
    done
    wait
}
trap stop EXIT
trap 'exit 0' INT TERM HUP

# Each in a process group of its own: Ctrl-C reaches this shell alone, which stops both in order.
set -m
"$python" -m gunicorn --config deploy/gunicorn.conf.py </dev/null &
web=$!
"$python" deploy/worker.py </dev/null &
worker=$!
set +m

status=0
wait -n "$web" "$worker" || status=$?
printf 'The web server or the worker ended (status %s); stopping the other.\n' "$status" >&2
exit 1
