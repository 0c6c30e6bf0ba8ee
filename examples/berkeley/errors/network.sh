#!/bin/sh
# Runs a command in a network of its own, where things are broken on purpose:
#
#   down0             an interface (number 100) that is down
#   198.51.100.0/24   a network whose router says that it reaches no host there
#   everything else   has no route at all
#
# The network is gone when the command ends. Nothing that is sent in it leaves
# this machine. No privileges are needed where users may make namespaces.
exec unshare --user --map-root-user --net sh -euc '
  ip link set lo up
  ip link add down0 index 100 type veth peer name down1
  ip route add unreachable 198.51.100.0/24
  exec "$@"
' network "$@"
