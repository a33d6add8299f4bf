# To be sourced: ports of 127.0.0.1 for servers.
is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
# Below the range from which the kernel takes ports of outgoing connections. Fails when it found none that nobody has.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    is_taken "$port" || { echo "$port"; return; }
  done
  return 1
}
