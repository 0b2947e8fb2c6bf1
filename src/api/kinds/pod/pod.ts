import { toRfc3339 } from '../../../base/time.ts'
import type { KindRules, MutableObject, RuleContext } from '../../kind_rules.ts'
import { PODS } from '../../resources.ts'
import type { Pod } from '../../types.ts'
import { items, part } from '../draft.ts'
import { podOnlyDefaults, podSpecDefaults } from './pod_defaults.ts'
import { adoptAppArmor } from './pod_profile_annotations.ts'
import { podLevelRequests, qualityOfService } from './pod_quality.ts'
import { resizeRules } from './pod_resize.ts'
import { podCells, podRowConditions } from './pod_rows.ts'
import { podStatusUpdateErrors, podStatusWarnings } from './pod_status.ts'
import { ephemeralContainersRules } from './pod_subresources.ts'
import { podUpdateErrors } from './pod_update.ts'
import { podErrors } from './pod_validation.ts'
import { podWarnings } from './pod_warnings.ts'

/** A pod that never ran on a node, or whose containers have ended, needs no time to end. */
function graceSeconds(pod: Pod, asked: number | undefined): number {
  const seconds = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0
  const ended = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
  if (!pod.spec.nodeName || ended) return 0
  return seconds < 0 ? 1 : seconds
}

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  podOnlyDefaults(spec)
  podSpecDefaults(spec)
  podLevelRequests(spec)
  podAddresses(draft)
}

/** The first of `podIPs` is `podIP`; who sets one of them means both. */
function podAddresses(draft: MutableObject): void {
  const { status } = draft
  if (!status) return
  const first = status.podIPs?.[0]?.ip
  if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }]
  else if (!status.podIP && first) status.podIP = first
}

/** Less than no time to end is as little as there can be. */
function leastGrace({ spec }: MutableObject): void {
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1
}

function prepareCreate(draft: MutableObject, context: RuleContext): void {
  const { spec } = draft
  leastGrace(draft)
  adoptAppArmor(draft, (text) => context.warn?.(text))
  draft['status'] = { phase: 'Pending', qosClass: qualityOfService(spec) }
  if (items(spec.schedulingGates).length > 0) draft['status'].conditions = [gatedCondition(context)]
}

const gatedCondition = (context: RuleContext): object => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: toRfc3339(context.now),
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

function prepareUpdate(draft: MutableObject, old: Pod): void {
  leastGrace(draft)
  draft['status'] = old.status
}

/** Labels and annotations may come with a status; the spec and the owners may not. */
function prepareStatusUpdate(draft: MutableObject, old: Pod): void {
  draft['spec'] = old.spec
  const { metadata } = draft
  if (old.metadata.ownerReferences === undefined) delete metadata['ownerReferences']
  else metadata['ownerReferences'] = old.metadata.ownerReferences
  // A deletion is not told, nor taken back, by what reports of the pod.
  if (old.metadata.deletionTimestamp === undefined) delete metadata['deletionTimestamp']
  else metadata['deletionTimestamp'] = old.metadata.deletionTimestamp
  draft['status'] ??= {}
  draft['status'].qosClass ??= old.status?.qosClass
}

function selectableFields(pod: Pod): Record<string, string> {
  return {
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod.spec.restartPolicy ?? '',
    'spec.schedulerName': pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIP ?? '',
    // A list of addresses is no text to compare with: the field is known, and empty.
    'status.podIPs': '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }
}

/** Pods. */
export const podRules: KindRules<Pod> = {
  resource: PODS,
  generation: 'spec',
  deleteAnswersObject: true,
  graceSeconds,
  defaults,
  statusDefaults: podAddresses,
  prepareCreate,
  prepareUpdate,
  prepareStatusUpdate,
  validateCreate: podErrors,
  validateUpdate: podUpdateErrors,
  validateStatusUpdate: podStatusUpdateErrors,
  subresources: { ephemeralcontainers: ephemeralContainersRules, resize: resizeRules },
  warnings: podWarnings,
  statusWarnings: podStatusWarnings,
  selectableFields,
  cells: podCells,
  rowConditions: podRowConditions,
}
