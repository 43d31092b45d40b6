/**
 * Makes the changes that were decided. New content is staged in every folder and checked before anything becomes
 * final, so a full disk changes nothing; each final step is one rename, so a file is the old one or the new one. Whoever
 * is told to end in between takes what is staged along; not later, where guards are started: see `frameScript`.
 */
export const write = `
# --- write: only what differs ---
write() {
  made_folders=0 staged= staged_sums= kept_bytes=0
  each_store forget_dead_stages
  trap 'unstage; leave_lock; exit 143' TERM
  new_folders=
  each_target need_folder_of
  make_folders
  each_target stage
  stage_rewritten
  stage_extra
  if [ -z "$stopped" ] && [ -n "$staged" ] && ! eval "all_match $staged"; then
    explain_failure "$store_folder" "$store_folder" 'What was written could not be read back.'
  fi
  if [ -z "$stopped" ]; then keep_all; fi
  if [ -n "$stopped" ]; then
    trap - TERM
    unstage
    return 0
  fi
  each_target finish
  finish_confirmed
  finish_stale
  trap - TERM
  finish_extra
  if [ -n "$stopped" ]; then unstage; fi
  every_store flush
}
# Leavings of a script that was killed: under the lock no other is at work. What is empty then was made for them.
forget_dead_stages() {
  for leaving in "$1"/*/.mooring-*.new "$1"/.mooring-*.new; do
    [ -e "$leaving" ] || continue
    rm -f "$leaving"
    leaving=\${leaving%/*}
    if [ "$leaving" != "$1" ]; then rmdir "$leaving" 2>/dev/null; fi
  done
}
need_folder_of() { ! is_changing || need_folder "$target_folder"; }
# FOLDER: it and what is missing above it, into $new_folders
need_folder() {
  [ ! -d "$1" ] || return 0
  case $new_folders in
    *" '$1'"*) return 0 ;;
  esac
  need_folder "\${1%/*}"
  new_folders="$new_folders '$1'"
}
make_folders() {
  [ -n "$new_folders" ] || return 0
  eval "set -- $new_folders"
  # Noted first: whoever is ended in between takes them along, or has left word of them.
  for part in "$@"; do
    made_folders=$((made_folders + 1))
    eval "made_folder_$made_folders=\\$part"
    if [ -n "$made_list" ]; then { printf '%s\\n' "$part" >>"$made_list"; } 2>/dev/null; fi
  done
  reply=$(mkdir "$@" 2>&1)
  for part in "$@"; do
    if [ ! -d "$part" ]; then
      explain_failure "\${part%/*}" "$part" "$reply"
      return 0
    fi
    made "$part"
  done
}
# FILE: does it change? Its state is in $state.
is_changing() {
  eval "state=\\$state_$slot"
  case $state in
    create | replace) return 0 ;;
  esac
  return 1
}
stage() {
  is_changing || return 0
  new=$target_folder/.mooring-$$-$slot.new
  staged="$staged '$new'" staged_sums="$staged_sums $target_sum"
  # Again in a shell of its own, where what it says can be heard.
  { print_target "$1" >"$new"; } 2>/dev/null || reply=$({ print_target "$1" >"$new"; } 2>&1) ||
    explain_failure "$target_folder" "$1" "$reply"
}
unstage() {
  if [ -n "$staged" ]; then eval "rm -f $staged"; fi
  while [ "$made_folders" -gt 0 ]; do
    eval "part=\\$made_folder_$made_folders"
    made_folders=$((made_folders - 1))
    if rmdir "$part" 2>/dev/null; then put kind unmade; put path "$part"; send; fi
  done
  forget_made
}
# Of the folders we have made, those that are gone: whoever makes them anew is not us.
forget_made() {
  [ -f "$made_list" ] || return 0
  left=
  while IFS= read -r folder; do
    [ ! -d "$folder" ] || left="$left$folder
"
  done <"$made_list"
  { printf '%s' "$left" >"$made_list"; } 2>/dev/null
}
finish() {
  is_changing || return 0
  if [ "$store_kind" = anchor ]; then mark_anchor; fi
  if reply=$(mv -f "$target_folder/.mooring-$$-$slot.new" "$1" 2>&1); then made "$1"
  else explain_failure "$target_folder" "$1" "$reply"
  fi
}
# COMMAND: called with each foreign file that goes or becomes PEM, which $rewrite says
each_confirmed() {
  number=0
  while [ "$number" -lt "$confirmed" ] && [ -z "$stopped" ]; do
    number=$((number + 1))
    eval "other=\\$confirmed_$number rewrite=\\$rewrite_$number"
    "$1" "$other"
  done
}
stage_rewritten() { each_confirmed stage_pem; }
stage_pem() {
  [ -n "$rewrite" ] || return 0
  new=\${1%/*}/.mooring-$$-pem-$number.new
  pem_sum "$1"
  staged="$staged '$new'" staged_sums="$staged_sums $sum"
  reply=$({ print_pem "$1" >"$new"; } 2>&1) || explain_failure "\${1%/*}" "$1" "$reply"
}
finish_confirmed() { each_confirmed finish_other; }
finish_other() {
  if [ -n "$rewrite" ]; then reply=$(mv -f "\${1%/*}/.mooring-$$-pem-$number.new" "$1" 2>&1)
  else reply=$(rm -f "$1" 2>&1)
  fi || { explain_failure "\${1%/*}" "$1" "$reply"; return 0; }
  made "$1"
}
finish_stale() {
  number=0
  while [ "$number" -lt "$stale" ] && [ -z "$stopped" ]; do
    number=$((number + 1))
    eval "folder=\\$stale_$number"
    toml=
    if [ -f "$folder/hosts.toml" ]; then toml=$folder/hosts.toml; fi
    kept=\${folder%/*}/.\${folder##*/}.mooring-kept
    if [ -e "$kept" ]; then reply=$({ rm -f "$folder/$our_file" "$folder/hosts.toml" && rmdir "$folder"; } 2>&1)
    else reply=$(mv "$folder" "$kept" 2>&1)
    fi || { explain_failure "\${folder%/*}" "$folder" "$reply"; return 0; }
    made "$folder/$our_file"
    [ -z "$toml" ] || made "$toml"
    made "$folder"
  done
}
flush() {
  [ -d "$1" ] || return 0
  sync -f "$1" 2>/dev/null || sync
}
check_target() {
  eval "state=\\$state_$slot"
  [ "$state" != foreign ] || return 0
  sha_of "$1"
  [ "$sum" = "$target_sum" ] || problem WRITE_FAILED "$1" 'Read back, it does not hold what was written.'
}
add_check() {
  eval "state=\\$state_$slot"
  if [ "$state" != foreign ]; then checked="$checked '$1'" staged_sums="$staged_sums $target_sum"; fi
}
verify() {
  checked= staged_sums=
  each_target add_check
  # All in one process; when one is wrong, each by itself.
  [ -z "$checked" ] || eval "all_match $checked" || each_target check_target
  if [ -z "$stopped" ]; then put kind verified; send; fi
}
`;
