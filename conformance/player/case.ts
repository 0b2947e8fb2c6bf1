/** The format of a recorded case; `conformance/README.md` explains it. */

export type Body = unknown

export interface RequestSpec {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; `text` and `base64` are sent as they are. */
  readonly body?: Body
  readonly text?: string
  readonly base64?: string
  /** Answer headers that belong to the comparison. */
  readonly show?: readonly string[]
}

export interface WaitSpec {
  readonly path: string
  readonly field?: string
  readonly value?: unknown
  readonly gone?: boolean
  readonly ms?: number
}

export interface Step {
  readonly note?: string
  readonly request?: RequestSpec
  readonly save?: Readonly<Record<string, string>>
  /** Compare only these paths; `body: false` compares no body at all. */
  readonly fields?: readonly string[]
  readonly body?: false
  readonly watch?: { readonly path: string; readonly show?: readonly string[]; readonly ms?: number }
  readonly during?: readonly Step[]
  readonly wait?: WaitSpec
  readonly sleep?: number
  /** Milliseconds of silence on all recorders that end the step. */
  readonly settle?: number
  readonly saw?: boolean
  readonly unordered?: boolean
  readonly want?: Readonly<Record<string, unknown>>
}

/** A watch that is open during the whole case, and what of its events is compared. */
export interface Recorder {
  readonly name?: string
  readonly path: string
  readonly show?: readonly string[]
  readonly types?: readonly string[]
  readonly last?: boolean
  readonly changes?: boolean
  readonly distinct?: boolean
  readonly unordered?: boolean
}

export interface Case {
  readonly case: string
  readonly about?: string
  readonly steps: readonly Step[]
  readonly record?: readonly Recorder[]
  /** false: the case makes no namespace of its own. */
  readonly namespace?: false
  /** Runs after the others, one at a time. */
  readonly alone?: boolean
  readonly managedFields?: boolean
  readonly ignore?: readonly string[]
  readonly generated?: boolean
}
