import type { KubeObject } from '../api/types.ts'
import { notFound } from './api_errors.ts'
import { type Answer, type Call, objectAnswer, resourceNameOf } from './call.ts'
import type { Core } from './core.ts'
import { selectionOf } from './selection.ts'

/**
 * The parts of a control plane, as the old resource `componentstatuses` shows them. Controllers, scheduler and store are parts of
 * the process that answers, so whoever gets an answer knows that they are there.
 */
const COMPONENTS = ['controller-manager', 'scheduler', 'etcd-0']

const statusOf = (name: string): KubeObject =>
  ({
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  }) as unknown as KubeObject

/** GET of one part. */
export async function getComponentStatus(_core: Core, call: Call): Promise<Answer> {
  const { name = '' } = call.request
  const { facts } = call.target
  if (!COMPONENTS.includes(name)) throw notFound(resourceNameOf(facts), name)
  return objectAnswer(200, facts, { object: statusOf(name), bytes: undefined })
}

/** GET of all, or of those that the selectors choose. */
export async function listComponentStatuses(_core: Core, call: Call): Promise<Answer> {
  const { facts } = call.target
  const selection = selectionOf(facts, call.request.options)
  const items = COMPONENTS.map(statusOf).filter((object) => selection.matches(object))
  return {
    code: 200,
    body: { type: 'list', facts, metadata: {}, items: items.map((object) => ({ object, bytes: undefined })) },
  }
}
