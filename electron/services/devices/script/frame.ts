/** Stands before every record, followed by the nonce: the record separator of RFC 7464. */
export const recordMark = '\x1e';

/**
 * A line sent to a tied script once it has begun: from then on it ends when its stdin does. A script that has ended
 * meanwhile leaves it to its shell, to which it is a command that does nothing.
 */
export const holdWord = ':';

const firstLine = '# Mooring. All below are functions, called in the last line: half of it does nothing.';

/** What a shell that is free waits for, so that it does not wait for ever: its sender may be gone without a word. */
const nextWord = 'next';
const idleSeconds = 60;

/** The nonce keeps text that merely looks like a record from being taken for one. */
const nonceForm = /^[A-Za-z0-9]{1,32}$/;

/**
 * What a body may use. `emit` prints one record of JSON; `put`, `put_number`, `put_raw` and `send` build one from
 * device values; `json` does the escaping and leaves its result in $json: newlines become \n, tabs become spaces,
 * other control characters go, and a value of plain characters costs no fork. `within SECONDS COMMAND...` ends
 * the command and its children when it takes longer (status 143).
 */
const library = (print: string): string => `emit() { ${print}; }
json() {
  case $1 in
    *[!A-Za-z0-9\\ _./:@%+=,~-]*)
      [ -n "$mooring_mark" ] || mooring_mark=$(printf '\\036')
      json=$(printf '%s' "$1" | tr '\\011\\012' ' \\036' | tr -d '\\001-\\035\\037\\177' | sed 's/[\\\\"]/\\\\&/g')
      while :; do
        case $json in
          *"$mooring_mark"*) json=\${json%%"$mooring_mark"*}\\\\n\${json#*"$mooring_mark"} ;;
          *) break ;;
        esac
      done
      json="\\"$json\\"" ;;
    *) json="\\"$1\\"" ;;
  esac
}
put_raw() { mooring_fields="$mooring_fields\${mooring_fields:+,}\\"$1\\":$2"; }
put() { json "$2"; put_raw "$1" "$json"; }
put_number() {
  case \${2#-} in
    '' | *[!0-9]*) put_raw "$1" null ;;
    *) put_raw "$1" "$2" ;;
  esac
}
send() { emit "{$mooring_fields}"; mooring_fields=; }
within() {
  mooring_limit=$1
  shift
  "$@" &
  mooring_job=$!
  mooring_guard "$mooring_limit" "$mooring_job" >/dev/null 2>&1 &
  mooring_dog=$!
  wait "$mooring_job"
  mooring_status=$?
  kill "$mooring_dog" 2>/dev/null
  wait "$mooring_dog" 2>/dev/null
  return "$mooring_status"
}
`;

const fresh = 'LC_ALL=C mooring_fields= mooring_mark=; export LC_ALL';

/**
 * The same for a shell within the script that reports to it.
 * @param print shell that prints the record in `$1`
 */
export const scriptLibrary = (print: string): string => `${library(print)}${fresh}\n`;

/**
 * Ends a process and everything below it; /proc tells the children apart, elsewhere only the process is ended. All of
 * them are stopped first, until two looks at /proc have found no more: what is forked while others are looked for would
 * live on with nobody above it.
 * The guard does so after a time. The leash, on fd 3, does so when its end is let go after `holdWord` was said: a
 * client that vanishes, or closes the channel, takes its script along. Where `read` knows a limit (it does in BusyBox and
 * bash, not in dash), the leash is the guard as well, which saves three processes.
 * The guard outlives a shell that was killed, so it looks whether the process is still the one it was set upon: its
 * start is field 22 of /proc/PID/stat. It may be called off at any moment. So its trap asks the shell itself for the
 * child, because a variable is set only after the fork, and it kills: until the child has become `sleep` it has the trap of
 * the guard, which swallows TERM.
 */
const watchdog = `
mooring_stop() {
  kill -STOP $mooring_kin
  mooring_passes=0
  while [ "$mooring_passes" -lt 2 ]; do
    mooring_passes=$((mooring_passes + 1))
    for mooring_file in /proc/[0-9]*/stat; do
      { read -r mooring_line <"$mooring_file"; } 2>/dev/null || continue
      mooring_pid=\${mooring_line%% *}
      set -- \${mooring_line##*) }
      case $mooring_kin in
        *" $mooring_pid "*) ;;
        *" $2 "*)
          kill -STOP "$mooring_pid"
          mooring_kin="$mooring_kin$mooring_pid "
          mooring_passes=0 ;;
      esac
    done
  done
}
mooring_reap() {
  trap '' TERM
  mooring_kin=" $1 "
  mooring_stop
  kill -TERM $mooring_kin
  kill -CONT $mooring_kin
  sleep 1
  mooring_stop
  kill -KILL $mooring_kin
}
mooring_birth_of() {
  mooring_line=
  { read -r mooring_line <"/proc/$1/stat"; } 2>/dev/null
  set -- \${mooring_line##*) }
  mooring_birth=\${20-}
}
mooring_guard() {
  trap 'kill -KILL $!; exit 0' TERM
  mooring_birth_of "$2"
  mooring_born=$mooring_birth
  sleep "$1" &
  wait "$!"
  mooring_birth_of "$2"
  [ "$mooring_birth" != "$mooring_born" ] || mooring_reap "$2"
}
mooring_leash() {
  mooring_birth_of "$1"
  mooring_born=$mooring_birth mooring_word=
  read -r $mooring_until mooring_word <&3
  if [ "$mooring_word" = ${holdWord} ]; then
    while read -r $mooring_until mooring_word <&3; do :; done
    mooring_birth_of "$1"
    [ "$mooring_birth" != "$mooring_born" ] || mooring_reap "$1"
  elif [ -n "$mooring_until" ]; then mooring_guard "$mooring_seconds" "$1"
  fi
}
mooring_knows_limits() {
  read -r -t 1 mooring_word </dev/null
  [ "$?" -eq 1 ]
} 2>/dev/null
`;

