import { scriptLibrary } from '#electron/services/devices/script/frame.ts';
import { desiredStateOfUsers, type Desired } from './desired.ts';
import { noExtras } from './hosts.ts';

/** What ends the text for the shell of a user: no line of it, though paths that users have named are in there. */
const endOf = (text: string): string => {
  let end = 'MOORING_USER';
  while (text.includes(end)) end += '_';
  return end;
};

/** Finds users that run an engine of their own. Their homes are theirs: root neither reads nor writes there. */
export const lookUsers = `
# --- users: engines that users run for themselves ---
# The list of users is read only where there is a sign of such an engine.
look_users() {
  signs=$undo_users unlisted=" $undo_users "
  for sign in "$root"/run/user/*/docker.sock "$root"/run/user/*/podman "$root"/run/user/*/libpod \\
    "$root"/home/*/.local/share/docker "$root"/home/*/.local/share/containers \\
    "$root"/home/*/.config/docker "$root"/home/*/.config/containers \\
    "$root"/var/home/*/.local/share/containers "$root"/var/home/*/.config/containers; do
    if [ -e "$sign" ]; then note_sign "\${sign#"$root"}"; fi
  done
  [ -n "$signs" ] || return 0
  each_account all 2>/dev/null <"$root/etc/passwd"
  # Who comes from a directory is not in that file; asked by name or number, since directories seldom tell all.
  case $unlisted in
    *[A-Za-z0-9]*) has getent || return 0 ;;
    *) return 0 ;;
  esac
  each_account asked <<END
$(set -f; within 10 getent passwd $unlisted 2>/dev/null)
END
}
# PATH: the name or number of the user it speaks of, noted once
note_sign() {
  signs=yes
  case $1 in
    /home/*) set -- "\${1#/home/}" ;;
    *) set -- "\${1#/*/*/}" ;;
  esac
  set -- "\${1%%/*}"
  case $unlisted in
    *" $1 "*) return 0 ;;
  esac
  case $1 in
    -* | *[!A-Za-z0-9_.@-]*) ;;
    *) unlisted="$unlisted$1 " ;;
  esac
}
# all|asked: reads lines of passwd, of those on $unlisted or of all; who was listed is taken off it, by name and by number
each_account() {
  while IFS=: read -r name _ uid gid _ home _; do
    case $name$uid$gid in
      *[!A-Za-z0-9_.@-]*) continue ;;
    esac
    case $1$unlisted in
      all* | *" $name "* | *" $uid "*) ;;
      *) continue ;;
    esac
    for sign in "$name" "$uid"; do
      case $unlisted in
        *" $sign "*) unlisted="\${unlisted%%" $sign "*} \${unlisted#*" $sign "}" ;;
      esac
    done
    case $home in
      /*[!/]*) look_user "$name" "$uid" "$gid" "$root$home" ;;
    esac
  done
}
# NAME UID GID HOME
look_user() {
  if [ "$2" -eq 0 ] || [ ! -d "$4" ]; then return 0; fi
  case $4 in
    *[\\'\\"\\\\]*) return 0 ;;
  esac
  user_folders=
  config=$4/.config
  if [ -n "$docker" ] && { [ -e "$root/run/user/$2/docker.sock" ] || [ -d "$4/.local/share/docker" ] || [ -d "$config/docker" ]; } && is_home_of "$2" "$4"; then
    add_user_engine docker-rootless docker "$config/docker/certs.d" "$@"
  fi
  if [ -n "$podman" ] && { [ -d "$4/.local/share/containers" ] || [ -d "$config/containers" ]; } && is_home_of "$2" "$4"; then
    add_user_engine podman-rootless podman "$config/containers/certs.d" "$@"
  fi
  case " $undo_users " in
    *" $1 "*) user_folders="$user_folders '$config/docker/certs.d' '$config/containers/certs.d'" ;;
  esac
  [ -n "$user_folders" ] || return 0
  users=$((users + 1))
  eval "who_$users=\\$1 who_uid_$users=\\$2 who_gid_$users=\\$3 who_home_$users=\\$4 who_folders_$users=\\$user_folders"
}
# UID HOME: nobody else puts configurations there, which are programs to an engine: accounts of services have homes like /tmp
is_home_of() {
  stat_of "$2"
  case $perms in
    l*) stat_of "$2/." ;;
  esac
  case $perms in
    ????????w*) return 1 ;;
  esac
  [ "$uid" = "$1" ] || [ -O "$2" ]
}
add_user_engine() {
  before=$engines
  add_engine "$1" "$2" "$3" certs.d "$4" "$5" "$6" "$7"
  if [ "$engines" -gt "$before" ]; then user_folders="$user_folders '$3'"; fi
}
# USER UID GID HOME COMMAND: a line of shell, run as that user and with nothing of root's
as_user() {
  as_command="cd / && umask 022 && HOME='$4' PATH='$PATH' && export HOME PATH && $5"
  # In a session of its own: what a user runs on the terminal of root could type there.
  apart=
  if has setsid; then apart=setsid; fi
  if has runuser; then $apart runuser -u "$1" -- sh -c "$as_command"
  elif has setpriv; then $apart setpriv --reuid "$2" --regid "$3" --init-groups -- sh -c "$as_command"
  elif has su; then $apart su -s /bin/sh -c "$as_command" "$1"
  else echo 'There is no runuser, setpriv or su.'
  fi
}
# Whatever a user's shell prints is told as that user's: it may speak for its own files only, and not so long that nobody
# believes the device any more.
relay() {
  relayed=121 room=$((190000 / users))
  while IFS= read -r line; do
    room=$((room - \${#line} - 50))
    if [ "$room" -lt 0 ]; then
      put kind noise; put user "$who"; put text 'It says too much.'; send
      return 121
    fi
    case $line in
      *[[:cntrl:]]*) noise= ;;
      '{"kind":"done","changes":'*)
        line=\${line##*:}
        case \${line%?} in
          '' | *[!0-9]* | ????*) continue ;;
        esac
        if [ "$relayed" != 120 ]; then relayed=\${line%?}; fi ;;
      '{'*)
        case $line in
          '{"kind":"problem"'*) relayed=120 ;;
        esac
        emit "{\\"kind\\":\\"as\\",\\"record\\":$line,\\"user\\":\\"$who\\"}" ;;
      *) noise=$line ;;
    esac
  done
  if [ "$relayed" = 121 ]; then put kind noise; put user "$who"; put text "\${noise-}"; send; fi
  if [ "$relayed" -gt 100 ] && [ "$relayed" != 120 ] && [ "$relayed" != 121 ]; then relayed=100; fi
  return "$relayed"
}
`;

