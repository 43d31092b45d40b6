/**
 * Lets the device's own engine pull the probe image by every name, all at once, since a name that mDNS does not
 * know costs ten seconds. The registry's record of a pull is what counts; this only reports what the engine said.
 */
export const prove = `
# --- prove: the engine of the device pulls the probe by every name ---
images_format='{{.ID}} {{.Repository}}:{{.Tag}} {{.Digest}}'
list_images() {
  within 30 "$engine" images --all --no-trunc --digests --format "$images_format" >"$work/$1" 2>"$work/error"
}
# KIND PROGRAM: does it run?
try_engine() {
  if [ -n "$runtime" ] || [ -z "$2" ]; then return 0; fi
  engine=$2
  if list_images before; then runtime=$1
  else put kind engine; put engine "$1"; put_raw isRunning false; put text "$(tail -c 800 "$work/error")"; send
  fi
}
find_running_engine() {
  runtime= engine=
  try_engine balena-engine "$balena"
  try_engine docker "$docker"
  if [ -z "$balena$docker" ]; then try_engine podman "$podman"; fi
  [ -n "$runtime" ] || return 1
  put kind engine; put engine "$runtime"; put_raw isRunning true; put text ''; send
}
start_pull() {
  {
    within "$pull_seconds" "$engine" pull "$2/$probe:$3" >"$work/$1.out" 2>&1
    echo $? >"$work/$1.status"
  } &
}
# IMAGE: its line of the list after the pulls, in $image_id and $image_digest
find_image() {
  image_id= image_digest=
  while read -r line_id line_name line_digest; do
    if [ "$line_name" = "$1" ]; then image_id=$line_id image_digest=$line_digest; fi
  done <"$work/after"
}
report_pull() {
  status= text=
  read -r status <"$work/$1.status"
  find_image "$2/$probe:$3"
  if [ "$status" = 0 ]; then pulled="$pulled $2"; else text=$(tail -c 1500 "$work/$1.out"); fi
  put kind pull; put reference "$2"; put engine "$runtime"; put_number status "$status"
  put digest "$image_digest"; put text "$text"; send
}
# The probe goes again, unless its image was there before: then only our tag does.
mark_for_removal() {
  image=$2/$probe
  find_image "$image:$3"
  [ -n "$image_id" ] || return 0
  was_tagged= was_digest= was_elsewhere= was_nameless=
  while read -r line_id line_name line_digest; do
    case $line_name in
      "$image:$3") return 0 ;;
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
  done <"$work/before"
  # Without a name the image would go with our tag.
  if [ -n "$was_nameless" ] && [ -z "$was_tagged$was_digest$was_elsewhere" ]; then return 0; fi
  unwanted="$unwanted '$image:$3'"
  # Docker drops the digest of a repository together with its last tag.
  if [ -n "$was_digest" ] && [ -z "$was_tagged" ]; then again="$again '$image@$image_digest'"; fi
}
fetch_again() {
  for image in "$@"; do within "$pull_seconds" "$engine" pull "$image" >/dev/null 2>&1; done
}
# Folders of proofs that were cut off.
forget_dead_work() {
  for leaving in "$1"/mooring.*.??????; do
    [ -d "$leaving" ] || continue
    owner=\${leaving##*/mooring.}
    kill -0 "\${owner%%.*}" 2>/dev/null || rm -rf "$leaving"
  done
}
prove() {
  if [ -n "$clock_wrong" ] || [ -z "$balena$docker$podman" ]; then return 0; fi
  temporary=\${TMPDIR:-/tmp}
  forget_dead_work "$temporary"
  work=$(mktemp -d "$temporary/mooring.$$.XXXXXX" 2>&1) || {
    explain_failure "$temporary" "$temporary" "$work"
    return 0
  }
  # Stored logins must not help: the probe is for everyone.
  mkdir "$work/config"
  printf '{}\\n' >"$work/auth.json"
  DOCKER_CONFIG=$work/config REGISTRY_AUTH_FILE=$work/auth.json
  export DOCKER_CONFIG REGISTRY_AUTH_FILE
  if find_running_engine; then
    each_reference start_pull
    wait
    list_images after
    unwanted= again=
    each_reference report_pull
    each_reference mark_for_removal
    if [ -n "$unwanted" ]; then eval "within 60 \\"\\$engine\\" rmi $unwanted" >/dev/null 2>&1; fi
    if [ -n "$again" ]; then eval "fetch_again $again"; fi
  fi
  rm -rf "$work"
}
`;
