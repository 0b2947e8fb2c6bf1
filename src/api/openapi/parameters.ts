import type { Dialect } from './dialect.ts'

/** What an operation does to a resource, in the words of `x-kubernetes-action`. */
export type Action =
  | 'get'
  | 'list'
  | 'watch'
  | 'watchlist'
  | 'post'
  | 'put'
  | 'patch'
  | 'delete'
  | 'deletecollection'
  | 'connect'

type ParameterType = 'string' | 'integer' | 'boolean'
type ParameterFacts = readonly [type: ParameterType, description: string]

/** Every query parameter of the API, once. */
const PARAMETERS: Readonly<Record<string, ParameterFacts>> = {
  allowWatchBookmarks: ['boolean', 'Whether a watch may send BOOKMARK events, which only tell a version.'],
  command: ['string', 'The command to run, a word each time the parameter is given; no shell reads it.'],
  container: ['string', 'The container of the pod that is meant; may be left out when it has only one.'],
  continue: ['string', 'What the last page of a list said under this name, to get the next page of the same list.'],
  dryRun: ['string', 'With `All` everything is checked and nothing is kept.'],
  fieldManager: ['string', 'The name under which the changed fields are owned; at most 128 printable characters.'],
  fieldSelector: ['string', 'Only objects whose fields match; all by default.'],
  fieldValidation: [
    'string',
    'What becomes of unknown and duplicate fields: `Ignore`, `Warn` (the default) or `Strict`.',
  ],
  follow: ['boolean', 'Whether the answer goes on as the log grows.'],
  force: ['boolean', 'Whether an apply takes over fields that others own; only for apply patches.'],
  gracePeriodSeconds: ['integer', 'How many seconds the object has to end by itself; zero is at once.'],
  ignoreStoreReadErrorWithClusterBreakingPotential: [
    'boolean',
    'Whether an object that cannot be read from the store is removed without its finalizers and preconditions.',
  ],
  insecureSkipTLSVerifyBackend: ['boolean', "Whether the node's certificate goes unchecked while its log is read."],
  labelSelector: ['string', 'Only objects whose labels match; all by default.'],
  limit: ['integer', 'How many items a page of the list has at the most.'],
  limitBytes: ['integer', 'After how many bytes the log ends.'],
  orphanDependents: ['boolean', 'An older form of `propagationPolicy`; only one of the two may be given.'],
  path: ['string', 'The path of the request that is passed on.'],
  ports: ['integer', 'The ports to forward.'],
  pretty: ['string', 'With `true` the answer is indented.'],
  previous: ['boolean', 'Whether the log of the container that ran before is meant.'],
  propagationPolicy: ['string', 'What becomes of the dependents: `Orphan`, `Background` or `Foreground`.'],
  resourceVersion: ['string', 'The version that the answer has to be of, or not older than.'],
  resourceVersionMatch: ['string', 'How `resourceVersion` of a list is meant: `Exact` or `NotOlderThan`.'],
  sendInitialEvents: ['boolean', 'Whether a watch begins with an event for each object that there is.'],
  shardSelector: ['string', 'Only objects of these ranges of hashes; needs a feature gate that is off by default.'],
  sinceSeconds: ['integer', 'How many seconds ago the log begins.'],
  stderr: ['boolean', 'Whether the standard error of the command is wanted.'],
  stdin: ['boolean', 'Whether the command gets a standard input.'],
  stdout: ['boolean', 'Whether the standard output of the command is wanted.'],
  stream: ['string', 'Which part of the log is wanted: `All`, `Stdout` or `Stderr`.'],
  tailLines: ['integer', 'How many lines before the end the log begins.'],
  timeoutSeconds: ['integer', 'After how many seconds the list or watch ends.'],
  timestamps: ['boolean', 'Whether each line of the log begins with its time.'],
  tty: ['boolean', 'Whether the command gets a terminal.'],
  watch: ['boolean', 'Whether changes are wanted as they come, instead of a list.'],
}

const SELECTION = [
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'shardSelector',
  'timeoutSeconds',
]
const LISTING = ['allowWatchBookmarks', ...SELECTION, 'watch']
const WRITING = ['dryRun', 'fieldManager', 'fieldValidation']
const DELETION = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
]

const OF_ACTION: Readonly<Record<Action, readonly string[]>> = {
  get: [],
  list: LISTING,
  watch: LISTING,
  watchlist: LISTING,
  post: WRITING,
  put: WRITING,
  patch: [...WRITING, 'force'],
  delete: DELETION,
  deletecollection: [...DELETION, ...SELECTION],
  connect: [],
}

/** What subresources take by their query, by the kind of their options or by `pods/log`. */
const OF_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'pods/log': [
    'container',
    'follow',
    'insecureSkipTLSVerifyBackend',
    'limitBytes',
    'previous',
    'sinceSeconds',
    'stream',
    'tailLines',
    'timestamps',
  ],
  PodExecOptions: ['command', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodAttachOptions: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  PodPortForwardOptions: ['ports'],
  PodProxyOptions: ['path'],
  ServiceProxyOptions: ['path'],
  NodeProxyOptions: ['path'],
}

/** The names of the query parameters of an action, sorted; `options` names what a subresource takes besides. */
export function queryNames(action: Action, options: string): string[] {
  const pretty = action === 'connect' ? [] : ['pretty']
  return [...OF_ACTION[action], ...(OF_OPTIONS[options] ?? []), ...pretty].sort()
}

const typed = (type: ParameterType, dialect: Dialect): object =>
  dialect === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }

/** A query parameter as a document shows it. */
export function queryParameter(name: string, dialect: Dialect): object {
  const [type, description] = PARAMETERS[name] ?? ['string', '']
  return { name, in: 'query', description, ...typed(type, dialect) }
}

/** The parameters in braces of a path; `kind` is what a name there names. */
export const pathParameters = (path: string, kind: string, dialect: Dialect): { readonly name: string }[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    description: IN_PATHS[name] ?? `name of the ${kind}`,
    required: true,
    ...typed('string', dialect),
  }))

const IN_PATHS: Readonly<Record<string, string>> = {
  namespace: 'The namespace of the object.',
  path: 'The path of the request that is passed on.',
}