const visit = `
send_user_program() {
  printf "mode='%s' user='%s'\\nset -- %s\\n" "$mode" "$who" "$who_folders"
  user_program
}
run_user() { send_user_program 2>/dev/null | as_user "$who" "$who_uid" "$who_gid" "$who_home" 'exec sh -s' 2>&1 | relay; }
each_user() {
  number_of_user=0
  while [ "$number_of_user" -lt "$users" ] && [ -z "$stopped" ]; do
    number_of_user=$((number_of_user + 1))
    eval "who=\\$who_$number_of_user who_uid=\\$who_uid_$number_of_user who_gid=\\$who_gid_$number_of_user"
    eval "who_home=\\$who_home_$number_of_user who_folders=\\$who_folders_$number_of_user"
    within 90 run_user
    status=$?
    case $status in
      120) stopped=yes ;;
      121 | 143) problem USER_FAILED "$who_home" "$who" ;;
      *) changes=$((changes + status)) ;;
    esac
  done
}
`;

const main = `
# --- what this user's shell does ---
before_write() { :; }
leave_lock() { :; }
# Users cannot give files away: what was root's among theirs comes back as theirs.
give() { chown "$1" "$2" 2>/dev/null || :; }
${noExtras}run_as_user() {
  stopped= changes=0 kept_bytes=0 certificates=0 former= detail= cri_section= made_list= store_folder=$1 stores=0
  for folder in "$@"; do
    stores=$((stores + 1))
    eval "store_$stores=\\$folder store_kind_$stores=certs.d"
  done
  find_tools
  [ -n "$stopped" ] || run_steps
  printf '{"kind":"done","changes":%s}\\n' "$changes"
}
run_as_user "$@" </dev/null
`;

/**
 * Shell for the engines that users run for themselves; it carries the text that their shells run.
 * @param steps what their places are treated with
 */
export const users = (desired: Desired, steps: readonly string[]): string => {
  const parts = [scriptLibrary('printf \'%s\\n\' "$1"'), desiredStateOfUsers(desired), ...steps, main];
  const program = parts.join('\n');
  const end = endOf(program);
  return `need_users() { :; }${visit}user_program() {\ncat <<'${end}'\n${program}\n${end}\n}\n`;
};

/** Few devices have such users: where one has, the script that does not carry all this says so and does nothing. */
export const usersUnlessNeeded = `
need_users() {
  if [ -z "$stopped" ] && [ "$users" -gt 0 ]; then
    stopped=yes
    put kind needsUsers; send
  fi
}
each_user() { :; }
`;
