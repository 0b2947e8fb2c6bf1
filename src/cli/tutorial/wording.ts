/**
 * kubectl has changed its words over the years. Documents are written in those of one version; what
 * another says instead means the same. Each rule names the versions that it is for.
 */
const OTHER_WORDS: readonly (readonly [RegExp, string])[] = [
  // 1.34 and newer: pod "web-0" deleted from default namespace
  [/( deleted) from \S+ namespace$/, '$1'],
  // Before 1.18, and still where no namespace is in play: No resources found.
  [/^No resources found in \S+ namespace\.$/, 'No resources found.'],
  // Before 1.21, of a drained node: node/node-0 evicted
  [/^(node\/\S+) evicted$/, '$1 drained'],
]

/** Lines that only some versions print, or only when a pod starts slowly. */
const PASSING_LINES: readonly RegExp[] = [
  /^If you don't see a command prompt, try pressing enter\.$/,
  // 1.33 and newer
  /^All commands and output from this session will be recorded in container logs/,
  /^Waiting for pod \S+ to be running, status is /,
  // The pod has ended before kubectl could attach: its output then comes from its log. The second one is from 1.20.
  /^warning: couldn't attach to pod\/\S+, falling back to streaming logs: /,
  /^Error attaching, falling back to logs: /,
  // Advice of the server's own; documents show it where they speak of it
  /^Warning: best practice: /,
  // mysql and mysqladmin, when a password stands on the command line
  /Using a password on the command line interface can be insecure\.$/,
]

/** The line in the words that documents use. */
export function inOurWords(line: string): string {
  return OTHER_WORDS.reduce((text, [other, ours]) => text.replace(other, ours), line)
}

export const isPassingLine = (line: string): boolean => PASSING_LINES.some((passing) => passing.test(line))
