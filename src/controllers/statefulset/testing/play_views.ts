import { keyOf } from '../../../api/resource.ts'
import type {
  ControllerRevision,
  Draft,
  KubeObject,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
} from '../../../api/types.ts'
import { toRfc3339 } from '../../../base/time.ts'
import { decide } from '../decide.ts'
import { podNameOf } from '../identity.ts'
import { REVISION_LABEL } from '../labels.ts'
import { newPod } from '../new_pod.ts'
import type { Action, Plan } from '../plan.ts'
import { inOrder } from '../revisions.ts'
import { describePlan } from './plan_description.ts'

type Options = Readonly<Record<string, string>>

/** A set and its neighbours for tests: what is decided is done at once, and pods become what the test says. */
export class ViewPlayer {
  #set: StatefulSet = emptySet
  readonly #pods = new Map<string, Pod>()
  readonly #revisions = new Map<string, ControllerRevision>()
  readonly #claims = new Map<string, PersistentVolumeClaim>()
  readonly #gates = { maxUnavailable: true }
  #now = Date.UTC(2026, 0, 1)
  #serial = 0

  /** One line of a test file: a command, then what it is about, then `name=value`. */
  run(line: string): readonly string[] {
    const [command = '', ...words] = line.trim().split(/\s+/)
    const names = words.filter((word) => !word.includes('='))
    const options = Object.fromEntries(words.filter((word) => word.includes('=')).map(splitAtEquals))
    switch (command) {
      case 'set':
        return this.#changeSet(options)
      case 'pod':
        return this.#changePods(names.slice(0, -1), names.at(-1) ?? '')
      case 'claim':
        return this.#changeClaim(names[0] ?? '', names[1] ?? '')
      case 'gate':
        this.#gates.maxUnavailable = names[0] === 'on'
        return []
      case 'wait':
        this.#now += Number(names[0]) * 1000
        return []
      case 'decide':
        return describePlan(this.#decide())
      case 'act':
        return this.#act()
      case 'settle':
        return this.#settle()
      case 'show':
        return this.#show()
      default:
        throw new Error(`unknown command ${command}`)
    }
  }

  #decide(): Plan {
    return decide({
      now: this.#now,
      set: this.#set,
      pods: [...this.#pods.values()],
      revisions: [...this.#revisions.values()],
      revisionNamed: (name) => this.#revisions.get(name),
      claimNamed: (name) => this.#claims.get(name),
      maxUnavailableEnabled: this.#gates.maxUnavailable,
    })
  }

  #act(): readonly string[] {
    const plan = this.#decide()
    for (const action of [...plan.prepare, ...plan.phases.flatMap(({ actions }) => actions), ...plan.cleanUp]) {
      this.#perform(action)
    }
    if (plan.status !== undefined) this.#set = { ...this.#set, status: plan.status }
    return describePlan(plan).filter((text) => !text.startsWith('write status'))
  }

  /** Acts until nothing is left to do; each pod becomes ready, or goes, between two decisions. */
  #settle(): readonly string[] {
    const told: string[] = []
    for (let round = 0; round < 100; round++) {
      const done = this.#act()
      const names = [...this.#pods.keys()]
      for (const name of names) this.#changePods([name], this.#isEnding(name) ? 'gone' : 'ready')
      this.#collectClaims()
      if (done.length === 0 && describePlan(this.#decide()).length === 0) return told
      told.push(...done)
    }
    throw new Error('the set does not come to rest')
  }

  /** What the garbage collector does: a claim goes with the pod that owns it. */
  #collectClaims(): void {
    for (const { metadata } of this.#claims.values()) {
      const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Pod')
      if (owner !== undefined && this.#pods.get(owner.name)?.metadata.uid !== owner.uid)
        this.#claims.delete(metadata.name)
    }
  }

  #isEnding(name: string): boolean {
    return this.#pods.get(name)?.metadata.deletionTimestamp !== undefined
  }

  #perform(action: Action): void {
    switch (action.do) {
      case 'create-revision':
        this.#keep(this.#revisions, action.revision as Draft<ControllerRevision>, 'ControllerRevision')
        return
      case 'renumber-revision':
        this.#keep(this.#revisions, { ...action.revision, revision: action.number }, 'ControllerRevision')
        return
      case 'delete-revision':
        this.#revisions.delete(action.revision.metadata.name)
        return
      case 'create-pod':
        for (const claim of action.claims.missing) this.#keep(this.#claims, claim, 'PersistentVolumeClaim')
        if (action.claims.ending.length === 0) {
          this.#keep(this.#pods, { ...action.pod, status: { phase: 'Pending' } } as Draft<Pod>, 'Pod')
        }
        this.#own(action.owners)
        return
      case 'create-claims':
        for (const claim of action.claims.missing) this.#keep(this.#claims, claim, 'PersistentVolumeClaim')
        this.#own(action.owners)
        return
      case 'own-claims':
        this.#own(action.owners)
        return
      case 'delete-pod':
        this.#changePods([action.pod.metadata.name], 'ending')
        return
      case 'repair-pod': {
        const labels = { ...action.pod.metadata.labels, ...action.labels }
        this.#keep(this.#pods, { ...action.pod, metadata: { ...action.pod.metadata, labels } }, 'Pod')
        this.#own(action.owners)
        return
      }
      case 'adopt-pod':
      case 'adopt-revision':
      case 'release-pod':
        throw new Error(`${action.do} is not played`)
    }
  }

  #own(
    owners: readonly { readonly name: string; readonly ownerReferences: KubeObject['metadata']['ownerReferences'] }[],
  ) {
    for (const { name, ownerReferences = [] } of owners) {
      const claim = this.#claims.get(name)
      if (claim !== undefined) this.#claims.set(name, { ...claim, metadata: { ...claim.metadata, ownerReferences } })
    }
  }

