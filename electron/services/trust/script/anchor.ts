/** The trust store of the operating system: one more place for the CA, and a program that builds what others read. */
export const anchor = `
# --- anchor: the trust store of the operating system ---
look_anchor() {
  anchor_store= anchor_tool= anchor_changed= anchor_why= restart_units=
  if [ "$os" = balena-os ]; then anchor_why=not-on-balena
  elif has update-ca-trust && [ -d "$root/etc/pki/ca-trust/source/anchors" ]; then
    anchor_store=$root/etc/pki/ca-trust/source/anchors anchor_tool=update-ca-trust
  elif has update-ca-certificates; then
    anchor_store=$root/usr/local/share/ca-certificates anchor_tool=update-ca-certificates
  else anchor_why=no-anchor-tool
  fi
  # What was put there once is kept right.
  if [ -n "$anchor_store" ] && { [ -n "$wants_system" ] || [ -f "$anchor_store/$our_file" ]; }; then
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
rebuild_anchor() {
  if [ -z "$anchor_changed" ] || [ -n "$stopped" ]; then return 0; fi
  reply=$(within 90 "$anchor_tool" 2>&1) || { problem ANCHOR_FAILED "$anchor_tool" "$reply"; return 0; }
  if [ "$mode" = undo ]; then forget_anchor_links; fi
  [ -n "$wants_restart" ] || return 0
  for unit in $restart_units; do restart_unit "$unit"; done
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
restart_unit() {
  if has systemctl; then reply=$(within 90 systemctl try-restart "$1" 2>&1)
  elif has rc-service; then reply=$(within 90 rc-service "$1" restart 2>&1)
  elif has service; then reply=$(within 90 service "$1" restart 2>&1)
  else
    reply='There is no systemctl, rc-service or service.'
    false
  fi || { problem RESTART_FAILED "$1" "$reply"; return 0; }
  put kind restarted; put unit "$1"; send
}
`;
