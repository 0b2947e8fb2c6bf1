import type { UserInfo } from '../../api/request.ts'
import type { KubeObject, Pod, StatefulSet } from '../../api/types.ts'
import type { Store } from '../../store/store.ts'
import { type Watched, watchResource } from '../watched.ts'
import type { AdmissionPlugin, Attributes } from './admission.ts'
import { isAbout } from './admission.ts'
import {
  type AutoscalerFacts,
  autoscaledAdvice,
  deletionAdvice,
  downgradeAdvice,
  joiningAdvice,
  podAdvice,
  templateAdvice,
} from './best_practice_rules.ts'

/** Advice about StatefulSets and pods, and what has to be watched for it. */
export interface BestPractices {
  readonly plugin: AdmissionPlugin
  readonly parts: readonly Watched<KubeObject>[]
}

/** Users read at a glance that a line is advice, and that nothing was refused. */
const LEAD = 'best practice: '

/**
 * Warns when somebody asks for what works today and hurts later. Each sentence is said when what it is
 * about begins, not with every change after it; the cluster's own parts are not advised.
 */
export function createBestPractices(store: Store): BestPractices {
  const sets = watchResource<StatefulSet>(store, 'statefulsets.apps')
  const autoscalers = watchResource<AutoscalerFacts>(store, 'horizontalpodautoscalers.autoscaling')
  const validate = (attributes: Attributes): void => {
    if (isOwnPart(attributes.user)) return
    for (const text of adviceFor(attributes, sets, autoscalers)) attributes.warn(`${LEAD}${text}`)
  }
  return { plugin: { name: 'BestPractices', validate }, parts: [sets, autoscalers] }
}

/** People, and what runs in pods, want to know; controllers and agents do what they were told. */
const isOwnPart = ({ name }: UserInfo): boolean =>
  name.startsWith('system:') && !name.startsWith('system:serviceaccount:')

function adviceFor(
  attributes: Attributes,
  sets: Watched<StatefulSet>,
  autoscalers: Watched<AutoscalerFacts>,
): readonly string[] {
  if (isSet(attributes)) return setAdvice(attributes, [...autoscalers.values(attributes.namespace)])
  if (!isAbout(attributes, '', 'pods') || attributes.operation !== 'CREATE') return []
  const pod = attributes.object as unknown as Pod
  return [...podAdvice(pod), ...joiningAdvice(pod, [...sets.values(attributes.namespace)])]
}

const isSet = ({ facts, subresource }: Attributes): boolean =>
  facts.ref.group === 'apps' &&
  facts.ref.resource === 'statefulsets' &&
  (subresource === undefined || subresource === 'scale')

function setAdvice(attributes: Attributes, autoscalers: readonly AutoscalerFacts[]): readonly string[] {
  const { operation, propagationPolicy } = attributes
  const set = attributes.object as unknown as StatefulSet
  const old = attributes.old as StatefulSet | undefined
  switch (operation) {
    case 'CREATE':
      return templateAdvice(set)
    case 'UPDATE': {
      if (old === undefined) return []
      const known = new Set(templateAdvice(old))
      const begun = templateAdvice(set).filter((text) => !known.has(text))
      return [...begun, ...downgradeAdvice(set, old), ...autoscaledAdvice(set, old, autoscalers)]
    }
    case 'DELETE':
      return propagationPolicy === 'Orphan' ? [] : deletionAdvice(set)
    default:
      return []
  }
}
