import { imageIsLatest } from '../../api/kinds/image_name.ts'
import { matchesLabels } from '../../api/selector_match.ts'
import type { Container, KubeObject, Pod, PodSpec, StatefulSet } from '../../api/types.ts'

/** What of an autoscaler counts here. */
export interface AutoscalerFacts extends KubeObject {
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } }
}

const templateOf = ({ spec }: StatefulSet): PodSpec | undefined => spec.template?.spec

/** What is to be said of a set's pods, whichever they will be. */
export function templateAdvice(set: StatefulSet): readonly string[] {
  const spec = templateOf(set)
  if (spec === undefined) return []
  const at = 'spec.template.spec'
  return [
    ...graceAdvice(spec, at),
    ...probeAdvice(spec.containers, at),
    ...[...(spec.initContainers ?? []), ...spec.containers].flatMap((one) => imageAdvice(one, at)),
    ...(spec.volumes ?? []).flatMap(({ name, hostPath }) => (hostPath === undefined ? [] : [hostPathAdvice(name, at)])),
  ]
}

/** What is to be said of a pod that somebody makes by hand. */
export const podAdvice = ({ spec }: Pod): readonly string[] => graceAdvice(spec, 'spec')

function graceAdvice({ terminationGracePeriodSeconds }: PodSpec, at: string): readonly string[] {
  if (terminationGracePeriodSeconds !== 0) return []
  return [
    `${at}.terminationGracePeriodSeconds: 0 kills the containers at once, and a server that keeps data has no time to write it down`,
  ]
}

function probeAdvice(containers: readonly Container[], at: string): readonly string[] {
  const isReady = containers.some(({ readinessProbe }) => readinessProbe !== undefined)
  const isWatched = containers.some(({ livenessProbe }) => livenessProbe !== undefined)
  const unready = 'a pod counts as ready as soon as it runs, and updates do not wait until it serves'
  const unwatched = 'a server that hangs is never restarted'
  if (!isReady && !isWatched) {
    return [`${at}.containers: without a readinessProbe ${unready}; without a livenessProbe ${unwatched}`]
  }
  if (!isReady) return [`${at}.containers: without a readinessProbe ${unready}`]
  return isWatched ? [] : [`${at}.containers: without a livenessProbe ${unwatched}`]
}

function imageAdvice({ name, image = '' }: Container, at: string): readonly string[] {
  if (!imageIsLatest(image)) return []
  return [
    `${at}.containers[${name}].image: ${JSON.stringify(image)} names no version, so a pod that is made again may run another one than the version that wrote its data`,
  ]
}

const hostPathAdvice = (name: string, at: string): string =>
  `${at}.volumes[${name}].hostPath: the data stays on one node, and a pod that moves to another finds none of it; volumeClaimTemplates give each pod its own`

/** A set that keeps data and is to run an older version than before. */
export function downgradeAdvice(set: StatefulSet, old: StatefulSet): readonly string[] {
  if ((set.spec.volumeClaimTemplates ?? []).length === 0) return []
  const before = new Map(templateOf(old)?.containers.map(({ name, image = '' }) => [name, image]))
  return (templateOf(set)?.containers ?? []).flatMap(({ name, image = '' }) => {
    const was = before.get(name)
    if (was === undefined || !isOlder(image, was)) return []
    return [
      `spec.template.spec.containers[${name}].image: from ${was} back to ${image}; data directories do not go back, and an older version may not be able to read what a newer one wrote`,
    ]
  })
}

interface ImageVersion {
  readonly repository: string
  readonly numbers: readonly number[]
}

/** `mysql:8.3.0` → 8, 3, 0; undefined for tags that do not begin with a version. */
function versionOf(image: string): ImageVersion | undefined {
  const [, repository = '', version] =
    /^(.*):v?(\d+(?:\.\d+)*)(?![0-9A-Za-z.])[^/:]*$/.exec(image.split('@')[0] ?? '') ?? []
  return version === undefined ? undefined : { repository, numbers: version.split('.').map(Number) }
}

function isOlder(image: string, was: string): boolean {
  const [next, before] = [versionOf(image), versionOf(was)]
  if (next === undefined || before === undefined || next.repository !== before.repository) return false
  for (const [at, number] of next.numbers.entries()) {
    const other = before.numbers[at]
    if (other === undefined || number !== other) return other !== undefined && number < other
  }
  return false
}

/** A set that is deleted together with pods whose end has an order. */
export function deletionAdvice({ metadata, spec }: StatefulSet): readonly string[] {
  const replicas = spec.replicas ?? 1
  if (replicas < 2 || metadata.deletionTimestamp !== undefined) return []
  return [
    `statefulset ${JSON.stringify(metadata.name)}: its ${replicas} pods end in no particular order; scale it to 0 before it is deleted to end them one after another`,
  ]
}

/** A pod of nobody that services take for one of a set. */
export function joiningAdvice({ metadata }: Pod, sets: readonly StatefulSet[]): readonly string[] {
  if ((metadata.ownerReferences ?? []).length > 0) return []
  const joined = sets.filter(({ spec }) => matchesLabels(spec.selector, metadata.labels))
  return joined.map(
    (set) =>
      `metadata.labels: they match the selector of statefulset ${JSON.stringify(set.metadata.name)}, so services that mean its pods send requests to this one, too`,
  )
}

/** Somebody sets by hand what an autoscaler sets by use. */
export function autoscaledAdvice(
  set: StatefulSet,
  old: StatefulSet,
  autoscalers: readonly AutoscalerFacts[],
): readonly string[] {
  if (old.spec.replicas === set.spec.replicas) return []
  const { name } = set.metadata
  return autoscalers
    .filter(({ spec: { scaleTargetRef: target } }) => target.kind === 'StatefulSet' && target.name === name)
    .map(
      ({ metadata }) =>
        `spec.replicas: horizontalpodautoscaler ${JSON.stringify(metadata.name)} sets it by use and will change it again; leave it out of the manifest`,
    )
}
