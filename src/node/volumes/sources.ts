import { CLAIMS, CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS, VOLUMES } from '../../api/resources.ts'
import type { ConfigMap, PersistentVolume, PersistentVolumeClaim, Pod, Secret } from '../../api/types.ts'
import type { Clock } from '../../base/clock.ts'
import { fromRfc3339 } from '../../base/time.ts'
import type { Client } from '../../client/client.ts'
import type { Informers } from '../../client/informer.ts'
import { catchUp } from './catch_up.ts'

/** Where the content of volumes comes from. */
export interface VolumeSources {
  configMap(namespace: string, name: string): ConfigMap | undefined
  secret(namespace: string, name: string): Secret | undefined
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined
  volume(name: string): PersistentVolume | undefined
  /** Waits until everything that a pod names has been looked for once, so that what is missing is not there. */
  looked(pod: Pod): Promise<void>
  /** Waits until what a pod's volumes name is here as the API shows it now. */
  catchUp(pod: Pod): Promise<void>
  /** A service-account token that is bound to the pod. */
  token(pod: Pod, audience: string | undefined, seconds: number): Promise<string>
}

/** Looks in the caches; asks the API only for tokens, and for a new one when four fifths of its time are over. */
export function createVolumeSources(deps: {
  readonly client: Client
  readonly informers: Informers
  readonly clock: Clock
  /** Resolves when everything that a pod names has been looked for. */
  looked(pod: Pod): Promise<void>
}): VolumeSources {
  const { client, clock, informers } = deps
  const configMaps = informers.of(CONFIG_MAPS)
  const secrets = informers.of(SECRETS)
  const claims = informers.of(CLAIMS)
  const volumes = informers.of(VOLUMES)
  const tokens = new Map<string, { readonly token: string; readonly renewAt: number }>()
  return {
    configMap: (namespace, name) => configMaps.get(`${namespace}/${name}`),
    secret: (namespace, name) => secrets.get(`${namespace}/${name}`),
    claim: (namespace, name) => claims.get(`${namespace}/${name}`),
    volume: (name) => volumes.get(name),
    looked: deps.looked,
    catchUp: (pod) => catchUp(deps, pod),
    async token(pod, audience, seconds) {
      const key = `${pod.metadata.uid} ${audience ?? ''} ${seconds}`
      const known = tokens.get(key)
      if (known !== undefined && known.renewAt > clock.now()) return known.token
      const made = await requestToken(client, pod, { audience, seconds })
      const now = clock.now()
      tokens.set(key, { token: made.token, renewAt: now + ((made.expiresAt ?? now) - now) * 0.8 })
      return made.token
    },
  }
}

async function requestToken(
  client: Client,
  pod: Pod,
  wanted: { readonly audience: string | undefined; readonly seconds: number },
) {
  const { name, namespace = '', uid } = pod.metadata
  const answer = (await client.createSubresource(
    SERVICE_ACCOUNTS,
    { namespace, name: pod.spec.serviceAccountName ?? 'default' },
    'token',
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: wanted.audience === undefined ? [] : [wanted.audience],
        expirationSeconds: wanted.seconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    },
  )) as { readonly status?: { readonly token?: string; readonly expirationTimestamp?: string } }
  const { expirationTimestamp, token } = answer.status ?? {}
  if (token === undefined)
    throw new Error(`the API gave no token for service account ${pod.spec.serviceAccountName ?? 'default'}`)
  return { token, expiresAt: fromRfc3339(expirationTimestamp) }
}
