import { ApiError, isNotFound } from '../../../api/error.ts'
import type { ResourceRef } from '../../../api/resource.ts'
import { PODS } from '../../../api/resources.ts'
import type { Draft, KubeObject, Pod, PodTemplateSpec } from '../../../api/types.ts'
import { messageOf } from '../../../base/log.ts'
import type { Client } from '../../../client/client.ts'
import { refOf } from '../calls.ts'
import type { EventRecorder } from '../events.ts'
import { type BatchResult, inBatches } from './batches.ts'
import { controllerReferenceTo } from './ownership.ts'
import { letGo, takeOver } from './take_over.ts'

/** Who acts on pods, and for whom. */
export interface PodControl<Owner extends KubeObject = KubeObject> {
  readonly client: Client
  readonly events: EventRecorder
  readonly resource: ResourceRef<Owner>
  readonly owner: Owner
}

/** A pod made from a template, with a name that the server completes. */
export function podFromTemplate(resource: ResourceRef, owner: KubeObject, template: PodTemplateSpec): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? '',
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerReferenceTo(resource, owner)],
    },
    spec: template.spec ?? { containers: [] },
  }
}

/** Makes pods in growing batches; each is told of, and so is a failure. */
export function createPods(control: PodControl, drafts: readonly Draft<Pod>[]): Promise<BatchResult> {
  const { client, events, owner } = control
  return inBatches(drafts, async (draft) => {
    try {
      const { metadata } = await client.create(PODS, draft)
      events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${metadata.name}`)
    } catch (error) {
      if (isNamespaceEnding(error)) return
      events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
      throw error
    }
  })
}

/** A namespace that is going takes its workloads along: nothing is to be tried again. */
const isNamespaceEnding = (error: unknown): boolean =>
  error instanceof ApiError && (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')

/** Deletes these very pods; one that has gone already needs no deletion. */
export function deletePods(control: PodControl, pods: readonly Pod[]): Promise<BatchResult> {
  const { client, events, owner } = control
  return inBatches(pods, async (pod) => {
    try {
      await client.delete(PODS, refOf(pod), { uid: pod.metadata.uid })
      events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    } catch (error) {
      if (isNotFound(error)) return
      events.record(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
      throw error
    }
  })
}

/** Makes the owner the controller of objects, after the server itself said that it is still there and stays. */
export async function adopt<T extends KubeObject>(
  control: Omit<PodControl, 'events'>,
  resource: ResourceRef<T>,
  objects: readonly T[],
  finalizers: readonly string[] = [],
): Promise<void> {
  if (objects.length === 0) return
  const { client, owner } = control
  const { metadata } = await client.get(control.resource, refOf(owner))
  if (metadata.uid !== owner.metadata.uid || metadata.deletionTimestamp !== undefined) {
    throw new Error(`${control.resource.kind} ${owner.metadata.name} has just been deleted`)
  }
  const reference = controllerReferenceTo(control.resource, owner)
  for (const object of objects) await takeOver(client, reference, resource, object, finalizers)
}

/** Takes the owner's reference, and the finalizers that came with it, away from objects that it no longer means. */
export async function release<T extends KubeObject>(
  { client, owner }: Omit<PodControl, 'events'>,
  resource: ResourceRef<T>,
  objects: readonly T[],
  finalizers: readonly string[] = [],
): Promise<void> {
  for (const object of objects) await letGo(client, owner, resource, object, finalizers)
}
