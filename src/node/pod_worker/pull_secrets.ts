import { isNotFound } from '../../api/error.ts'
import { SECRETS } from '../../api/resources.ts'
import type { Pod, Secret } from '../../api/types.ts'
import { base64ToText } from '../../base/base64.ts'
import type { ReadClient } from '../../client/client.ts'

export interface PullCredentials {
  /** All registries' names and passwords in one document, as in a secret's `.dockerconfigjson`; absent when there are none. */
  readonly document?: string
  /** Secrets that are not there, or hold no credentials. */
  readonly missing: readonly string[]
}

type Registries = Readonly<Record<string, unknown>>

/** What the pod's pull secrets say. They are asked for when an image is fetched, so that a changed password counts at once. */
export async function pullCredentials(client: ReadClient, pod: Pod): Promise<PullCredentials> {
  const names = (pod.spec.imagePullSecrets ?? []).flatMap(({ name }) => name || [])
  const found = await Promise.all(names.map((name) => registriesIn(client, pod, name)))
  const missing = names.filter((_, at) => found[at] === undefined)
  // The first secret that names a registry decides over it.
  const auths = Object.assign({}, ...found.toReversed())
  return Object.keys(auths).length === 0 ? { missing } : { document: JSON.stringify({ auths }), missing }
}

async function registriesIn(client: ReadClient, pod: Pod, name: string): Promise<Registries | undefined> {
  const ref = { namespace: pod.metadata.namespace ?? '', name }
  const secret = await client.get(SECRETS, ref).catch((error) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  return secret === undefined ? undefined : registriesOf(secret)
}

/** The second form is from before Docker kept other settings in the same file. */
function registriesOf({ data = {} }: Pick<Secret, 'data'>): Registries | undefined {
  const { '.dockerconfigjson': config, '.dockercfg': older } = data
  try {
    if (config !== undefined) return (JSON.parse(base64ToText(config)) as { auths?: Registries }).auths ?? {}
    return older === undefined ? undefined : (JSON.parse(base64ToText(older)) as Registries)
  } catch {
    return undefined
  }
}
