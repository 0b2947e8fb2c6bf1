/**
 * Known bad changes of the source. Each must be found by the scenario within so many seeds: a simulation
 * that does not notice them would not notice the real mistake either.
 */
export interface Mutant {
  readonly name: string
  /** What a hurried programmer might think. */
  readonly about: string
  readonly file: string
  /** Must stand exactly once in the file. */
  readonly from: string
  readonly to: string
  readonly seedsMax: number
}

export const mutants: readonly Mutant[] = [
  {
    name: 'delete-without-uid',
    about: 'a pod is deleted by its name, whoever has it by now',
    file: 'src/controllers/statefulset/pod_control.ts',
    from: 'await performer.client.delete(PODS, { namespace, name }, { uid })',
    to: 'await performer.client.delete(PODS, { namespace, name }, {})',
    seedsMax: 5,
  },
  {
    name: 'ignore-readiness',
    about: 'the next pod is made although the one before it is not ready',
    file: 'src/controllers/statefulset/pod_health.ts',
    from: "export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isPodReady(pod)",
    to: 'export const isRunningAndReady = (pod: Pod): boolean => pod.metadata.name !== "" || isPodReady(pod)',
    seedsMax: 10,
  },
  {
    name: 'edge-triggered',
    about: 'a failed reconciliation waits for the next change instead of trying again',
    file: 'src/controllers/runtime/run_controller.ts',
    from: 'this.#queue.addFailed(key)',
    to: 'this.#queue.forget(key)',
    seedsMax: 20,
  },
  {
    name: 'delete-claims-on-scale-down',
    about: 'a claim belongs to its pod, so that it goes with it',
    file: 'src/controllers/statefulset/claim_retention.ts',
    from: "set.spec.persistentVolumeClaimRetentionPolicy?.[when] === 'Delete'",
    to: "when === 'whenScaled' || set.spec.persistentVolumeClaimRetentionPolicy?.[when] === 'Delete'",
    seedsMax: 20,
  },
  {
    name: 'stale-list-after-restart',
    about: 'a cache begins with whatever version the server has at hand',
    file: 'src/client/reflector.ts',
    from: 'const found = await this.#client.list(this.#resource, { signal: this.#stopped.signal })',
    to: "const found = await this.#client.list(this.#resource, { signal: this.#stopped.signal, resourceVersion: '0' })",
    seedsMax: 100,
  },
]
