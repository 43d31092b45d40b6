/**
 * Lets each engine of the device pull the probe image by every name, all at once, since a name that mDNS does not
 * know costs ten seconds. The registry's record of a pull is what counts; this only reports what the engine said.
 */
export const prove = `
# --- prove: each engine of the device pulls the probe by every name ---
# What was restarted a moment ago may take a while to listen.
list_first() {
  if list_images before; then return 0; fi
  case $restarted in
    *" $runtime "*) ;;
    *) return 1 ;;
  esac
  deadline=$(date +%s)
  deadline=$((deadline + 30))
  while sleep 1; do
    if list_images before; then return 0; fi
    [ "$(date +%s)" -lt "$deadline" ] || return 1
  done
}
try_engine() {
  eval "asked_$nth="
  [ -n "$program" ] && [ "$running" -lt "$proof_slots" ] || return 0
  if look_pause; then eval "idle_$nth=yes"; fi
  isRunning=true text=
  if list_first; then
    eval "asked_$nth=yes slot_$nth=\\$running"
    running=$((running + 1))
  else isRunning=false down=yes text=$(tail -c 800 "$work/notes/error.$nth")
  fi
  put kind engine; put engine "$runtime"; [ -z "$user" ] || put user "$user"
  put_raw isRunning "$isRunning"; put text "$text"; send
}
is_asked() {
  eval "asked=\\$asked_$nth slot=\\\${slot_$nth-}"
  [ -n "$asked" ]
}
# TAGS: the one of this engine, in $tag
tag_of() {
  tag=
  set -- $1
  [ "$#" -le "$slot" ] || { shift "$slot"; tag=$1; }
}
start_pulls() { ! is_asked || each_reference start_pull; }
start_pull() {
  tag_of "$3"
  {
    within "$pull_seconds" engine_pull "$2/$probe:$tag" >"$work/notes/$nth.$1.out" 2>&1
    echo $? >"$work/notes/$nth.$1.status"
  } &
}
# IMAGE: its line of the list after the pulls, in $image_id and $image_digest
find_image() {
  image_id= image_digest=
  while read_image; do
    if [ "$line_name" = "$1" ]; then image_id=$line_id image_digest=$line_digest; fi
  done <"$work/notes/after.$nth"
}
report_pull() {
  status= text=
  tag_of "$3"
  read -r status <"$work/notes/$nth.$1.status"
  find_image "$2/$probe:$tag"
  if [ "$status" = 0 ]; then pulled="$pulled $2"
  else
    failed=yes
    text=$(tail -c 1500 "$work/notes/$nth.$1.out")
  fi
  put kind pull; put reference "$2"; put engine "$runtime"; [ -z "$user" ] || put user "$user"
  put_number slot "$slot"; put_number status "$status"; put digest "$image_digest"; put text "$text"; send
}
# The probe goes again, unless its image was there before: then only our tag does.
mark_for_removal() {
  tag_of "$3"
  image=$2/$probe
  find_image "$image:$tag"
  [ -n "$image_id" ] || return 0
  if [ "$program:$runtime" = crictl:containerd ]; then
    mark_new_names
    return 0
  fi
  was_tagged= was_digest= was_elsewhere= was_nameless=
  while read_image; do
    case $line_name in
      "$image:$tag") return 0 ;;
      # left by a proof that was cut off
      "$image:once-"*)
        unwanted="$unwanted '$line_name'"
        continue ;;
    esac
    [ "$line_id" = "$image_id" ] || continue
    case $line_name in
      "$image:<none>") was_digest=yes ;;
      "$image:"*) was_tagged=yes ;;
      '<none>:<none>') was_nameless=yes ;;
      *) was_elsewhere=yes ;;
    esac
  done <"$work/notes/before.$nth"
  # Without a name the image would go with our tag.
  if [ -n "$was_nameless" ] && [ -z "$was_tagged$was_digest$was_elsewhere" ]; then return 0; fi
  unwanted="$unwanted '$image:$tag'"
  # Docker drops the digest of a repository together with its last tag.
  if [ -n "$was_digest" ] && [ -z "$was_tagged" ]; then again="$again '$image@$image_digest'"; fi
}
# For CRI an image has its digest and its id as names, too: those go that were not there before.
mark_new_names() {
  had=' ' left= theirs=
  while read_image; do
    case $line_name in
      *"/$probe:once-"*)
        unwanted="$unwanted '$line_name'"
        [ "$line_digest" != "$image_digest" ] || left=yes
        continue ;;
      sha256:* | *@*) ;;
      *"/$probe:"*) theirs=yes ;;
      *) [ "$line_digest" != "$image_digest" ] || theirs=yes ;;
    esac
    had="$had$line_name "
  done <"$work/notes/before.$nth"
  # All but what a proof left that was cut off.
  if [ -n "$left" ] && [ -z "$theirs" ]; then had=; fi
  while read_image; do
    [ "$line_digest" = "$image_digest" ] || continue
    case $had:$line_name in
      *" $line_name "*) ;;
      *":$image:$tag" | *":$image@"* | *:sha256:*) unwanted="$unwanted '$line_name'" ;;
    esac
  done <"$work/notes/after.$nth"
}
fetch_again() {
  for image in "$@"; do (engine_pull "$image"); done
}
finish_engine() {
  is_asked || return 0
  list_images after
  unwanted= again= failed=
  each_reference report_pull
  each_reference mark_for_removal
  if [ -n "$unwanted" ]; then eval "within 60 engine_forget $unwanted" >/dev/null 2>&1; fi
  if [ -n "$again" ]; then eval "within $pull_seconds fetch_again $again" >/dev/null 2>&1; fi
  if [ "$program" = ctr ]; then within 30 ctr namespaces rm mooring-probe >/dev/null 2>&1; fi
  end_pause
  if [ -n "$failed" ]; then look_proxy; fi
}
# Folders of proofs that were cut off. In those of others root deletes nothing: they might put links in its way. Only a
# folder of ours stays what it is between two looks, so one look says that it is no link and whose it is.
forget_dead_work() {
  for leaving in "$1"/mooring.*.??????; do
    owner=\${leaving##*/mooring.}
    if [ ! -d "$leaving" ] || kill -0 "\${owner%%.*}" 2>/dev/null; then continue; fi
    stat_of "$work"
    owner=$uid
    stat_of "$leaving"
    case $perms$uid in
      d*[!0-9]"$owner") rm -rf "$leaving" ;;
    esac
  done
}
prove() {
  work=
  if [ -n "$clock_wrong" ]; then return 0; fi
  if [ "$engines" -eq 0 ]; then
    met=$(meet)
    each_reference report_meeting
    return 0
  fi
  temporary=\${TMPDIR:-/tmp}
  work=$(mktemp -d "$temporary/mooring.$$.XXXXXX" 2>&1) || {
    explain_failure "$temporary" "$temporary" "$work"
    return 0
  }
  forget_dead_work "$temporary"
  # Stored logins must not help: the probe is for everyone.
  mkdir "$work/config" "$work/notes"
  printf '{}\\n' >"$work/auth.json"
  # Users come by for the file of no logins; what other engines have is not for them.
  [ "$users" -eq 0 ] || { chmod 700 "$work/notes" && chmod 711 "$work"; }
  DOCKER_CONFIG=$work/config REGISTRY_AUTH_FILE=$work/auth.json
  export DOCKER_CONFIG REGISTRY_AUTH_FILE
  running=0 down=
  each_engine try_engine
  each_engine start_pulls
  : >"$work/notes/met"
  if [ "$running" -eq 0 ] || [ -n "$down" ]; then meet >"$work/notes/met" & fi
  wait
  each_engine finish_engine
  met=$(cat "$work/notes/met")
  each_reference report_meeting
  rm -rf "$work"
}
`;

