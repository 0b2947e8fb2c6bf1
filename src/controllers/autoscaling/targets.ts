import type { ResourceRef } from '../../api/resource.ts'
import { DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS } from '../../api/resources.ts'
import { type AnySelector, selectorText } from '../../api/selector_text.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Informers } from '../../client/informer.ts'
import type { Autoscaler } from './autoscaler.ts'
import type { TargetScale } from './decide.ts'

/** What can be scaled, as its scale shows it. */
export interface Scalable extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: AnySelector }
  readonly status?: { readonly replicas?: number }
}

const REPLICATION_CONTROLLERS: ResourceRef<Scalable> = {
  group: '',
  version: 'v1',
  resource: 'replicationcontrollers',
  kind: 'ReplicationController',
  namespaced: true,
}

/** The kinds that an autoscaler can scale. */
export const SCALABLE: readonly ResourceRef<Scalable>[] = [
  STATEFUL_SETS,
  DEPLOYMENTS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
] as readonly ResourceRef[] as readonly ResourceRef<Scalable>[]

export interface Target {
  readonly resource: ResourceRef<Scalable> | undefined
  readonly object: Scalable | undefined
  readonly scale: TargetScale
}

/** What an autoscaler means, from the caches. The version counts for nothing, the group does. */
export function targetOf(informers: Informers, { metadata, spec }: Autoscaler): Target {
  const { apiVersion = '', kind, name } = spec.scaleTargetRef
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const resource = SCALABLE.find((one) => one.kind === kind && one.group === group)
  if (resource === undefined) {
    const error = `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`
    return { resource, object: undefined, scale: { error } }
  }
  const object = informers.of(resource).get(`${metadata.namespace ?? ''}/${name}`)
  if (object !== undefined) return { resource, object, scale: scaleOf(object) }
  const qualified = group === '' ? resource.resource : `${resource.resource}.${group}`
  return { resource, object, scale: { error: `${qualified} ${JSON.stringify(name)} not found` } }
}

const scaleOf = ({ spec, status }: Scalable): TargetScale => ({
  replicas: spec?.replicas ?? 0,
  current: status?.replicas ?? 0,
  selector: selectorText(spec?.selector),
})
