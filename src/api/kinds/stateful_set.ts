import type { Millis } from '../../base/clock.ts'
import { isEnabled } from '../feature_gates.ts'
import type { Cell, KindRules, MutableObject, RuleContext } from '../kind_rules.ts'
import { STATEFUL_SETS } from '../resources.ts'
import type { PodTemplateSpec, StatefulSet } from '../types.ts'
import { claimDefaults } from './claim_defaults.ts'
import { claimSpecWarnings } from './claim_warnings.ts'
import { fill, items, keepSpec, type Loose, part } from './draft.ts'
import { ageOf } from './durations.ts'
import { podTemplateDefaults } from './pod/pod_defaults.ts'
import { statefulSetErrors, statefulSetStatusErrors, statefulSetUpdateErrors } from './stateful_set_validation.ts'
import { workloadWarnings } from './workload_warnings.ts'

const HISTORY_DEFAULT = 10

function defaults(draft: MutableObject): void {
  const spec = part(draft, 'spec')
  fill(spec, 'podManagementPolicy', 'OrderedReady')
  const strategy = part(spec, 'updateStrategy')
  if (!strategy.type) {
    strategy.type = 'RollingUpdate'
    part(strategy, 'rollingUpdate')
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0
  const retention = part(spec, 'persistentVolumeClaimRetentionPolicy')
  fill(retention, 'whenDeleted', 'Retain')
  fill(retention, 'whenScaled', 'Retain')
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= HISTORY_DEFAULT
  podTemplateDefaults(part(spec, 'template'))
  for (const claim of items(spec.volumeClaimTemplates)) claimTemplateDefaults(claim)
}

function claimTemplateDefaults(claim: Loose): void {
  claim.apiVersion = 'v1'
  claim.kind = 'PersistentVolumeClaim'
  claimDefaults(claim)
}

/** Upstream drops the field of a feature that is off without a word, unless the stored object has it. */
function dropMaxUnavailable(draft: MutableObject, context: RuleContext, old?: StatefulSet): void {
  const rolling = draft['spec'].updateStrategy?.rollingUpdate
  if (rolling === undefined || isEnabled(context.featureGates, 'MaxUnavailableStatefulSet')) return
  if (old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable === undefined) delete rolling.maxUnavailable
}

function cells(set: StatefulSet, now: Millis): Cell[] {
  return [
    set.metadata.name,
    `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`,
    ageOf(set.metadata.creationTimestamp, now),
    ...containerCells(set.spec.template),
  ]
}

/** The names and the images of a template's containers. */
export const containerCells = (template: PodTemplateSpec): [string, string] => {
  const containers = template.spec?.containers ?? []
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')]
}

function warnings(set: StatefulSet, old: StatefulSet | undefined): string[] {
  const { revisionHistoryLimit: limit = 0, volumeClaimTemplates = [] } = set.spec
  // Upstream names the place otherwise when a set changes.
  const rest = old === undefined ? '' : '.Spec'
  const negative =
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'
  return [
    ...workloadWarnings(set, old),
    ...volumeClaimTemplates.flatMap(({ spec = {} }, index) =>
      claimSpecWarnings(spec, `spec.volumeClaimTemplates[${index}]${rest}`),
    ),
    ...(limit < 0 ? [negative] : []),
  ]
}

/** Sets of pods with names, addresses and volumes that stay. */
export const statefulSetRules: KindRules<StatefulSet> = {
  resource: STATEFUL_SETS,
  generation: 'spec',
  nameForm: 'dns-label',
  defaults,
  statusDefaults: () => {},
  prepareCreate: (draft, context) => {
    draft['status'] = { replicas: 0, availableReplicas: 0 }
    dropMaxUnavailable(draft, context)
  },
  prepareUpdate: (draft, old, context) => {
    draft['status'] = structuredClone(old.status)
    dropMaxUnavailable(draft, context, old)
  },
  prepareStatusUpdate: keepSpec,
  validateCreate: statefulSetErrors,
  validateUpdate: statefulSetUpdateErrors,
  validateStatusUpdate: statefulSetStatusErrors,
  warnings,
  cells,
}
