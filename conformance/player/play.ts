import type { Case, RequestSpec, Step, WaitSpec } from './case.ts'
import { differences } from './compare.ts'
import type { Connection } from './connection.ts'
import { Normalizer } from './normalize.ts'
import { pick } from './paths.ts'
import { type Recording, record } from './recording.ts'

const WAIT_MS = 10_000
const SETTLE_MS_MAX = 20_000
const POLL_MS = 30
const WATCH_QUIET_MS = 500
const JSON_BODY = { 'content-type': 'application/json' }

type Saw = Record<string, unknown>

let serial = 0
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Plays one case; gives what differs from the recorded answers, one line a place; empty if nothing does. */
export async function playCase(connection: Connection, script: Case): Promise<string[]> {
  const play = new Play(connection, script)
  const problems: string[] = []
  try {
    await play.start()
    for (const [index, step] of script.steps.entries()) {
      const saw = JSON.parse(JSON.stringify(await play.step(step))) as Saw
      const place = `step ${index + 1}${step.note ? ` (${step.note})` : ''}`
      problems.push(...differences(step.want ?? {}, saw).map((line) => `${place} ${line}`))
    }
  } catch (error) {
    problems.push(`stopped: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    await play.stop().catch(() => {})
  }
  return problems
}

class Play {
  readonly #connection: Connection
  readonly #script: Case
  readonly #namespace: string
  readonly #values: Record<string, unknown>
  readonly #normalizer: Normalizer
  readonly #recordings: Recording[] = []

  constructor(connection: Connection, script: Case) {
    const run = `${Date.now().toString(36)}${(serial++).toString(36)}`
    this.#connection = connection
    this.#script = script
    this.#namespace = `g-${run}`
    this.#values = { ns: this.#namespace, run }
    this.#normalizer = new Normalizer({
      names: [
        [this.#namespace, '{ns}'],
        [run, '{run}'],
      ],
      keepManagedFields: script.managedFields === true,
      ignore: script.ignore ?? [],
      generated: script.generated === true,
    })
  }

  async start(): Promise<void> {
    if (this.#script.namespace === false) return
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.#namespace } }
    const made = await this.#connection.call('POST', '/api/v1/namespaces', JSON_BODY, JSON.stringify(namespace))
    if (made.status !== 201) throw new Error(`cannot create namespace: ${made.status} ${made.text}`)
    const account = { path: `/api/v1/namespaces/${this.#namespace}/serviceaccounts/default`, ms: 5000 }
    await this.#wait(account).catch(() => {}) // a server without that controller plays the other cases all the same
    for (const rules of this.#script.record ?? []) {
      this.#recordings.push(await record(this.#connection, this.#fill(rules.path), rules))
    }
  }

  /** Sets go first: else they would try again and again to make pods in the ending namespace. */
  async stop(): Promise<void> {
    for (const recording of this.#recordings) recording.stop()
    if (this.#script.namespace === false) return
    const remove = (path: string, options: object) =>
      this.#connection.call('DELETE', path, JSON_BODY, JSON.stringify(options))
    const background = { propagationPolicy: 'Background' }
    if (this.#script.record) await remove(`/apis/apps/v1/namespaces/${this.#namespace}/statefulsets`, background)
    await remove(`/api/v1/namespaces/${this.#namespace}`, background)
    // No node agent ends the pods that are bound, so the namespace would stay for ever.
    if (this.#script.record) await remove(`/api/v1/namespaces/${this.#namespace}/pods`, { gracePeriodSeconds: 0 })
  }

  async step(step: Step): Promise<Saw> {
    const saw: Saw = {}
    if (step.wait) await this.#wait(step.wait)
    if (step.sleep) await sleep(step.sleep)
    const watching = step.watch && (await record(this.#connection, this.#fill(step.watch.path), step.watch))
    if (step.request) Object.assign(saw, await this.#request(step.request, step))
    for (const inner of step.during ?? []) await this.step(inner)
    if (watching) {
      const quietMs = step.watch?.ms ?? WATCH_QUIET_MS
      await this.#settle(quietMs)
      await sleep(quietMs)
      watching.stop()
      saw['events'] = watching.take(this.#normalizer, false)
    }
    if (step.settle) {
      for (const recording of this.#recordings) recording.last = Math.max(recording.last, Date.now())
      await this.#settle(step.settle)
    }
    if (this.#recordings.length > 0 && (step.settle || step.saw)) saw['saw'] = this.#recorded(step)
    return saw
  }

  #recorded(step: Step): Record<string, unknown> {
    const rules = this.#script.record ?? []
    return Object.fromEntries(
      this.#recordings.map((recording, index) => {
        const name = rules[index]?.name ?? rules[index]?.path ?? ''
        return [name, recording.take(this.#normalizer, step.unordered === true)]
      }),
    )
  }

  #fill(text: string): string {
    return text.replace(/\{\{?(\w+)\}?\}/g, (whole, name: string) =>
      name in this.#values ? String(this.#values[name]) : whole,
    )
  }

  async #wait({ path, field, value, gone, ms = WAIT_MS }: WaitSpec): Promise<void> {
    const end = Date.now() + ms
    let seen: unknown
    while (Date.now() < end) {
      const answer = await this.#connection.call('GET', this.#fill(path))
      if (gone ? answer.status === 404 : field === undefined && answer.status === 200) return
      if (field !== undefined && answer.status === 200) {
        seen = pick(JSON.parse(answer.text), field)
        if (JSON.stringify(seen) === JSON.stringify(value)) return
      }
      await sleep(POLL_MS)
    }
    throw new Error(
      `waited ${ms} ms for ${field} = ${JSON.stringify(value)} at ${path}; last seen ${JSON.stringify(seen)}`,
    )
  }

  async #settle(quietMs: number): Promise<void> {
    const end = Date.now() + SETTLE_MS_MAX
    const lastEvent = () => Math.max(0, ...this.#recordings.map((recording) => recording.last))
    while (Date.now() < end && Date.now() - lastEvent() < quietMs) await sleep(20)
  }

  async #request(spec: RequestSpec, step: Step): Promise<Saw> {
    const body = this.#body(spec)
    const type: Record<string, string> = body === undefined || spec.headers?.['content-type'] ? {} : JSON_BODY
    const headers = { ...type, ...spec.headers }
    const answer = await this.#connection.call(spec.method ?? 'GET', this.#fill(spec.path), headers, body)
    this.#save(answer.text, step.save ?? {})
    const out: Saw = { status: answer.status }
    const shown = [...(spec.show ?? []), ...(spec.show?.includes('warning') ? [] : ['warning'])]
    for (const name of shown) {
      const value = answer.headers[name]
      if (value !== undefined && value !== '') out[name] = this.#normalizer.text(String(value))
    }
    if (step.body === false) return out
    const whole = this.#normalizer.body(answer.text)
    out['body'] = step.fields ? Object.fromEntries(step.fields.map((field) => [field, pick(whole, field)])) : whole
    return out
  }

  #body(spec: RequestSpec): Buffer | undefined {
    if (spec.base64 !== undefined) return Buffer.from(spec.base64, 'base64')
    if (spec.text !== undefined) return Buffer.from(this.#fill(spec.text))
    return spec.body === undefined ? undefined : Buffer.from(this.#fill(JSON.stringify(spec.body)))
  }

  #save(text: string, save: Readonly<Record<string, string>>): void {
    if (Object.keys(save).length === 0) return
    const parsed: unknown = JSON.parse(text)
    for (const [name, field] of Object.entries(save)) this.#values[name] = pick(parsed, field)
  }
}
