# Start servers and install tools for .ci/run. Every server started here is stopped by its process id.
OWN_PIDS=()

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# need PROGRAM PACKAGE: installs the Debian package if the program is missing.
need() {
    command -v "$1" >/dev/null && return
    echo "installing $2"
    { [ -n "${APT_UPDATED-}" ] || as_root apt-get update -qq; } && APT_UPDATED=1 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

answers() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1" 2>/dev/null; }

wait_for_port() { for _ in $(seq 150); do answers "$1" && return; sleep 0.1; done; return 1; }

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# start_database GIVEN: sets DATABASE_URL. Django creates the test database next to the one named.
start_database() {
    if [ -n "$1" ]; then
        DATABASE_URL=$1
    elif DATABASE_URL=postgres://postgres@127.0.0.1:5432/moviebooking_ci_$$ && can_connect; then
        echo "using the PostgreSQL on loopback"
    else
        own_postgres
    fi
}

can_connect() {
    python - "$DATABASE_URL" <<'PYTHON'
import sys
import psycopg

try:
    psycopg.connect(sys.argv[1].rpartition("/")[0] + "/postgres", connect_timeout=3).close()
except psycopg.Error:
    sys.exit(1)
PYTHON
}

own_postgres() {
    [ -n "$(postgres_bin)" ] || need postgres postgresql
    local bin port run=()
    bin=$(postgres_bin) port=$(free_port)
    mkdir -p "$WORK/postgres"
    # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$WORK/postgres"
        run=(setpriv --reuid postgres --regid postgres --clear-groups --)
    fi
    "${run[@]}" "$bin/initdb" -D "$WORK/postgres/data" -U postgres -A trust >"$WORK/initdb.log" || return 1
    "${run[@]}" "$bin/postgres" -D "$WORK/postgres/data" -p "$port" -k "$WORK/postgres" \
        -c listen_addresses=127.0.0.1 -c fsync=off >"$WORK/postgres.log" 2>&1 &
    OWN_PIDS+=($!)
    wait_for_port "$port"
    DATABASE_URL=postgres://postgres@127.0.0.1:$port/moviebooking_ci
}

# start_redis GIVEN: sets REDIS_URL. The tests use a key prefix of their own and flush nothing.
start_redis() {
    if [ -n "$1" ]; then
        REDIS_URL=$1
    elif answers 6379; then
        echo "using the Redis on loopback"
        REDIS_URL=redis://127.0.0.1:6379/0
    else
        need redis-server redis-server
        local port
        port=$(free_port)
        redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no --dir "$WORK" >"$WORK/redis.log" &
        OWN_PIDS+=($!)
        wait_for_port "$port"
        REDIS_URL=redis://127.0.0.1:$port/0
    fi
    # Some tests freeze and restart servers of their own.
    need redis-server redis-server
    [ -n "$(postgres_bin)" ] || need postgres postgresql
}

# Tools with which the tests examine pages, pictures and PDFs. The font covers the scripts of the demo movies.
install_tools() {
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || need chromium chromium
    fc-list 2>/dev/null | grep -qi deva || need a-font fonts-lohit-deva || true
    need pdftotext poppler-utils
    need zbarimg zbar-tools
    need xgettext gettext
    need java default-jre-headless
    need npm npm
    npm ci --loglevel error --no-audit --no-fund --ignore-scripts
}

stop_servers() {
    for pid in "${OWN_PIDS[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
}
