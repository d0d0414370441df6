#!/bin/bash
# Makes two container images out of the servers of this machine, for where no image registry can be reached.
#   images.sh <directory to work in> <engine command, such as podman>
# They do what the official images do as far as the tests need it.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
shift
engine=("$@")

{ read -r redis; read -r redis_libraries; read -r postgres_bin; } \
  < <(node "$root/scripts/run.mjs" scripts/containers/binaries.ts)

# Copies programs into a directory tree, with every library that they load, to the same paths as here.
add_programs() {
  local tree=$1 program
  shift
  for program in "$@"; do
    ldd "$program" | grep -oE '/[^ ]+' | while read -r library; do
      mkdir -p "$tree$(dirname "$library")"
      cp -Ln "$library" "$tree$library"
    done
  done
}

# What the wait strategy of testcontainers and the start scripts below run inside.
add_tools() {
  local tree=$1 tool path
  mkdir -p "$tree/bin" "$tree/usr/bin" "$tree/tmp" "$tree/etc" "$tree/data"
  chmod 1777 "$tree/tmp"
  for tool in sh cat awk grep rm mkdir; do
    path=$(command -v "$tool")
    add_programs "$tree" "$path"
    cp -L "$path" "$tree/bin/$tool"
  done
  printf 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/data:/bin/sh\n' > "$tree/etc/passwd"
  printf 'root:x:0:\npostgres:x:999:\n' > "$tree/etc/group"
  printf '127.0.0.1 localhost\n' > "$tree/etc/hosts"
}

redis_image() {
  local tree=$work/redis
  add_tools "$tree"
  LD_LIBRARY_PATH=$redis_libraries add_programs "$tree" "$redis"
  # The tree is merged below /lib and /usr/lib of here; downloaded libraries go to a place that the loader knows.
  mkdir -p "$tree/usr/local/lib" "$tree/usr/local/bin"
  find "$tree" -path "$tree/usr/local" -prune -o -name '*.so*' -type f -print | while read -r library; do
    cp -n "$library" "$tree/usr/local/lib/"
  done
  cp -L "$redis" "$tree/usr/local/bin/redis-server"
  tar -C "$tree" -c . | "${engine[@]}" import -c 'ENV LD_LIBRARY_PATH=/usr/local/lib' -c 'ENV PATH=/usr/local/bin:/usr/bin:/bin' \
    -c 'WORKDIR /data' -c 'EXPOSE 6379' -c 'CMD ["redis-server", "--protected-mode", "no"]' - localhost/visavis-redis:local
}

postgres_image() {
  local tree=$work/postgres
  add_tools "$tree"
  add_programs "$tree" "$postgres_bin/postgres" "$postgres_bin/initdb"
  mkdir -p "$tree/opt"
  cp -R "$(dirname "$postgres_bin")" "$tree/opt/postgres"
  # Libraries that lie next to the programs were copied to their path of here as well.
  rm -rf "${tree:?}$(dirname "$postgres_bin")"
  cat > "$tree/bin/start" << 'START'
#!/bin/sh
set -e
if [ ! -d /data/pg ]; then
  mkdir -p /data
  echo "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D /data/pg -U "${POSTGRES_USER:-postgres}" --pwfile=/tmp/password -A scram-sha-256 -E UTF8 --locale=C --no-sync
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> /data/pg/pg_hba.conf
  if [ -n "$POSTGRES_DB" ] && [ "$POSTGRES_DB" != postgres ]; then
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D /data/pg postgres
  fi
fi
[ "$1" != postgres ] || shift
exec postgres -D /data/pg -c listen_addresses='*' -c unix_socket_directories= "$@"
START
  chmod 755 "$tree/bin/start"
  chown -R 999:999 "$tree/data"
  tar -C "$tree" -c . | "${engine[@]}" import -c 'ENV PATH=/opt/postgres/bin:/usr/bin:/bin' -c 'ENV LC_ALL=C' -c 'USER postgres' \
    -c 'WORKDIR /data' -c 'EXPOSE 5432' -c 'ENTRYPOINT ["/bin/start"]' -c 'CMD ["postgres"]' - localhost/visavis-postgres:local
}

redis_image
postgres_image