const longestLine = 1000;

/** No character takes more than three bytes a UTF-16 unit, so most lines need not be measured. */
const isFine = (text: string): boolean => {
  if (/[\x00-\x09\x0b-\x1f\x7f]/.test(text)) return false;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const length = (end < 0 ? text.length : end) - from;
    if (length * 3 >= longestLine && Buffer.byteLength(text.slice(from, from + length)) >= longestLine)
      return false;
    from += length + 1;
  }
  return true;
};

const check = (text: string): string => {
  if (isFine(text)) return text;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `line ${index + 1} of the script`;
    if (Buffer.byteLength(line) >= longestLine) throw new RangeError(`${where} is 1,000 bytes or longer`);

    if (/[\x00-\x09\x0b-\x1f\x7f]/.test(line)) throw new RangeError(`${where} has a control character`);
  }
  return text;
};

/** What a script consists of beside its body. */
export interface Frame {
  nonce: string;
  /** The watchdog: the body and all its children are ended after this time, at most twice that where the sender says nothing. */
  limitSeconds?: number;
  /** Functions that the body calls: one of a few constant texts, which does nothing by itself. */
  functions?: string;
  /** The sender keeps stdin open and says `holdWord` when the script has begun; see `nextScript`. */
  isTied?: boolean;
}

const call = (body: string, { nonce, limitSeconds = 600, isTied = false }: Frame): string => {
  if (!nonceForm.test(nonce)) throw new RangeError('a nonce has 1 to 32 letters and digits');
  const seconds = Math.max(1, Math.ceil(limitSeconds));
  // A tied shell must not read on before it is free: its stdin belongs to the leash until then.
  const line = isTied ? '3<&0 </dev/null; mooring_free' : '3</dev/null </dev/null';
  return `mooring_body() {
${body.trim()}
}
mooring_nonce=${nonce} mooring_seconds=${seconds} mooring_tied=${isTied ? 'yes' : ''}
{ mooring ${line}; }
`;
};

const shell = `
mooring_run() {
${fresh}
emit '{"mooring":"begin"}'
mooring_body
emit '{"mooring":"end"}'
}
mooring() {
mooring_tie= mooring_watch= mooring_until=
if [ -n "$mooring_tied" ] && mooring_knows_limits; then mooring_until="-t $mooring_seconds"; fi
mooring_run 3<&- &
mooring_main=$!
if [ -n "$mooring_tied" ]; then
mooring_leash "$mooring_main" >/dev/null 2>&1 &
mooring_tie=$!
fi
if [ -z "$mooring_until" ]; then
mooring_guard "$mooring_seconds" "$mooring_main" >/dev/null 2>&1 3<&- &
mooring_watch=$!
fi
wait "$mooring_main"
kill $mooring_watch $mooring_tie 2>/dev/null
wait $mooring_watch $mooring_tie 2>/dev/null
}
mooring_free() {
[ -n "$mooring_until" ] || exit
emit '{"mooring":"free"}'
while read -r -t ${idleSeconds} mooring_word; do
[ "$mooring_word" != ${nextWord} ] || return 0
done
exit
}
`;

const heads = new Map<string, string>();

/** The same for each run, so it is checked once. */
const head = (functions: string): string => {
  const known = heads.get(functions);
  if (known !== undefined) return known;
  const print = `printf '\\n\\036%s%s\\n' "$mooring_nonce" "$1"`;
  const text = check(`${firstLine}${watchdog}${library(print)}${shell}${functions}\n`);
  heads.set(functions, text);
  return text;
};

/**
 * Makes the script that runs on a device: POSIX sh, the same whether it is sent over SSH or pasted by a person.
 * The body runs in a subshell with stdin from /dev/null between a begin and an end record. It ends early with
 * `return`; after `exit`, or when killed, the end record is missing. Names beginning with `mooring_` are taken. A body
 * has a trap for TERM only where it starts no guard: guards inherit it until they set their own, and that signal calls
 * them off.
 * @throws RangeError when a line has 1,000 bytes or a control character (see `shellQuote`), or is framed already
 */
export const frameScript = (body: string, frame: Frame): string => {
  if (body.includes(firstLine)) throw new RangeError('the script is framed already');
  return head(frame.functions ?? '') + check(call(body, frame));
};

/**
 * What a shell that runs a tied script gets next, once it has said that it is free: another body for the functions it has,
 * or for those given. A shell is free when the last body has ended, for a minute or until its stdin ends. Where `read`
 * knows no limit (dash) it ends instead.
 */
export const nextScript = (body: string, frame: Omit<Frame, 'isTied'>): string => {
  const tied = { ...frame, isTied: true };
  const text = frame.functions === undefined ? check(call(body, tied)) : frameScript(body, tied);
  return `${nextWord}\n${text}`;
};
