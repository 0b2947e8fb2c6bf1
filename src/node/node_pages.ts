import type { Pod } from '../api/types.ts'

/** What the agent answers at one of the kubelet's paths. */
export interface NodePage {
  readonly contentType: string
  readonly text: string
}

/** Answers the paths of the kubelet that tell how the agent is set up and what it runs; undefined for every other path. */
export type NodePages = (path: string) => Promise<NodePage | undefined>

export interface NodePagesSource {
  /** The pods of this node. */
  pods(): readonly Pod[]
  readonly config: object
}

const TEXT = 'text/plain; charset=utf-8'

export function createNodePages({ pods, config }: NodePagesSource): NodePages {
  const page: Readonly<Record<string, () => NodePage>> = {
    '/healthz': () => ({ contentType: TEXT, text: 'ok' }),
    '/healthz/ping': () => ({ contentType: TEXT, text: 'ok' }),
    '/healthz/log': () => ({ contentType: TEXT, text: 'ok' }),
    '/pods': () => json(podList(pods())),
    '/configz': () => json({ kubeletconfig: config }),
  }
  return async (path) => page[path.replace(/\?.*$/, '').replace(/(.)\/$/, '$1')]?.()
}

const json = (value: object): NodePage => ({ contentType: 'application/json', text: JSON.stringify(value) })

const podList = (pods: readonly Pod[]) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: {},
  items: pods.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest),
})