  #keep<T extends KubeObject>(objects: Map<string, T>, draft: Draft<T>, kind: string): void {
    const serial = String(++this.#serial)
    const created = { uid: `uid-${serial}`, creationTimestamp: toRfc3339(this.#now), name: '' }
    const metadata = { ...created, ...draft.metadata, resourceVersion: serial }
    objects.set(metadata.name, { apiVersion: '', ...draft, kind, metadata } as unknown as T)
  }

  #changeSet(options: Options): readonly string[] {
    const generation = (this.#set.metadata.generation ?? 0) + 1
    const spec = changedSpec(this.#set.spec, options)
    this.#set = { ...this.#set, metadata: { ...this.#set.metadata, generation }, spec }
    return []
  }

  #changePods(names: readonly string[], state: string): readonly string[] {
    for (const name of names) {
      const pod = this.#pods.get(name) ?? this.#handMade(name)
      if (state === 'gone') this.#pods.delete(name)
      else this.#pods.set(name, { ...pod, ...this.#inState(pod, state) })
    }
    return []
  }

  #handMade(name: string): Pod {
    const ordinal = Number(name.slice(name.lastIndexOf('-') + 1))
    const first = inOrder([...this.#revisions.values()])[0]?.metadata.name ?? ''
    this.#keep(this.#pods, newPod(this.#set, { name: first, template: this.#set.spec.template }, ordinal), 'Pod')
    return this.#pods.get(podNameOf(this.#set, ordinal)) as Pod
  }

  #inState(pod: Pod, state: string): Partial<Pod> {
    const lastTransitionTime = toRfc3339(this.#now)
    const ready = pod.status?.conditions?.some(({ status }) => status === 'True') === true
    const condition = (status: string) => [{ type: 'Ready', status, lastTransitionTime }]
    switch (state) {
      case 'ready':
        return ready ? {} : { status: { phase: 'Running', conditions: condition('True') } }
      case 'unready':
        return { status: { phase: 'Running', conditions: condition('False') } }
      case 'ending':
        return { metadata: { ...pod.metadata, deletionTimestamp: lastTransitionTime } }
      case 'unlabelled':
        return {
          metadata: {
            ...pod.metadata,
            labels: { app: 'web', [REVISION_LABEL]: pod.metadata.labels?.[REVISION_LABEL] ?? '' },
          },
        }
      default:
        return { status: { phase: `${state[0]?.toUpperCase()}${state.slice(1)}` } }
    }
  }

  #changeClaim(name: string, state: string): readonly string[] {
    const claim = this.#claims.get(name)
    if (claim === undefined) throw new Error(`no claim ${name}`)
    const deletionTimestamp = toRfc3339(this.#now)
    if (state === 'gone') this.#claims.delete(name)
    else this.#claims.set(name, { ...claim, metadata: { ...claim.metadata, deletionTimestamp } })
    return []
  }

  #show(): readonly string[] {
    const pods = [...this.#pods.values()].map((pod) => {
      const ending = pod.metadata.deletionTimestamp === undefined ? '' : ', ending'
      return `${keyOf(pod)}: ${pod.status?.phase}${ending}, ${pod.metadata.labels?.[REVISION_LABEL]}`
    })
    const owners = (claim: PersistentVolumeClaim) =>
      claim.metadata.ownerReferences?.map(({ name }) => name).join() || 'nobody'
    const claims = [...this.#claims.values()].map((claim) => `${keyOf(claim)}: of ${owners(claim)}`)
    const revisions = inOrder([...this.#revisions.values()]).map(
      ({ metadata, revision }) => `${metadata.name}: ${revision}`,
    )
    return [...pods.sort(), ...claims.sort(), ...revisions]
  }
}

const splitAtEquals = (word: string): [string, string] => [
  word.slice(0, word.indexOf('=')),
  word.slice(word.indexOf('=') + 1),
]

const emptySet: StatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', uid: 'uid-set', resourceVersion: '1', creationTimestamp: toRfc3339(0) },
  spec: {
    replicas: 1,
    serviceName: 'web',
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app:1' }] } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
  },
}

function changedSpec(spec: StatefulSet['spec'], options: Options): StatefulSet['spec'] {
  let changed = spec
  for (const [name, value] of Object.entries(options)) changed = { ...changed, ...changeOf(changed, name, value) }
  return changed
}

function changeOf(spec: StatefulSet['spec'], name: string, value: string): Partial<StatefulSet['spec']> {
  const rollingUpdate = spec.updateStrategy?.rollingUpdate ?? {}
  const number = Number(value)
  switch (name) {
    case 'replicas':
      return { replicas: number }
    case 'image':
      return { template: { ...spec.template, spec: { containers: [{ name: 'app', image: value }] } } }
    case 'policy':
      return { podManagementPolicy: value }
    case 'strategy':
      return {
        updateStrategy: value === 'OnDelete' ? { type: value } : { type: value, rollingUpdate: { partition: 0 } },
      }
    case 'partition':
      return { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { ...rollingUpdate, partition: number } } }
    case 'maxUnavailable':
      return { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { ...rollingUpdate, maxUnavailable: value } } }
    case 'start':
      return { ordinals: { start: number } }
    case 'minReady':
      return { minReadySeconds: number }
    case 'history':
      return { revisionHistoryLimit: number }
    case 'claims':
      return { volumeClaimTemplates: value.split(',').map((claim) => ({ metadata: { name: claim }, spec: {} })) }
    case 'whenDeleted':
    case 'whenScaled':
      return { persistentVolumeClaimRetentionPolicy: { ...spec.persistentVolumeClaimRetentionPolicy, [name]: value } }
    default:
      throw new Error(`unknown option ${name}`)
  }
}
