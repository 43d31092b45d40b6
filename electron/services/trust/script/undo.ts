/**
 * Puts back what was there before. First what the app has recorded, then what a run left here that the app never
 * heard of. A file that is neither as Mooring left it nor as it was before belongs to someone else now.
 */
export const undo = `
# --- undo ---
# PATH: what is there now, in $now: empty for nothing
now_of() {
  now=
  if [ -L "$1" ] || [ -d "$1" ]; then now=other
  elif [ -e "$1" ]; then
    sha_of "$1"
    now=\${sum:-other}
  fi
}
# ACTION FILE BEFORE AFTER: what happens to a file
undo_change() {
  change "$1" file "$2" "$3" "$4" ''
  if [ "$2" = "\${anchor_store-}/$our_file" ]; then mark_anchor; fi
}
# PATH NOW [WHAT]
changed_since() {
  put kind warning; put code CHANGED_SINCE; put path "$1"; put note changed-since; send
  change keep "\${3-file}" "$1" "$2" "$2" changed-since
}
# PATH: somebody has taken away the folder it was in, and with it what we would put back
is_homeless() { [ ! -d "\${1%/*}" ] && ! is_handled "\${1%/*}"; }
# PATH LEFT BEFORE MODE OWNER BYTES PERMS: LEFT is the SHA-256 Mooring left, BEFORE the one to restore, empty for
# none; PERMS are the mode as ls shows it, given when only that was changed
undo_file() {
  handled="$handled|$1|"
  now_of "$1"
  if [ "$now" = "$3" ]; then
    if [ -z "$7" ]; then return 0; fi
    stat_of "$1"
    case $perms in
      "$7"*) return 0 ;;
    esac
  fi
  if [ "$now" != "$2" ] && undo_hosts_line "$1"; then return 0; fi
  if [ "$now" != "$2" ]; then
    if [ "$now" = other ]; then now=; fi
    changed_since "$1" "$now"
  elif [ -z "$3" ]; then
    undo_change remove "$1" "$now" ''
    [ -n "$is_dry" ] || undo_remove "$1"
  elif is_homeless "$1"; then changed_since "$1" ''
  else
    undo_change restore "$1" "$now" "$3"
    [ -n "$is_dry" ] || undo_restore "$1" "$3" "$4" "$5" "$6"
  fi
}
undo_remove() {
  if reply=$(rm -f "$1" 2>&1); then made "$1"; else explain_failure "\${1%/*}" "$1" "$reply"; fi
}
# OWNER PATH
give() { chown "$1" "$2"; }
undo_restore() {
  new=\${1%/*}/.mooring-$$.new
  # Nobody else reads it before its mode says so: it may be a key. A change of owner takes set-id bits away.
  reply=$({ umask 077 && "$5" >"$new"; } 2>&1 && { give "$4" "$new" && chmod "$3" "$new"; } 2>&1) || {
    rm -f "$new"
    explain_failure "\${1%/*}" "$1" "$reply"
    return 0
  }
  sha_of "$new"
  if [ "$sum" != "$2" ]; then
    rm -f "$new"
    explain_failure "\${1%/*}" "$1" 'What was written could not be read back.'
  elif reply=$(mv -f "$new" "$1" 2>&1); then made "$1"
  else explain_failure "\${1%/*}" "$1" "$reply"
  fi
}
# PATH MODE OWNER: a folder that was removed
undo_missing_folder() {
  if [ -n "$stopped" ] || [ -d "$1" ]; then return 0; fi
  if is_homeless "$1"; then changed_since "$1" '' folder; return 0; fi
  handled="$handled|$1|"
  change restore folder "$1" '' '' ''
  [ -z "$is_dry" ] || return 0
  if reply=$({ mkdir "$1" && chmod "$2" "$1" && give "$3" "$1"; } 2>&1); then made "$1"
  else explain_failure "\${1%/*}" "$1" "$reply"
  fi
}
# PATH: a folder Mooring made goes only when nothing is left in it
undo_made_folder() {
  handled="$handled|$1|"
  if [ -n "$stopped" ] || [ ! -d "$1" ]; then return 0; fi
  if [ -n "$is_dry" ]; then
    change remove folder "$1" '' '' when-empty
  elif rmdir "$1" 2>/dev/null; then
    change remove folder "$1" '' '' ''
    made "$1"
  else
    change keep folder "$1" '' '' not-empty
  fi
}
# The same for those of runs that nobody heard the end of; the list has each after the one it lies in.
undo_made_unheard() {
  [ -f "$made_list" ] || return 0
  set --
  while IFS= read -r folder; do set -- "$folder" "$@"; done <"$made_list"
  for folder in "$@"; do is_handled "$folder" || undo_made_folder "$folder"; done
}
is_handled() {
  case $handled in
    *"|$1|"*) return 0 ;;
  esac
  return 1
}
# FOLDER of places: what a run left that the app has no record of.
undo_unheard() {
  if [ "$store_kind" = anchor ]; then
    undo_unheard_files "$1"
    undo_unheard_ours "$1"
    return 0
  fi
  for kept in "$1"/.*.mooring-kept; do
    [ -d "$kept" ] || continue
    name=\${kept##*/.}
    name=$1/\${name%.mooring-kept}
    if is_handled "$name/$our_file" || [ -e "$name" ]; then continue; fi
    handled="$handled|$name/$our_file|$name/hosts.toml|"
    change restore folder "$name" '' '' ''
    [ -n "$is_dry" ] || undo_rename "$kept" "$name"
  done
  for folder in "$1"/*; do
    if [ -n "$stopped" ] || [ ! -d "$folder" ] || [ -L "$folder" ]; then continue; fi
    undo_unheard_files "$folder"
    undo_unheard_ours "$folder"
  done
}
undo_unheard_files() {
  for kept in "$1"/.*.mooring-kept; do
    [ -f "$kept" ] || continue
    name=\${kept##*/.}
    name=$1/\${name%.mooring-kept}
    if is_handled "$name"; then continue; fi
    handled="$handled|$name|"
    sha_of "$kept"
    before=$sum
    now_of "$name"
    if [ "$now" = "$before" ]; then continue; fi
    if [ -n "$now" ] && ! is_left_by_us "$name"; then
      changed_since "$name" ''
      continue
    fi
    undo_change restore "$name" "$now" "$before"
    [ -n "$is_dry" ] || undo_rename "$kept" "$name"
  done
}
# FILE: its bytes are ours, or those of KEPT as PEM
is_left_by_us() {
  sum=$now
  if is_ours "$1"; then return 0; fi
  find_base64
  pem_sum "$kept"
  [ "$sum" = "$now" ]
}
undo_unheard_ours() {
  unheard=
  for ours in "$1/$our_file" "$1/hosts.toml"; do
    if is_handled "$ours" || [ ! -f "$ours" ] || [ -L "$ours" ]; then continue; fi
    sha_of "$ours"
    is_ours "$ours" || continue
    unheard=yes
    undo_change remove "$ours" "$sum" ''
    if [ -z "$is_dry" ]; then undo_remove "$ours"; fi
  done
  if [ -n "$unheard" ]; then undo_made_folder "$1"; fi
}
undo_rename() {
  if reply=$(mv -f "$1" "$2" 2>&1); then made "$2"; else explain_failure "\${2%/*}" "$2" "$reply"; fi
}
undo() {
  handled=
  if [ -z "$is_dry" ]; then each_store forget_dead_stages; fi
  undo_folders_removed
  undo_files
  if [ -n "$sweep" ] && [ -z "$stopped" ]; then every_store undo_unheard; fi
  [ -n "$stopped" ] || undo_extra
  undo_folders_made
  if [ -n "$sweep" ]; then undo_made_unheard; fi
  if [ -z "$is_dry" ] && [ -z "$stopped" ]; then
    every_store release
    release_extra
    forget_made
    if [ "$changes" -gt 0 ]; then every_store flush; fi
    put kind undone; send
  fi
}
`;
