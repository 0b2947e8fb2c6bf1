import type { ObjectKey, ResourceRef } from '../../api/resource.ts'
import type { KubeObject, OwnerReference } from '../../api/types.ts'
import type { Client } from '../../client/client.ts'
import type { CacheChange } from '../../client/informer.ts'
import { type Controller, type ControllerDeps, done, watchRule } from '../runtime/controller.ts'
import { askForOwner, deleteNode, readSame, removeFinalizer, unblockOwners, writeOwners } from './act.ts'
import {
  decideGarbage,
  type GarbagePlan,
  type GarbageView,
  isEnding,
  isWaitingForDependents,
  ORPHAN_FINALIZER,
  type OwnerFact,
  type OwnerState,
} from './decide.ts'
import { createOwnerGraph, type GraphNode, type OwnerGraph, ownerUids } from './graph.ts'

/**
 * Deletes what has lost all its owners, holds back owners in foreground deletion until their
 * blocking dependents are gone, and lets dependents of an orphaning owner go.
 * `resources`: every resource whose objects may own or be owned. Keys are uids.
 */
export function createGarbageCollectorController(
  deps: ControllerDeps,
  options: { readonly resources: readonly ResourceRef[] },
): Controller<GarbageView, GarbagePlan> {
  const graph = createOwnerGraph(deps.informers, options.resources)
  return {
    name: 'garbage-collector',
    watches: options.resources.map((resource) => watchRule(resource, (change) => concernedUids(graph, change))),
    view: (uid) => viewOf(graph, uid),
    decide: decideGarbage,
    apply: async (plan, view, client) => {
      await act({ graph, client }, plan, view)
      return done
    },
  }
}

/** The object itself, owners that wait for it, and its dependents when it goes or begins to. */
function concernedUids(graph: OwnerGraph, change: CacheChange<KubeObject>): readonly ObjectKey[] {
  const { previous, current } = change
  const object = current ?? previous
  if (object === undefined) return []
  const named = new Set([...ownerUids(object), ...(previous === undefined ? [] : ownerUids(previous))])
  const owners = [...named].filter((uid) => isWaiting(graph, uid))
  const ends = current === undefined || isWaitingForDependents(current)
  const dependents = ends ? graph.dependentsOf(object.metadata.uid) : []
  return [object.metadata.uid, ...owners, ...dependents.map((dependent) => dependent.object.metadata.uid)]
}

function isWaiting(graph: OwnerGraph, uid: string): boolean {
  const node = graph.find(uid)
  return node !== undefined && isWaitingForDependents(node.object)
}

/** Most objects neither end nor have owners: there is nothing to decide about them. */
function viewOf(graph: OwnerGraph, uid: string): GarbageView | undefined {
  const node = graph.find(uid)
  if (node === undefined || (!isEnding(node.object) && ownerUids(node.object).length === 0)) return undefined
  return { node, owners: ownersOf(graph, node), dependents: graph.dependentsOf(uid) }
}

function ownersOf(graph: OwnerGraph, node: GraphNode): OwnerFact[] {
  return (node.object.metadata.ownerReferences ?? []).map((reference) => ({
    reference,
    state: cachedState(graph, node, reference),
  }))
}

function cachedState(graph: OwnerGraph, node: GraphNode, reference: OwnerReference): OwnerState {
  const owner = graph.find(reference.uid)
  if (owner !== undefined) return isWaitingForDependents(owner.object) ? 'waiting' : 'alive'
  const resource = graph.resourceOf(reference)
  // A cluster-scoped object cannot be owned from inside a namespace, so nobody can say which one is meant.
  const unclear = resource === undefined || (resource.namespaced && !node.resource.namespaced)
  return unclear ? 'unknown' : 'unseen'
}

interface Hands {
  readonly graph: OwnerGraph
  readonly client: Client
}

async function act(hands: Hands, plan: GarbagePlan, view: GarbageView): Promise<void> {
  const { client } = hands
  switch (plan.action) {
    case 'none':
      return
    case 'verifyOwners':
      return verifyAndAct(hands, view)
    case 'removeFinalizer':
      return removeFinalizer(client, view.node, plan.finalizer)
    case 'forgetOwners':
      return writeOwners(client, view.node, plan.keep)
    case 'orphan':
      await Promise.all(plan.dependents.map((dependent) => orphan(client, dependent, view.node.object.metadata.uid)))
      return removeFinalizer(client, view.node, ORPHAN_FINALIZER)
    case 'delete':
      return deleteNode(client, plan.unblocks ? await unblockOwners(client, view.node) : view.node, plan.propagation)
  }
}

/** Reads the object and the owners that the caches lack from the server, and decides again on that. */
async function verifyAndAct(hands: Hands, view: GarbageView): Promise<void> {
  const object = await readSame(hands.client, view.node)
  if (object === undefined) return
  const node = { resource: view.node.resource, object }
  const owners = await Promise.all(ownersOf(hands.graph, node).map((owner) => verified(hands, node, owner)))
  const fresh = { node, owners, dependents: view.dependents }
  await act(hands, decideGarbage(fresh), fresh)
}

async function verified({ graph, client }: Hands, node: GraphNode, owner: OwnerFact): Promise<OwnerFact> {
  const resource = graph.resourceOf(owner.reference)
  if (owner.state !== 'unseen' || resource === undefined) return owner
  const namespace = node.object.metadata.namespace ?? ''
  return { ...owner, state: await askForOwner(client, resource, owner.reference, namespace) }
}

function orphan(client: Client, dependent: GraphNode, ownerUid: string): Promise<void> {
  const left = (dependent.object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== ownerUid)
  return writeOwners(client, dependent, left)
}
