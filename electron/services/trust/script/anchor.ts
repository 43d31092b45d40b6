/** The trust store of the operating system: one more place for the CA, and a program that builds what others read. */
export const anchor = `
# --- anchor: the trust store of the operating system ---
look_anchor() {
  anchor_store= anchor_tool= anchor_place= anchor_changed= anchor_why= restart_units= flawed= restarted=
  if [ "$os" = balena-os ]; then anchor_why=not-on-balena
  elif has update-ca-trust && [ -d "$root/etc/pki/ca-trust/source/anchors" ]; then
    anchor_store=$root/etc/pki/ca-trust/source/anchors anchor_tool=update-ca-trust
  elif has update-ca-certificates; then
    anchor_store=$root/usr/local/share/ca-certificates anchor_tool=update-ca-certificates
  else anchor_why=no-anchor-tool
  fi
  # What was put there once is kept right.
  if [ -n "$anchor_store" ] && { [ -n "$wants_system" ] || [ -f "$anchor_store/$our_file" ]; }; then
    anchor_place=yes
    add_store "$anchor_store" anchor
    each_engine add_unit
  fi
}
# These read the store once, when they start.
add_unit() {
  unit=
  case $runtime in
    docker | containerd) unit=$runtime ;;
    balena-engine) unit=balena ;;
  esac
  case " $restart_units " in
    *" $unit "*) ;;
    *) restart_units="\${restart_units:+$restart_units }$unit" ;;
  esac
}
say_no_anchor() {
  [ -n "$wants_system" ] && [ -n "$anchor_why" ] || return 0
  put kind store; put folder "$root/etc/ssl/certs"; put target anchor; put state unavailable; put note "$anchor_why"; send
}
# Before its file changes: whoever comes next builds anew what this run may not come to.
mark_anchor() {
  anchor_changed=yes
  [ -n "$is_dry" ] || { printf '' >"$lock_folder/mooring.rebuild"; } 2>/dev/null
}
# What follows from the change of its file: told by whoever only looks, done by whoever writes.
settle_anchor() {
  case $mode$is_dry:$anchor_place in
    *: | release:*) return 0 ;;
    push:* | undo:*) ;;
    *)
      each_restart say_due
      return 0 ;;
  esac
  if [ -n "$anchor_changed" ] || [ -e "$lock_folder/mooring.rebuild" ]; then
    take_lock
    rebuild_anchor
  fi
  # They would read the old one once more.
  [ -z "$flawed" ] || return 0
  if [ -n "$wants_restart" ]; then each_restart restart_unit; else each_restart say_due; fi
}
rebuild_anchor() {
  [ -z "$stopped" ] || return 0
  reply=$(within 90 "$anchor_tool" 2>&1) || { flaw ANCHOR_FAILED "$anchor_tool" "$reply"; return 0; }
  rm -f "$lock_folder/mooring.rebuild"
  if [ "$mode" = undo ]; then forget_anchor_links; fi
  anchor_changed=yes
  for unit in $restart_units; do
    run_of_unit "$unit"
    printf '%s %s\\n' "$unit" "$unit_run"
  done 2>/dev/null >>"$lock_folder/mooring.restart"
}
# CODE PATH TEXT: what went wrong after the files were written; the run goes on
flaw() {
  flawed=$1
  put kind flaw; put code "$1"; put path "$2"; put text "$3"; send
}
# Debian's tool leaves the links of an anchor that went; those of others that lead nowhere are theirs.
forget_anchor_links() {
  [ ! -f "$anchor_store/$our_file" ] || return 0
  for link in "$root"/etc/ssl/certs/*.[0-9] "$root/etc/ssl/certs/\${our_file%.crt}.pem"; do
    [ -L "$link" ] && [ ! -e "$link" ] || continue
    case $(ls -l "$link") in
      *"\${our_file%.crt}".*) rm -f "$link" ;;
    esac
  done
}
# --- restarts: who has read the store before it changed ---
# UNIT: its present run in $unit_run, another one after each start; empty where neither systemd nor a supervisor of OpenRC tells
run_of_unit() {
  unit_run=
  if has systemctl; then unit_run=$(systemctl show -p InvocationID --value "$1" 2>/dev/null)
  elif [ -e "$root/run/openrc/options/$1/start_time" ]; then read -r unit_run <"$root/run/openrc/options/$1/start_time"
  fi
}
# UNIT: it has not been restarted since; $due_run is the run that must end, or "failed" when a restart has
is_due() {
  due_run=
  [ -e "$lock_folder/mooring.restart" ] || return 1
  run_of_unit "$1"
  while read -r due_unit due_run; do
    case $due_unit:$due_run in
      "$1:$unit_run") return 0 ;;
      "$1:failed") has systemctl && systemctl --quiet is-active "$1" 2>/dev/null || return 0 ;;
    esac
  done 2>/dev/null <"$lock_folder/mooring.restart"
  due_run=
  return 1
}
# COMMAND: called with each unit that must restart, now or once the store has changed
each_restart() {
  for unit in $restart_units; do
    if [ -n "$stopped" ]; then return 0; fi
    if is_due "$unit" || [ -n "$anchor_changed" ]; then "$1" "$unit"; fi
  done
}
say_due() { put kind restart; put unit "$1"; put_raw isDone false; send; }
restart_unit() {
  take_lock
  [ -z "$stopped" ] || return 0
  # What somebody has stopped stays so; what our restart has stopped does not.
  verb=try-restart only=--ifstarted
  if [ "$due_run" = failed ]; then verb=restart only=; fi
  if has systemctl; then reply=$(within 90 systemctl "$verb" "$1" 2>&1)
  elif has rc-service; then reply=$(within 90 rc-service $only "$1" restart 2>&1)
  elif has service; then reply=$(within 90 service "$1" restart 2>&1)
  else
    reply='There is no systemctl, rc-service or service.'
    false
  fi || {
    forget_due "$1" "$1 failed"
    flaw RESTART_FAILED "$1" "$reply"
    return 0
  }
  forget_due "$1"
  # Only systemd waits until it serves. rc-service says nothing when it was not started.
  if ! has systemctl && { [ -n "$reply" ] || ! has rc-service; }; then restarted="$restarted $1 "; fi
  put kind restart; put unit "$1"; put_raw isDone true; send
}
# UNIT [LINE]: what is known of it goes, or becomes LINE
forget_due() {
  left=$(sed "/^$1 /d" "$lock_folder/mooring.restart" 2>/dev/null)
  shift
  { printf '%s\\n' "$left" "$@" >"$lock_folder/mooring.restart"; } 2>/dev/null
}
`;