/** What can be shown without an engine, or when pulls fail. */
export const handshake = `
# --- handshake: TLS with the CA that is on the device, by no engine ---
# In a shell of its own. Prints for each name what went wrong, if anything, and mooring:NUMBER:CODE, where the code of HTTP is 000 for none.
meet() {
  {
    if has curl; then
      urls=
      each_reference add_url
      [ -z "$urls" ] || eval "exec curl --stderr - $urls"
    elif has openssl; then each_reference meet_name
    fi
  } 2>&1
}
# What the device has there; without that, and where there is a place to put it, what it shall have.
find_ca_file() {
  ca_file=\${store_1-}/$1/$our_file
  if [ -f "$ca_file" ]; then return 0; fi
  ca_file=\${work:+$work/ca.crt}
  [ -n "$ca_file" ] && ca_pem >"$ca_file"
}
# One process for all names: it costs the device as much as the rest of a push.
add_url() {
  find_ca_file "$2" || return 0
  urls="$urls\${urls:+ --next} -sS -o /dev/null --connect-timeout 10 -m 15 --cacert '$ca_file' -w 'mooring:$1:%{http_code}\\n' 'https://$2/v2/'"
}
meet_name() {
  find_ca_file "$2" || return 0
  if reply=$(within 20 shake "$2" "$ca_file" 2>&1); then printf '%s\\n' "mooring:$1:200"
  else
    printf '%s\\n' "$reply" | tail -c 800
    printf '%s\\n' "mooring:$1:000"
  fi
}
# REFERENCE FILE
shake() {
  host=\${1%:*}
  case $host in
    '['*) check=-verify_ip host=\${host#?}; host=\${host%?} ;;
    *[!0-9.]*) check=-verify_hostname ;;
    *) check=-verify_ip ;;
  esac
  exec openssl s_client -connect "$1" -CAfile "$2" -verify_return_error "$check" "$host" </dev/null
}
report_meeting() {
  case $met in
    *"mooring:$1:"*) ;;
    *) return 0 ;;
  esac
  text=\${met%%"mooring:$1:"*} met=\${met#*"mooring:$1:"}
  text=\${text%"
"}
  status=0
  case $met in
    000*) status=1 ;;
    *) text= ;;
  esac
  met=\${met#????}
  put kind handshake; put reference "$2"; put_number status "$status"; put text "$text"; send
}
`;

export const proxy = `
# --- proxy: does the engine pull through one? ---
look_proxy() {
  case $runtime in
    docker | docker-rootless | balena-engine) ;;
    *) return 0 ;;
  esac
  set -f
  set -- $(within 10 engine_do info --format '{{or .HTTPSProxy .HTTPProxy "-"}} {{or .NoProxy "-"}}' 2>/dev/null)
  set +f
  case \${1:--} in
    -) return 0 ;;
  esac
  if [ "\${#1}" -gt 300 ] || [ "\${#2}" -gt 8000 ]; then return 0; fi
  put kind proxy; put engine "$runtime"; put proxy "\${1##*@}"; put except "\${2-}"; send
}
`;
