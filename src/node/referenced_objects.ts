import { podReferences } from '../api/pod_references.ts'
import type { ObjectKey, ResourceRef } from '../api/resource.ts'
import { CLAIMS, CONFIG_MAPS, SECRETS, VOLUMES } from '../api/resources.ts'
import type { ConfigMap, KubeObject, PersistentVolume, PersistentVolumeClaim, Pod, Secret } from '../api/types.ts'
import { type Clock, sleep } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ReadClient } from '../client/client.ts'
import type { Informer, Informers } from '../client/informer.ts'
import { NamedObjects } from '../client/named_objects.ts'
import { FIRST_LOOK_MOST_MS } from './limits.ts'

/** A node sees of configuration, secrets, claims and volumes only what its own pods name: the API shows it nothing else. */
export class ReferencedObjects implements Informers {
  readonly #others: Informers
  readonly #clock: Clock
  readonly #pods: Informer<Pod>
  readonly #configMaps: NamedObjects<ConfigMap>
  readonly #secrets: NamedObjects<Secret>
  readonly #claims: NamedObjects<PersistentVolumeClaim>
  readonly #volumes: NamedObjects<PersistentVolume>

  /** Make it before the informers start. */
  constructor(deps: {
    readonly client: ReadClient
    readonly clock: Clock
    readonly log: Log
    /** Caches of everything else. */
    readonly others: Informers
    /** The pods of this node. */
    readonly pods: Informer<Pod>
  }) {
    this.#others = deps.others
    this.#clock = deps.clock
    this.#pods = deps.pods
    this.#configMaps = new NamedObjects(CONFIG_MAPS, deps)
    this.#secrets = new NamedObjects(SECRETS, deps)
    this.#claims = new NamedObjects(CLAIMS, deps)
    this.#volumes = new NamedObjects(VOLUMES, deps)
    deps.pods.onChange(() => this.#wantAll())
    this.#claims.onChange(() => this.#wantVolumes())
  }

  of<T extends KubeObject>(resource: ResourceRef<T>): Informer<T> {
    const all: readonly [ResourceRef, unknown][] = [
      [CONFIG_MAPS, this.#configMaps],
      [SECRETS, this.#secrets],
      [CLAIMS, this.#claims],
      [VOLUMES, this.#volumes],
    ]
    const own = all.find(([ref]) => ref.group === resource.group && ref.resource === resource.resource)?.[1]
    return own === undefined ? this.#others.of(resource) : (own as Informer<T>)
  }

  /** Resolves when everything that a pod names has been looked for, and so its absence means something. */
  async looked(pod: Pod): Promise<void> {
    const done = new AbortController()
    const tooLong = sleep(this.#clock, FIRST_LOOK_MOST_MS, done.signal).then(() => {
      throw new Error('timed out waiting for a first look at what the pod names')
    })
    tooLong.catch(() => {})
    await Promise.race([this.#lookedFor(pod), tooLong]).finally(() => done.abort())
  }

  async #lookedFor(pod: Pod): Promise<void> {
    const { configMaps, secrets, claims } = keysOf(pod)
    await Promise.all([this.#configMaps.looked(configMaps), this.#secrets.looked(secrets), this.#claims.looked(claims)])
    await this.#volumes.looked(this.#volumeNames(claims))
  }

  start(): Promise<void> {
    return this.#others.start()
  }

  stop(): void {
    this.#others.stop()
    for (const one of [this.#configMaps, this.#secrets, this.#claims, this.#volumes]) one.stop()
  }

  #wantAll(): void {
    const all = this.#pods.list().map(keysOf)
    this.#configMaps.want(new Set(all.flatMap(({ configMaps }) => configMaps)))
    this.#secrets.want(new Set(all.flatMap(({ secrets }) => secrets)))
    this.#claims.want(new Set(all.flatMap(({ claims }) => claims)))
    this.#wantVolumes()
  }

  #wantVolumes(): void {
    this.#volumes.want(
      new Set(this.#volumeNames(this.#claims.list().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))),
    )
  }

  #volumeNames(claims: readonly ObjectKey[]): ObjectKey[] {
    return claims.flatMap((key) => this.#claims.get(key)?.spec.volumeName || [])
  }
}

function keysOf(pod: Pod) {
  const keys = (names: ReadonlySet<string>): ObjectKey[] =>
    [...names].map((name) => `${pod.metadata.namespace ?? ''}/${name}`)
  const { configMaps, secrets, claims } = podReferences(pod)
  return { configMaps: keys(configMaps), secrets: keys(secrets), claims: keys(claims) }
}
