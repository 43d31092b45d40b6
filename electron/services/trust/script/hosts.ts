/** What a release that failed has left goes with the next one, whatever that run is about. */
const release = `release_extra() { [ ! -f "$root/etc/.hosts.mooring-kept" ] || rm -f "$root/etc/.hosts.mooring-kept"; }
`;

/** One line in /etc/hosts, marked as ours, for engines that cannot resolve the names of the registry. */
export const hosts = `
# --- hosts: one line of ours in /etc/hosts ---
look_hosts() {
  hosts=$root/etc/hosts hosts_state=right hosts_line= hosts_before=
  [ -n "$pin_names" ] || return 0
  if [ "$os" = balena-os ]; then
    put kind store; put folder "$hosts"; put target hosts-line; put state unavailable; put note not-on-balena; send
    return 0
  fi
  # The address this computer is seen from, when it is one of the registry's; else the best one.
  hosts_line="\${pin_addresses%% *} $pin_names # mooring"
  case " $pin_addresses " in
    *" \${SSH_CONNECTION%% *} "*) hosts_line="\${SSH_CONNECTION%% *} $pin_names # mooring" ;;
  esac
  hosts_before=$(our_hosts_line)
  if [ "$hosts_before" != "$hosts_line" ]; then
    hosts_state=create sum=
    if [ -f "$hosts" ]; then
      hosts_state=replace
      sha_of "$hosts"
    fi
    before=$sum
    sum=$(print_hosts | $sha_tool)
    hosts_sum=\${sum%% *}
    change "$hosts_state" file "$hosts" "$before" "$hosts_sum" hosts-line
  fi
  put kind store; put folder "$hosts"; put target hosts-line; put state "$hosts_state"; put note "$hosts_line"; send
}
our_hosts_line() { sed -n '/# mooring$/p' "$hosts" 2>/dev/null; }
without_our_line() { sed '/# mooring$/d' "$hosts"; }
print_hosts() {
  if [ -f "$hosts" ]; then
    without_our_line
    # A last line that does not end would go on in ours.
    if [ -n "$(tail -c 1 "$hosts")" ]; then echo; fi
  fi
  printf '%s\\n' "$hosts_line"
}
is_pinning() {
  case $hosts_state in
    create | replace) return 0 ;;
  esac
  return 1
}
stage_hosts() {
  if ! is_pinning || [ -n "$stopped" ]; then return 0; fi
  forget_dead_stages "$root/etc"
  new=$root/etc/.mooring-$$-hosts.new
  staged="$staged '$new'" staged_sums="$staged_sums $hosts_sum"
  reply=$({
    # Mode and owner are those of the file.
    [ ! -f "$hosts" ] || cp -p "$hosts" "$new"
    print_hosts >"$new"
  } 2>&1) || explain_failure "$root/etc" "$hosts" "$reply"
}
keep_hosts() {
  is_pinning || return 0
  adopt "$root/etc"
  [ ! -f "$hosts" ] || keep "$hosts"
}
finish_hosts() {
  if ! is_pinning || [ -n "$stopped" ]; then return 0; fi
  put_hosts "$root/etc/.mooring-$$-hosts.new"
}
# FILE: takes the place of /etc/hosts; where that is mounted by itself, its bytes do
put_hosts() {
  if mv -f "$1" "$hosts" 2>/dev/null || reply=$({ cat "$1" >"$hosts" && rm -f "$1"; } 2>&1); then
    if has restorecon; then restorecon "$hosts" 2>/dev/null; fi
    made "$hosts"
  else explain_failure "$root/etc" "$hosts" "$reply"
  fi
}
# Others have written there since: our line goes, theirs stay.
undo_hosts_line() {
  hosts=$root/etc/hosts
  [ "$1" = "$hosts" ] && [ -n "$(our_hosts_line)" ] || return 1
  change restore file "$hosts" "$now" '' hosts-line
  [ -z "$is_dry" ] || return 0
  new=$root/etc/.mooring-$$-hosts.new
  if reply=$({ cp -p "$hosts" "$new" && without_our_line >"$new"; } 2>&1); then put_hosts "$new"
  else explain_failure "$root/etc" "$hosts" "$reply"
  fi
}
undo_hosts_unheard() {
  if is_handled "$root/etc/hosts"; then return 0; fi
  now_of "$root/etc/hosts"
  undo_hosts_line "$root/etc/hosts" || return 0
}
# --- what the system has beside its folders; users have nothing of it ---
look_extra() {
  say_no_anchor
  look_hosts
}
stage_extra() { stage_hosts; }
keep_extra() { keep_hosts; }
finish_extra() { finish_hosts; }
undo_extra() { [ -z "$sweep" ] || undo_hosts_unheard; }
${release}`;

/** Users have no such places. */
export const noExtras = `
look_extra() { :; }
stage_extra() { :; }
keep_extra() { :; }
finish_extra() { :; }
undo_extra() { :; }
undo_hosts_line() { return 1; }
release_extra() { :; }
`;

/** For runs that leave /etc/hosts alone. */
export const noHosts = `${noExtras}
look_extra() { say_no_anchor; }
${release}`;
