import type { ManagedFieldsEntry } from '../types.ts'
import * as sets from './field_set.ts'
import { type Manager, managerKey, readManagers, writeManagers } from './managers.ts'

type Entries = readonly ManagedFieldsEntry[] | undefined

/** What a Scale says of its own version; of the object that is scaled only this place shows in it. */
const SCALE_VERSION = 'autoscaling/v1'
const REPLICAS = sets.setAt(['f:spec', 'f:replicas'])

const hasReplicas = ({ fields }: Manager): boolean => !sets.isEmptySet(sets.intersection(fields, REPLICAS))

const managersOf = (entries: Entries): Manager[] => [...(readManagers(entries)?.values() ?? [])]

/** The managed fields of an object as its Scale shows them: who owns the number of replicas. `version` is that of the object. */
export function scaleEntries(parent: Entries, version: string): Entries {
  const owners = managersOf(parent).filter((manager) => manager.apiVersion === version && hasReplicas(manager))
  return written(owners.map((manager) => ({ ...manager, apiVersion: SCALE_VERSION, fields: REPLICAS })))
}

/**
 * The managed fields of an object after its Scale was written. An owner that the Scale no longer has loses the
 * replicas; so does every updater, whose name in a Scale is another one: it gets an entry of their own, without a time.
 */
export function parentEntries(parent: Entries, scale: Entries, version: string): Entries {
  const ofScale = new Map(managersOf(scale).map((manager) => [managerKey(manager), manager] as const))
  const managers: Manager[] = []
  for (const manager of managersOf(parent)) {
    const key = managerKey(manager)
    if (manager.apiVersion !== version) continue
    if (!hasReplicas(manager) || ofScale.delete(key)) managers.push(manager)
    else managers.push({ ...manager, fields: sets.difference(manager.fields, REPLICAS) })
  }
  const added = [...ofScale.values()].filter(hasReplicas)
  return written([
    ...managers,
    ...added.map((each) => ({ ...each, apiVersion: version, fields: REPLICAS, time: undefined })),
  ])
}

/** Two entries of one name may stand side by side. */
const written = (managers: readonly Manager[]): Entries =>
  writeManagers(new Map(managers.map((manager, at) => [String(at), manager] as const)))
