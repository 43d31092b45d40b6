import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createDevice } from '../system/device.ts';
import { gathering, nowhere } from './streams.ts';

/** Each is run by the real sh and by the played one, in an empty folder; what is printed and the status must be the same. */
const snippets: Record<string, string> = {
  'parameters with defaults': 'x=; echo "${x:-a}" "${x-b}" "${y-c}" "${x:+d}" "${x+e}" "${y=f}" "$y" ${#y}',
  'prefixes and suffixes': 'x=/a/b.c.d; echo "${x##*/}" "${x%/*}" "${x%%.*}" "${x#*.}" "${x%"$(echo .d)"}"',
  'patterns that are quoted': 'x="a*b"; case $x in "a*"*) echo quoted ;; esac; echo "${x%"*b"}" "${x#a?}"',
  'fields of a value': 'x="  a  b\tc "; set -- $x; echo $# "$1" "$3"; set -- "$x"; echo $#',
  'words beyond the ninth': 'set -- a b c d e f g h i j k; echo $10 ${10} ${11-} "${20-none}" ${#11}',
  'a suffix after a bracket': 'x="1 (a) b) S 4"; set -- ${x##*) }; echo $# $1',
  'all words': 'set -- "a b" c; for w in "$@"; do echo "[$w]"; done; echo "$*" $#; shift; echo "$1"',
  'an empty word stays': 'set -- "" a ""; echo $#; set -- $none a; echo $#',
  'single, double, backslash': `echo 'a"b' "c'd" e\\ f "\\$x\\"\\\\" 'g\\h'`,
  arithmetic: 'x=7; echo $((x * (2 + 3) - 4 / 2 % 3)) $((x > 3)) $((-x)) $((x == 7 && 0 || 1))',
  'and, or, not': 'true && echo a || echo b; false && echo c || echo d; ! true; echo $?; ! false; echo $?',
  'if and elif': 'x=2; if [ $x = 1 ]; then echo a; elif [ $x -eq 2 ]; then echo b; else echo c; fi',
  'loops that are left':
    'i=0; while :; do i=$((i + 1)); [ $i -ne 2 ] || continue; [ $i -lt 4 ] || break; echo $i; done',
  'two loops at once': 'for a in 1 2; do for b in x y; do [ $b = x ] || continue 2; echo $a$b; done; done',
  until: 'i=3; until [ $i -le 0 ]; do echo $i; i=$((i - 1)); done',
  'case of several patterns':
    'for x in a.crt b.key "" "[z]"; do case $x in *.crt | *.key) echo file ;; "") echo none ;; \\[*) echo set ;; esac; done',
  'sets of characters':
    'for x in a B 7 - ]; do case $x in [!A-Z0-9]) echo "$x no" ;; [[:upper:]]) echo up ;; *) echo other ;; esac; done',
  'functions and their words': 'f() { echo "$1 $#"; return 3; }; set -- z; f a b; echo $? $1',
  'a variable for one command':
    'f() { echo "[$X]"; }; X=1 f; echo "[$X]"; IFS=: read -r a b <<E\nx:y:z\nE\necho "$a $b"',
  'reading lines': 'while IFS="=" read -r k v; do echo "$k -> $v"; done <<E\na=1\n b = 2 \nc\nE',
  'reading knows no limit': 'read -r -t 1 l </dev/null; [ "$?" -eq 1 ] || echo none',
  'the last line without an end': 'printf "a\\nb" >f; while read -r l; do echo "$l"; done <f; echo "$l" $?',
  'here-documents': 'x=1; cat <<A; cat <<"B"\n$x $(echo two) \\$x\nA\n$x $(echo two)\nB',
  substitutions:
    'x=$(printf "a\\n\\n"; exit 3); echo "$x" $?; y=$(false) || echo failed; echo "$(echo "$(echo deep)")"',
  'errors into output': 'x=$({ echo out; echo err >&2; } 2>&1); echo "$x"; { echo gone >&2; } 2>/dev/null',
  'descriptors of one command': 'f() { read -r a <&3; echo "$a"; }; echo text >t; f 3<t; cat 3<t <&3',
  'files and globs': 'mkdir d; : >d/b; : >d/a; : >d/.h; echo d/* d/.[!.]* d/none*; set -f; echo d/*; set +f',
  'appending and sizes': 'echo a >f; echo b >>f; cat f; [ -s f ] && echo full; : >f; [ -s f ] || echo empty',
  'tests of files':
    'ln -s nowhere l; mkdir d; for t in -e -f -d -L; do for x in l d none; do [ $t $x ] && echo $t $x; done; done; echo end',
  'folders that are not empty':
    'mkdir -p a/b; rmdir a 2>/dev/null || echo no; rmdir a/b && rmdir a && echo yes',
  'pipes and their status': 'printf "b\\na\\n" | sort | tail -n 1; true | false; echo $?',
  printf: `printf '%s-%s\\n' a b c; printf '%d %5s|%-3s|%%\\n' 7 x y; printf '\\101\\060'; printf '%b' 'a\\n'`,
  'bytes and sums': `printf '\\000\\377\\012x' >f; sha256sum <f; base64 <f; base64 -d <<E\n/wo=\nE`,
  'translating characters': `printf 'a\\tb\\001c\\n' | tr '\\011' ' ' | tr -d '\\001-\\010'; printf '%s\\n' 'a"b\\c' | sed 's/[\\\\"]/\\\\&/g'`,
  'evaluated text': `x='a b'; eval "y_1=\\$x"; echo "$y_1"; eval "set -- 'c d' e"; echo "$1"`,
  'jobs in the background': '(exit 4) & a=$!; { exit 5; } & b=$!; wait $a; echo $?; wait $b; echo $?',
  'a job that is ended': 'sleep 30 & p=$!; kill $p; wait $p; echo $?; kill -0 $p 2>/dev/null || echo gone',
  'a trap ends the wait': `{ trap 'echo trapped; kill -KILL $!; exit 7' TERM; sleep 30 & : >ready; wait $!; } & p=$!
    while [ ! -e ready ]; do :; done; kill $p; wait $p; echo $?`,
  'a signal that is ignored': `{ trap '' TERM; : >ready; while [ ! -e go ]; do :; done; exit 3; } & p=$!
    while [ ! -e ready ]; do :; done; kill $p; : >go; wait $p; echo $?`,
  'subshells keep to themselves': 'x=1; (x=2; cd /; echo $x); echo $x; f() { x=3; }; f; echo $x',
  'what is there':
    'f() { :; }; command -v f; command -v cd >/dev/null && echo yes; command -v no-such || echo none',
  'a program that is missing': 'no-such 2>/dev/null; echo $?',
  comments: 'echo a # b\n# c\necho "# d" e#f',
  'lines that go on': 'echo a \\\n  b && \\\n  echo c |\n  cat',
};

test.each(Object.entries(snippets))('%s', async (_title, snippet) => {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mooring-shell-'));
  const options = { cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, encoding: 'latin1' } as const;
  const real = spawnSync('sh', ['-c', snippet], options);
  await fs.rm(folder, { recursive: true });

  const machine = createDevice({ system: 'debian', hostName: 'd', now: () => new Date(), place: () => null });
  const output = gathering();
  const status = await machine.login(snippet, { input: nowhere, output, errors: nowhere }).ended;
  expect({ text: output.text(), status }).toEqual({ text: real.stdout, status: real.status });
});
